"""Figures out of few numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.statistics import covered, in_words, median, number, quantile, usual

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 20, tzinfo=UTC)
stretches = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 90)).map(
        lambda pair: (START + pair[0] * MINUTE, START + (pair[0] + pair[1]) * MINUTE)
    )
)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.9, 7.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.5),
        ([4.0, 1.0, 3.0, 2.0, 5.0], 0.5, 3.0),
        # As R's quantile(type=7), and numpy's default.
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], 0.9, 9.1),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_quantile_lies_between_its_neighbours(values: list[float], share: float, expected: float) -> None:
    assert quantile(values, share) == pytest.approx(expected)


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="of nothing"):
        median([])


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.floats(0, 1))
def test_a_quantile_is_never_outside_of_what_there_is(values: list[float], share: float) -> None:
    assert min(values) - 1e-6 <= quantile(values, share) <= max(values) + 1e-6


def test_what_is_usual_is_not_told_of_less_than_four_weeks() -> None:
    assert usual([1, 2, 3], "weeks") == ""
    assert usual([1, 2, 3, 6], "weeks") == "2.5, from 1 to 6 in 4 weeks"
    assert usual([0, 0, 0, 0], "weeks") == "0 in each of 4 weeks"


@given(stretches)
def test_what_overlaps_counts_once(found: list[tuple[datetime, datetime]]) -> None:
    minutes = {start + n * MINUTE for start, end in found for n in range(int((end - start) / MINUTE))}
    assert covered(found) == len(minutes) * MINUTE


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, None, "0"),
        (1 / 3, None, "0.33"),
        (12.345, None, "12.3"),
        (1234.5, None, "1234"),
        (100.0, None, "100"),
        (99.9958, 3, "99.996"),
        (100.0, 3, "100"),
        (20, None, "20"),
    ],
)
def test_a_number_has_three_digits_that_count(value: float, decimals: int | None, expected: str) -> None:
    assert number(value, decimals) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (90, "2 min"),
        (3600, "1 h"),
        (3570, "1 h"),
        (12_000, "3 h 20 min"),
        (86_400, "1 d"),
        (190_000, "2 d 4 h"),
    ],
)
def test_a_time_is_said_as_people_say_it(seconds: int, expected: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == expected
