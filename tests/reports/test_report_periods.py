"""Which days a report is about."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.reports.model import days_before, iso_week, month_before, month_to, so_far

NEW_YORK = ZoneInfo("America/New_York")
WEEK = timedelta(days=7)


def test_a_week_ends_when_its_report_is_due_and_has_every_weekday_once() -> None:
    # In the night to Sunday the clocks went back: it is an hour longer than seven days.
    week = days_before(datetime(2026, 11, 6, 21, 0, tzinfo=UTC), WEEK, NEW_YORK)
    assert (week.name, week.start) == ("2026-W45", datetime(2026, 10, 30, 20, 0, tzinfo=UTC))
    assert (week.length, week.plural, week.is_month) == (7, "weeks", False)
    assert [day.day for day in week.days] == [30, 31, 1, 2, 3, 4, 5, 6]


def test_the_turn_of_the_year_belongs_to_the_week_it_ends_in() -> None:
    assert days_before(datetime(2027, 1, 1, 21, 0, tzinfo=UTC), WEEK, NEW_YORK).name == "2026-W53"
    assert days_before(datetime(2027, 1, 8, 21, 0, tzinfo=UTC), WEEK, NEW_YORK).name == "2027-W01"


def test_a_month_is_the_one_before_and_compared_with_months() -> None:
    month = month_before(datetime(2026, 4, 3, 14, 0, tzinfo=UTC), NEW_YORK)
    assert (month.name, month.length, month.plural, month.is_month) == ("2026-03", 31, "months", True)
    # The clocks went forward in it: an hour less than 31 days.
    assert month.end - month.start == timedelta(days=31, hours=-1)
    assert [each.name for each in month.earlier(4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_the_weeks_before_follow_each_other_without_a_gap() -> None:
    week = days_before(datetime(2026, 11, 20, 21, 0, tzinfo=UTC), WEEK, NEW_YORK)
    before = week.earlier(8)
    assert [each.name for each in before] == [f"2026-W{n}" for n in range(39, 47)]
    assert [each.end for each in before] == [*(each.start for each in before[1:]), week.start]


def test_what_is_asked_for_in_between_is_named_by_the_minute() -> None:
    now = datetime(2026, 11, 18, 19, 3, tzinfo=UTC)
    assert so_far(days_before(now, WEEK, NEW_YORK)).name == "2026-11-18 14:03"
    month = month_to(now, NEW_YORK)
    assert (month.start, month.is_month) == (datetime(2026, 11, 1, 4, 0, tzinfo=UTC), False)


@pytest.mark.parametrize("wrong", ["2026-W54", "2026-46", "soon", "2026-W00"])
def test_a_week_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        iso_week(wrong, NEW_YORK)
