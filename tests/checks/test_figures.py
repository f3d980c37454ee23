"""Shares, averages and percentiles: from samples exactly, from hours nearly."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.model.figures import (
    Sample,
    Spread,
    exact_percentile,
    from_hours,
    from_samples,
    hour_of,
)
from bot.checks.model.result import Verdict

HOUR = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NUMBERS = st.floats(-1e9, 1e9).map(lambda x: 0.0 if abs(x) < 1e-6 else x)


def sample(took: float, verdict: Verdict = Verdict.OK, value: float | None = None) -> Sample:
    return Sample("site", HOUR, verdict, value, took)


def test_uptime_counts_what_was_answered_and_unknown_is_neither_up_nor_down() -> None:
    verdicts = [Verdict.OK] * 90 + [Verdict.WARN] * 5 + [Verdict.FAIL] * 5 + [Verdict.UNKNOWN] * 10
    found = from_samples([sample(0.1, each) for each in verdicts])

    assert found.counts.uptime == 0.95
    assert (found.counts.n, found.counts.unknown) == (100, 10)
    assert found.took.n == 100
    assert from_samples([]).counts.uptime is None
    assert from_samples([]).took.average is None


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    found = from_samples([sample(n / 1000) for n in range(1, 101)])

    assert (found.took.p50, found.took.p95, found.took.p99) == (0.05, 0.095, 0.099)
    assert found.took.average == pytest.approx(0.0505)
    assert found.exact


@given(st.lists(NUMBERS, min_size=1, max_size=300), st.floats(0, 1))
def test_a_sketch_is_right_to_about_one_percent(values: list[float], share: float) -> None:
    exact = exact_percentile(sorted(values), share)
    sketched = Spread.of(values).percentile(share)

    assert sketched is not None
    assert exact is not None
    assert sketched == pytest.approx(exact, rel=0.0101, abs=2e-6)


@given(st.lists(NUMBERS, max_size=100), st.lists(NUMBERS, max_size=100))
def test_sketches_add_up(some: list[float], others: list[float]) -> None:
    together, apart = Spread.of(some + others), Spread.of(some).plus(Spread.of(others))

    assert (together.n, dict(together.counts or {})) == (apart.n, dict(apart.counts or {}))
    assert math.isclose(together.total, apart.total, rel_tol=1e-9, abs_tol=1e-3)


def test_hours_tell_nearly_what_their_samples_told() -> None:
    samples = [sample(0.05 + n / 500, Verdict.FAIL if n % 50 == 0 else Verdict.OK, n) for n in range(200)]
    exact = from_samples(samples)
    hours = [hour_of("site", HOUR + timedelta(hours=n), samples[n * 50 : n * 50 + 50]) for n in range(4)]
    about = from_hours(hours)

    assert about.counts == exact.counts
    assert not about.exact
    assert about.took.average == pytest.approx(exact.took.average or 0)
    assert about.took.p95 == pytest.approx(exact.took.p95 or 0, rel=0.011)
    assert about.value.p99 == pytest.approx(exact.value.p99 or 0, rel=0.011)
