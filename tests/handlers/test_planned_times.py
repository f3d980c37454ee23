"""When and for how long, as people type it before what they plan."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from handlers.oncall.times import Planned, planned, span, stretch

# A Friday, 21:00 in New York.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "start", "end", "words"),
    [
        ("2h", at(20, 21), at(20, 23), ""),
        ("for 2 hours Upgrading it", at(20, 21), at(20, 23), "Upgrading it"),
        ("90 mins at last", at(20, 21), at(20, 22, 30), "at last"),
        ("1h30m x", at(20, 21), at(20, 22, 30), "x"),
        ("2hrs x", at(20, 21), at(20, 23), "x"),
        ("until 04:00 x", at(20, 21), at(21, 4), "x"),
        ("until tomorrow 04:00", at(20, 21), at(21, 4), ""),
        ("02:00 2h x", at(21, 2), at(21, 4), "x"),
        ("at 02:00 for 2h x", at(21, 2), at(21, 4), "x"),
        ("from 02:00 to 04:00 x", at(21, 2), at(21, 4), "x"),
        ("02:00-04:00 x", at(21, 2), at(21, 4), "x"),
        ("23:00 to 01:00 x", at(20, 23), at(21, 1), "x"),
        ("tomorrow 02:00 2h x", at(21, 2), at(21, 4), "x"),
        ("tomorrow 02:00 to tomorrow 04:00 x", at(21, 2), at(21, 4), "x"),
        ("tomorrow 02:00 to 04:00 x", at(21, 2), at(21, 4), "x"),
        ("2026-11-24 02:00 to 2026-11-25 02:00", at(24, 2), at(25, 2), ""),
    ],
)
def test_what_is_understood(typed: str, start: datetime, end: datetime, words: str) -> None:
    found = planned(typed, NOW, ZONE)
    assert found is not None
    assert (found.start, found.end, found.words) == (start, end, words)
    assert found == Planned(start, end, words, says_start=start != NOW)


@pytest.mark.parametrize("typed", ["", "soon", "tomorrow", "02:00", "Upgrade it 2h", "two hours"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert planned(typed, NOW, ZONE) is None


@pytest.mark.parametrize(
    "typed",
    ["2h tomorrow 02:00", "2h at 02:00", "2h from 2026-11-24", "until 04:00 tomorrow", "2h starting 02:00 x"],
)
def test_a_time_behind_is_not_taken_for_words(typed: str) -> None:
    with pytest.raises(UserError, match="It comes first"):
        planned(typed, NOW, ZONE)


def test_the_end_of_a_stretch_counts_its_days_from_now_as_well() -> None:
    assert stretch("tomorrow 09:00 to tomorrow 17:00", NOW, ZONE) == (at(21, 9), at(21, 17))
    assert stretch("from tomorrow 22:00 to 06:00", NOW, ZONE) == (at(21, 22), at(22, 6))


@pytest.mark.parametrize(
    ("typed", "length"),
    [("2h", 120), ("30 min", 30), ("1 h 30 m", 90), ("2w", 2 * 7 * 1440), ("1d12h", 36 * 60), ("3 hrs", 180)],
)
def test_a_length_of_time(typed: str, length: int) -> None:
    assert span(typed) == timedelta(minutes=length)


@pytest.mark.parametrize("typed", ["", "h", "2", "2 months", "1h 2", "12345h"])
def test_what_is_no_length_of_time(typed: str) -> None:
    with pytest.raises(UserError, match="Try: 2h"):
        span(typed)
