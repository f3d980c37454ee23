"""When results become a trouble, when it is told, and when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.model.result import Finding, Limits, Result, Verdict, judged, quantity, span
from bot.checks.model.trouble import Patience, Trouble, TroubleId, asks_for_incident, step

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
VERDICTS = {"o": Verdict.OK, "w": Verdict.WARN, "f": Verdict.FAIL, "u": Verdict.UNKNOWN}


def lived(
    life: str, *, every: timedelta = MINUTE, lasting: timedelta | None = None
) -> tuple[list[tuple[int, Trouble]], Trouble | None]:
    """A probe's life, a letter for each answer: what was told, with the number of the answer, and the end."""
    since: datetime | None = None
    last: Trouble | None = None
    told: list[tuple[int, Trouble]] = []
    for number, letter in enumerate(life):
        at = START + every * number
        result = Result("site", VERDICTS[letter], f"answer {number}", at, 0.1)
        taken = step(result, since, last, Patience(every, lasting))
        since = taken.bad_since
        if taken.told is not None:
            last = replace(taken.told, id=taken.told.id or TroubleId(number + 1))
            told.append((number, last))
    return told, last


@pytest.mark.parametrize(
    ("life", "told_at"),
    [
        ("oooo", []),
        ("ofoo", []),
        ("offo", [2, 3]),
        ("ofofofof", []),
        ("offfffo", [2, 6]),
        ("offwwo", [2, 3, 5]),
        ("ouuo", [2, 3]),
        ("offuffo", [2, 3, 4, 6]),
    ],
)
def test_two_bad_answers_in_a_row_are_told_and_so_is_each_change(life: str, told_at: list[int]) -> None:
    assert [number for number, _ in lived(life)[0]] == told_at


@pytest.mark.parametrize(("every", "lasting"), [(MINUTE, None), (MINUTE, 2 * MINUTE), (10 * MINUTE, None)])
def test_an_answer_that_comes_a_moment_early_agrees_all_the_same(
    every: timedelta, lasting: timedelta | None
) -> None:
    """The first bad one was asked 40 ms late, the last one 10 ms: they are less than their turns apart."""
    wait = lasting or every
    first = Result("site", Verdict.FAIL, "503", START + timedelta(milliseconds=40), 0.1)
    last = Result("site", Verdict.FAIL, "503", START + wait + timedelta(milliseconds=10), 0.1)
    since = step(first, None, None, Patience(every, lasting)).bad_since
    assert step(last, since, None, Patience(every, lasting)).told is not None
    early = replace(last, at=START + wait - every / 2)
    assert step(early, since, None, Patience(every, lasting)).told is None


def test_a_check_may_be_more_patient_or_less() -> None:
    patient, _ = lived("offffffo", lasting=timedelta(minutes=5))
    hasty, _ = lived("offo", lasting=timedelta(0))
    rare, _ = lived("ofo", every=timedelta(hours=6))

    assert [number for number, _ in patient] == [6, 7]
    assert [number for number, _ in hasty] == [1, 3]
    assert [number for number, _ in rare] == [1, 2]


def test_what_comes_back_within_half_an_hour_is_the_same_trouble() -> None:
    _, flapping = lived("ff" + "o" * 20 + "ff")
    _, anew = lived("ff" + "o" * 32 + "ff")

    assert flapping is not None
    assert anew is not None
    assert (flapping.times, flapping.began_at, flapping.again_at) == (2, START, START + 22 * MINUTE)
    assert (anew.times, anew.began_at) == (1, START + 34 * MINUTE)


def test_only_a_known_failure_asks_for_an_incident() -> None:
    asked = [asks_for_incident(trouble) for _, trouble in lived("offuuwwffo")[0]]

    assert asked == [True, False, False, True, False]


@given(st.text("owfu", max_size=60), st.integers(0, 5))
def test_whatever_a_probe_says_the_troubles_told_are_true(life: str, minutes: int) -> None:
    told, last = lived(life, lasting=timedelta(minutes=minutes))
    for number, trouble in told:
        assert trouble.is_over == (life[number] == "o")
        assert trouble.is_over or trouble.verdict is VERDICTS[life[number]]
        assert trouble.began_at <= trouble.again_at <= START + MINUTE * number
    if last is not None and not last.is_over:
        assert life[-1] != "o"
    assert all(
        one[1].is_over or other[1].verdict is not one[1].verdict or other[1].is_over
        for one, other in pairwise(told)
    ), "nothing is told twice"


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(-2, "fail"), (-1, "warn"), (0, "ok"), (5, "ok"), (6, "warn"), (11, "fail"), (float("nan"), "unknown")],
)
def test_a_value_on_a_threshold_is_within_it(value: float, verdict: str) -> None:
    limits = Limits(warn_above=5, fail_above=10, warn_below=0, fail_below=-1)

    assert limits.judge(value) == verdict


def test_unknown_is_never_made_ok_by_a_threshold() -> None:
    silent = judged("it", Finding("silence", Verdict.UNKNOWN), Limits(fail_above=1), START, 0.1)
    empty = judged("it", Finding("no number"), Limits(fail_above=1), START, 0.1)

    assert (silent.verdict, empty.verdict) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0004, "s", "0 ms"),
        (0.341, "s", "341 ms"),
        (2.46, "s", "2.5 s"),
        (59.6, "s", "60 s"),
        (93_600, "s", "26 h"),
        (86_400 * 23.9, "s", "23 days"),
        (-86_400 * 3, "s", "-3 days"),
        (0.00123, "%", "0.123 %"),
        (1, "errors", "1 error"),
        (12_345.678, "", "12345.7"),
        (float("inf"), "", "inf"),
    ],
)
def test_quantities_read_as_people_say_them(value: float, unit: str, shown: str) -> None:
    assert quantity(value, unit) == shown


def test_a_span_is_as_short_as_it_can_be_told() -> None:
    assert [span(each) for each in (0.2, 9.96, 45, 119, 3600, 7199, 7200)] == [
        "200 ms", "10 s", "45 s", "2 min", "60 min", "120 min", "2 h",
    ]  # fmt: skip
