"""When jobs are due: wall-clock cron through clock changes, weekends and holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due
from bot.jobs.routine import Routine, next_time, times
from bot.jobs.workdays import is_workday
from bot.playbook.timing import Country
from bot.walltime import instant, wall

NEW_YORK, BERLIN, LORD_HOWE = "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"


async def nothing(context: Context, tx: Transaction, due: Due) -> None:
    """These jobs are only looked at."""


def routine(cron: str, zone: str, *, workdays: bool = False, holidays: Country | None = None) -> Routine:
    return Routine("job", cron, ZoneInfo(zone), timedelta(hours=1), nothing, workdays, holidays)


def due(job: Routine, start: str, end: str) -> list[tuple[str, str]]:
    """What clocks show, and UTC."""
    found = times(job, datetime.fromisoformat(start), datetime.fromisoformat(end))
    return [(f"{each.local:%m-%d %H:%M}", f"{each.at:%m-%dT%H:%M}Z") for each in found]


@pytest.mark.parametrize(
    ("cron", "zone", "start", "end", "expected"),
    [
        # A time that clocks skip is the first instant after the gap; the days around it are as ever.
        (
            "30 2 * * *",
            NEW_YORK,
            "2026-03-07T05:00Z",
            "2026-03-10T04:00Z",
            [
                ("03-07 02:30", "03-07T07:30Z"),
                ("03-08 03:00", "03-08T07:00Z"),
                ("03-09 02:30", "03-09T06:30Z"),
            ],
        ),
        # APScheduler's own cron skips the midnight after this change.
        (
            "0 0 * * *",
            NEW_YORK,
            "2026-03-08T00:00Z",
            "2026-03-10T12:00Z",
            [
                ("03-08 00:00", "03-08T05:00Z"),
                ("03-09 00:00", "03-09T04:00Z"),
                ("03-10 00:00", "03-10T04:00Z"),
            ],
        ),
        # An hour that comes twice counts once.
        (
            "30 1 * * *",
            NEW_YORK,
            "2026-10-31T12:00Z",
            "2026-11-03T00:00Z",
            [("11-01 01:30", "11-01T05:30Z"), ("11-02 01:30", "11-02T06:30Z")],
        ),
        (
            "*/30 * * * *",
            NEW_YORK,
            "2026-11-01T05:00Z",
            "2026-11-01T07:31Z",
            [
                ("11-01 01:00", "11-01T05:00Z"),
                ("11-01 01:30", "11-01T05:30Z"),
                ("11-01 02:00", "11-01T07:00Z"),
                ("11-01 02:30", "11-01T07:30Z"),
            ],
        ),
        # Two times in the gap, and the one at its end, are one instant: due once.
        (
            "*/30 2,3 * * *",
            BERLIN,
            "2026-03-29T00:00Z",
            "2026-03-29T01:20Z",
            [("03-29 03:00", "03-29T01:00Z")],
        ),
        ("30 2 * * *", BERLIN, "2026-10-25T00:00Z", "2026-10-26T00:00Z", [("10-25 02:30", "10-25T00:30Z")]),
        # Half an hour's change.
        (
            "0 2 * * *",
            LORD_HOWE,
            "2026-10-03T00:00Z",
            "2026-10-04T20:00Z",
            [("10-04 02:30", "10-03T15:30Z"), ("10-05 02:00", "10-04T15:00Z")],
        ),
        (
            "45 1 * * *",
            LORD_HOWE,
            "2026-04-04T00:00Z",
            "2026-04-05T20:00Z",
            [("04-05 01:45", "04-04T14:45Z"), ("04-06 01:45", "04-05T15:15Z")],
        ),
        # A whole day that never was.
        (
            "0 9 * * *",
            "Pacific/Apia",
            "2011-12-29T12:00Z",
            "2011-12-31T00:00Z",
            [
                ("12-29 09:00", "12-29T19:00Z"),
                ("12-31 00:00", "12-30T10:00Z"),
                ("12-31 09:00", "12-30T19:00Z"),
            ],
        ),
        (
            "0 10 * * FRI#1",
            "UTC",
            "2026-10-30T00:00Z",
            "2026-11-30T00:00Z",
            [("11-06 10:00", "11-06T10:00Z")],
        ),
    ],
)
def test_a_time_on_the_wall_is_due_once_at_the_right_instant(
    cron: str, zone: str, start: str, end: str, expected: list[tuple[str, str]]
) -> None:
    assert due(routine(cron, zone), start, end) == expected


def test_working_days_skip_weekends_and_holidays() -> None:
    # The Friday after Thanksgiving is a holiday in California, not in the country; the Thursday in both.
    start, end = "2026-11-23T00:00Z", "2026-12-01T00:00Z"
    country = due(routine("0 16 * * *", "UTC", workdays=True, holidays=Country("US")), start, end)
    assert [local[:5] for local, _ in country] == ["11-23", "11-24", "11-25", "11-27", "11-30"]
    state = due(routine("0 16 * * *", "UTC", workdays=True, holidays=Country("US", "CA")), start, end)
    assert [local[:5] for local, _ in state] == ["11-23", "11-24", "11-25", "11-30"]
    no_country = due(routine("0 16 * * *", "UTC", workdays=True), start, end)
    assert [local[:5] for local, _ in no_country] == ["11-23", "11-24", "11-25", "11-26", "11-27", "11-30"]
    assert len(due(routine("0 16 * * *", "UTC", holidays=Country("US")), start, end)) == 8


def test_a_friday_that_is_a_holiday_has_no_weekly_job() -> None:
    job = routine("0 16 * * FRI", NEW_YORK, workdays=True, holidays=Country("US"))
    # Christmas 2026 and New Year's Day 2027 are Fridays.
    found = due(job, "2026-12-14T00:00Z", "2027-01-12T00:00Z")
    assert [local for local, _ in found] == ["12-18 16:00", "01-08 16:00"]
    assert not is_workday(date(2026, 12, 25), Country("US"))


def test_what_never_comes_again_is_none() -> None:
    # A 29 February on a working day: 2028 is a Tuesday, and then 2032, a Sunday.
    job = routine("0 0 29 2 *", "UTC", workdays=True)
    found = next_time(job, datetime(2026, 1, 1, tzinfo=UTC))
    assert found is not None
    assert found.at == datetime(2028, 2, 29, tzinfo=UTC)
    assert next_time(job, datetime(2028, 3, 1, tzinfo=UTC)) is None


CRONS = st.sampled_from(
    (
        "0 9 * * *",
        "30 1 * * *",
        "30 2 * * *",
        "*/15 * * * *",
        "0 0 * * MON",
        "0 */2 * * *",
        "45 23 L * *",
        "5 0,3 * * *",
    )
)
ZONES = st.sampled_from(
    (NEW_YORK, BERLIN, LORD_HOWE, "Asia/Kathmandu", "Africa/Casablanca", "UTC", "Pacific/Apia")
)
STARTS = st.integers(1_104_537_600, 1_893_456_000).map(
    lambda at: datetime.fromtimestamp(at, UTC)
)  # 2005–2030


@given(CRONS, ZONES, STARTS, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_each_time_on_the_wall_fires_once(cron: str, zone: str, start: datetime, span: timedelta) -> None:
    job, end = routine(cron, zone), start + span
    found = list(times(job, start, end))
    instants = [each.at for each in found]
    assert instants == sorted(set(instants))
    assert len({each.local for each in found}) == len(found)
    assert all(start <= at < end for at in instants)
    assert all(each.local == wall(each.at, job.zone) for each in found)
    # Every time on the wall has its instant, and there is no other.
    local_start = wall(start, job.zone) - timedelta(days=2)
    walls = CronSim(cron, local_start)
    expected = set()
    for local in walls:
        if local > wall(end, job.zone) + timedelta(days=2):
            break
        expected.add(instant(local, job.zone))
    assert set(instants) == {at for at in expected if start <= at < end}


@given(CRONS, ZONES, STARTS, st.timedeltas(timedelta(0), timedelta(days=3)), st.floats(0, 1))
def test_a_look_in_between_changes_nothing(
    cron: str, zone: str, start: datetime, span: timedelta, share: float
) -> None:
    job, end, middle = routine(cron, zone), start + span, start + span * share
    assert list(times(job, start, end)) == [*times(job, start, middle), *times(job, middle, end)]
