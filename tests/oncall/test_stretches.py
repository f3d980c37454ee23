"""What was worked out once is what would be worked out again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.oncall.model import Override, Schedule, shifts, who
from bot.oncall.stretches import Stretches
from tests.oncall.test_oncall_properties import quick, situations

START = datetime(2026, 3, 7, 22, 0, tzinfo=UTC)


@quick
@given(situations(), st.lists(st.integers(-2 * 24 * 60, 3 * 24 * 60), max_size=8))
def test_asked_in_any_order_and_zone_who_says_what_the_shifts_say(
    situation: tuple[Schedule, datetime, list[Override]], minutes: list[int]
) -> None:
    schedule, start, overrides = situation
    zones = (UTC, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/St_Johns"))
    for number, each in enumerate(minutes):
        at = (start + timedelta(minutes=each)).astimezone(zones[number % len(zones)])
        [shift] = shifts(schedule, at, at + timedelta(microseconds=1), overrides)
        assert who(schedule, at, overrides) == shift.people


def test_many_days_are_remembered_and_no_end_of_them() -> None:
    asked = 0

    def answer(at: datetime) -> int:
        nonlocal asked
        asked += 1
        return at.day

    remembered = Stretches(answer, lambda _: iter(()))
    for day in range(3000):
        remembered.at(START + timedelta(days=day))
    assert asked == 3000
    for hour in range(2):
        remembered.at(START + timedelta(days=2999, hours=hour))
    assert asked == 3000
    assert len(remembered._days) <= 1000
