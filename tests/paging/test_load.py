"""What being on call costs each person."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.oncall.model import Shift
from bot.oncall.rota import of_person, time_on_call
from bot.paging.load import Load, interruptions, is_night, is_weekend, loads

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minutes(*each: float) -> list[datetime]:
    return [NOW + timedelta(minutes=minute) for minute in each]


@pytest.mark.parametrize(
    ("pages", "count"),
    [([], 0), ([0], 1), ([0, 5, 10], 1), ([0, 10.1], 2), ([0, 9, 18, 27], 2), ([0, 60, 61, 120], 3)],
)
def test_pages_within_ten_minutes_of_the_first_are_one_interruption(pages: list[float], count: int) -> None:
    assert interruptions(minutes(*pages)) == count


@given(st.lists(st.floats(0, 10_000), max_size=50))
def test_nobody_is_interrupted_more_often_than_paged_nor_twice_within_ten_minutes(each: list[float]) -> None:
    pages = sorted(minutes(*each))
    assert bool(pages) <= interruptions(pages) <= len(pages)
    assert interruptions(pages + pages) >= interruptions(pages)


@pytest.mark.parametrize(
    ("instant", "night", "weekend"),
    [
        ("2026-06-01T19:59:59", False, False),  # Monday 21:59:59 in Madrid
        ("2026-06-01T20:00", True, False),
        ("2026-06-02T04:59:59", True, False),
        ("2026-06-02T05:00", False, False),
        ("2026-06-05T21:59", True, False),  # Friday 23:59
        ("2026-06-05T22:00", True, True),  # Saturday, midnight
        ("2026-06-07T12:00", False, True),
        ("2026-06-07T22:00", True, False),  # Monday again
        ("2026-10-25T00:30", True, True),  # 02:30, which comes twice that night
        ("2026-10-25T01:30", True, True),
    ],
)
def test_nights_and_weekends_are_on_the_persons_own_clock(instant: str, night: bool, weekend: bool) -> None:
    assert is_night(at(instant), MADRID) is night
    assert is_weekend(at(instant), MADRID) is weekend


def test_whoever_is_interrupted_most_comes_first_and_the_idle_are_left_out() -> None:
    day = timedelta(days=1)
    paged = [("bo", at("2026-06-06T23:00")), ("ana", at("2026-06-01T09:00")), ("bo", at("2026-06-03T09:00"))]
    found = loads(paged, {"ana": day, "chen": 2 * day, "dee": timedelta()}, lambda _: MADRID)
    assert found == [
        Load("bo", pages=2, night=1, weekend=1, interruptions=2, on_call=timedelta()),
        Load("ana", pages=1, night=0, weekend=0, interruptions=1, on_call=day),
        Load("chen", pages=0, night=0, weekend=0, interruptions=0, on_call=2 * day),
    ]


def shift(start: float, end: float, *people: str) -> Shift:
    return Shift(NOW + timedelta(hours=start), NOW + timedelta(hours=end), people)


def test_hours_on_two_schedules_at_once_count_once() -> None:
    rota = {
        "primary": [shift(0, 4, "ana"), shift(4, 8, "bo"), shift(8, 12, "ana", "bo")],
        "secondary": [shift(2, 6, "ana"), shift(10, 11, "ana"), shift(20, 21)],
    }
    assert time_on_call(rota, "ana") == timedelta(hours=10)
    assert time_on_call(rota, "bo") == timedelta(hours=8)
    assert time_on_call(rota, "chen") == timedelta()


def test_a_shift_during_which_only_others_change_is_one_shift() -> None:
    rota = {"primary": [shift(0, 4, "ana"), shift(4, 8, "ana", "bo"), shift(9, 10, "ana")], "other": []}
    assert of_person(rota, "ana") == {"primary": [shift(0, 8, "ana"), shift(9, 10, "ana")]}
