"""Times as people type them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from handlers.incident.times import parse_time

NEW_YORK = ZoneInfo("America/New_York")
# A Friday, 14:30 in New York.
NOW = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


def at(day: int, hour: int, minute: int) -> datetime:
    """An hour of November 2026 in New York."""
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20m ago", NOW - timedelta(minutes=20)),
        ("20m", NOW - timedelta(minutes=20)),
        ("1 minute ago", NOW - timedelta(minutes=1)),
        ("90 mins", NOW - timedelta(minutes=90)),
        ("2h ago", NOW - timedelta(hours=2)),
        ("3 hours", NOW - timedelta(hours=3)),
        ("1d", NOW - timedelta(days=1)),
        ("2 Days Ago", NOW - timedelta(days=2)),
        ("0m", NOW),
        ("14:05", at(20, 14, 5)),
        ("9:05", at(20, 9, 5)),
        (" 14:30 ", at(20, 14, 30)),
        ("14:31", at(19, 14, 31)),
        ("23:59", at(19, 23, 59)),
        ("today 14:05", at(20, 14, 5)),
        ("Today 23:59", at(20, 23, 59)),
        ("yesterday 14:05", at(19, 14, 5)),
        ("2026-11-18 08:00", at(18, 8, 0)),
        ("2026-11-18T08:00", at(18, 8, 0)),
    ],
)
def test_a_time_is_the_latest_one_it_can_mean_where_the_person_is(typed: str, meant: datetime) -> None:
    assert parse_time(typed, NOW, NEW_YORK) == meant


def test_midnight_of_the_person_and_not_of_utc_divides_the_days() -> None:
    early = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 21:00 of the 19th in New York
    assert parse_time("20:30", early, NEW_YORK) == at(19, 20, 30)
    assert parse_time("yesterday 20:30", early, NEW_YORK) == at(18, 20, 30)


def test_a_time_that_the_clocks_skip_is_the_first_one_after() -> None:
    after = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
    assert parse_time("2:30", after, NEW_YORK) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["25:00", "12:60", "2026-02-30 12:00", "2026-13-01 12:00", "9" * 30 + "m", "0001-01-01 00:00"]
)
def test_a_time_that_is_none_is_refused_in_words(typed: str) -> None:
    with pytest.raises(UserError, match="There is no such time as"):
        parse_time(typed, NOW, ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(
    "typed", ["", "soon", "14", "14:5", "m ago", "-5m", "5 parsecs", "14:05 or so", "<b>"]
)
def test_what_is_no_time_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UserError, match="Try: 14:05, yesterday 14:05, 2026-11-20 14:05, 20m ago"):
        parse_time(typed, NOW, NEW_YORK)


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,40} ?(m|h|d)", fullmatch=True)))
def test_any_text_is_a_past_instant_or_a_sentence(typed: str) -> None:
    with suppress(UserError):
        assert parse_time(typed, NOW, NEW_YORK).tzinfo is not None
