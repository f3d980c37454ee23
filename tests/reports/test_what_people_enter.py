"""Capacity, cost and toil: as people type them, and what reports make of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.db import Database
from bot.errors import UserError
from bot.model import UserId
from bot.people.directory import Directory
from bot.records import store
from bot.records.cards import in_words
from bot.records.model import Entry, Kind, monthly_minutes, passed
from bot.reports.model import Verdict, month_before
from bot.reports.sections.capacity import capacity
from bot.reports.sections.cost import cost
from bot.reports.sections.section import Wanted
from bot.reports.sections.toil import toil
from bot.reports.trend import growth, reached_at
from handlers.records import capacity as typed_capacity
from handlers.records import change as typed_change
from handlers.records import cost as typed_cost
from handlers.records import toil as typed_toil
from tests.reports.wanting import END, NEW_YORK, answers, figure, wanted

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(weeks=1)
ANA = UserId("U01ANA")
CPU = {"prometheus": {"query": "cpu"}, "every": "1m", "warn_above": "70%", "fail_above": "85%"}


@dataclass
class Names:
    def name_of(self, user: UserId) -> str:
        return "ana"


ANA_KNOWN = cast("Directory", Names())


async def enter(database: Database, at: datetime, *entries: Entry) -> None:
    async with database.write() as connection:
        for entry in entries:
            await store.add(connection, entry, ANA, at)


def asked(database: Database, **more: object) -> Wanted:
    return wanted(database, directory=ANA_KNOWN, **more)  # type: ignore[arg-type]


# As it is typed


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("cpu=45%", [Entry(Kind.CAPACITY, "cpu", 0.45)]),
        (
            "CPU: 45.5 %, connections = 120/200",
            [Entry(Kind.CAPACITY, "cpu", 0.455), Entry(Kind.CAPACITY, "connections", 120, 200)],
        ),
    ],
)
def test_capacity_as_it_is_typed(text: str, entries: list[Entry]) -> None:
    assert typed_capacity(text, "2026-11") == entries


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("1234", Entry(Kind.COST, "2026-11", 1234)),
        ("$1,234.50 of $2,000", Entry(Kind.COST, "2026-11", 1234.5, 2000)),
        ("980 OF 2000 for 2026-10", Entry(Kind.COST, "2026-10", 980, 2000)),
    ],
)
def test_cost_as_it_is_typed(text: str, entry: Entry) -> None:
    assert typed_cost(text, "2026-11") == [entry]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ('"Log rotation" 15m daily', Entry(Kind.TOIL, "Log rotation", 15, None, "daily")),
        ("“Log rotation” 1 h Weekly automate 2d", Entry(Kind.TOIL, "Log rotation", 60, 960, "weekly")),
        (
            "Renew 3 certificates 2 hours monthly",
            Entry(Kind.TOIL, "Renew 3 certificates", 120, None, "monthly"),
        ),
        ('"Log rotation" gone', Entry(Kind.TOIL, "Log rotation", 0, None, "daily")),
    ],
)
def test_toil_as_it_is_typed(text: str, entry: Entry) -> None:
    assert typed_toil(text, "2026-11") == [entry]


@pytest.mark.parametrize("text", ["", "cpu", "cpu=45", "cpu=45% and more", "cpu=1/0", "=5%", "cpu=-5%"])
def test_capacity_that_is_not_understood_says_how(text: str) -> None:
    with pytest.raises(UserError, match=r"/ops record capacity|Of nothing"):
        typed_capacity(text, "2026-11")


@pytest.mark.parametrize("text", ["", "much", "12 of", "12 of 20 for 2026-13", "-5", "1e9"])
def test_cost_that_is_not_understood_says_how(text: str) -> None:
    with pytest.raises(UserError, match="/ops record cost 1234 of 2000"):
        typed_cost(text, "2026-11")


@pytest.mark.parametrize("text", ["", "Log rotation", "Log rotation 15m", '"x" 0m daily', '"x" 5m hourly'])
def test_toil_that_is_not_understood_says_how(text: str) -> None:
    with pytest.raises(UserError, match="/ops record toil"):
        typed_toil(text, "2026-11")


def test_what_was_understood_is_said_in_words() -> None:
    assert in_words(Entry(Kind.CAPACITY, "connections", 120, 200)) == "connections 120 of 200 (60 %)"
    assert in_words(Entry(Kind.COST, "2026-11", 1234.5, 2000)) == "spent in 2026-11: 1,234.5 of 2,000 (62 %)"
    assert in_words(Entry(Kind.TOIL, "Logs", 15, 480, "daily")) == (
        "“Logs” 15 min daily: 7.5 h a month, 8 h to automate"
    )


def test_the_guides_own_reckoning_of_toil() -> None:
    hours = [
        monthly_minutes(Entry(Kind.TOIL, "x", *each)) / 60
        for each in ((30, None, "weekly"), (15, None, "daily"), (120, None, "monthly"))
    ]
    assert hours == [2, 7.5, 2]


# Trends


def test_no_trend_from_few_points_or_a_short_time() -> None:
    assert growth([(END + n * WEEK, n) for n in range(3)]) is None
    assert growth([(END + n * DAY, n) for n in range(10)]) is None
    assert growth([(END + n * WEEK, 7.0 * n) for n in range(4)]) == pytest.approx(1.0)


def test_when_more_is_needed() -> None:
    found = reached_at(END, 60, 1, 80)
    assert found is not None
    assert (found - END) / DAY == pytest.approx(20)
    assert reached_at(END, 60, 0, 80) is reached_at(END, 60, -1, 80) is reached_at(END, 60, 0.001, 80) is None
    assert reached_at(END, 90, 1, 80) is None


# Sections


async def test_capacity_that_grows_says_by_when_more_is_needed(database: Database) -> None:
    for week in range(8):
        start = END - (8 - week) * WEEK
        await answers(database, "cpu", start, start + WEEK, every=HOUR, value=0.30 + 0.05 * week)
    found = await capacity(asked(database, checks={"cpu": CPU}))

    use = figure(found, "cpu in use")
    assert (use.value, use.target, use.n, use.verdict) == (65.0, "≤ 70 %", 168, Verdict.WATCH)
    growing = figure(found, "cpu growth")
    assert (growing.value, growing.unit, growing.n) == (round(0.05 / 7 * 30 * 100, 2), "points a month", 8)
    assert found.lines == ("cpu: 65 %, 65 % at most, headroom 35 %, +21.4 % a month, at 70 % by 2026-11-27",)
    assert found.chart is not None
    assert len(found.chart.labels) == 8


async def test_too_much_in_use_asks_what_is_scaled(database: Database) -> None:
    await enter(
        database, END - DAY, Entry(Kind.CAPACITY, "connections", 190, 200), Entry(Kind.CAPACITY, "disk", 0.4)
    )
    found = await capacity(asked(database))

    assert found.verdict is Verdict.BAD
    assert found.decision == "Too much is in use of connections (95 %): what is scaled, and when?"
    assert figure(found, "disk in use").rows == ("Thu 19 Nov 16:00: 40 %, entered by ana",)
    assert "no trend from fewer than 4 weeks" in found.lines[1]


async def test_a_silent_probe_and_old_entries_are_not_what_is_in_use_now(database: Database) -> None:
    await answers(database, "cpu", END - 3 * WEEK, END - 2 * WEEK, every=HOUR, value=0.3)
    await enter(database, END - 60 * DAY, Entry(Kind.CAPACITY, "disk", 0.4))
    found = await capacity(asked(database, checks={"cpu": CPU}))

    assert found.verdict is Verdict.UNKNOWN
    assert figure(found, "cpu in use").value is figure(found, "disk in use").value is None
    assert found.headline == "not known: cpu and disk"


async def test_a_report_names_what_it_wants_to_know_of(database: Database) -> None:
    checks = {"cpu": CPU, "pool": {"prometheus": {"query": "pool"}, "every": "1m"}}
    await answers(database, "pool", END - DAY, END, every=HOUR, value=120)
    report = {"capacity": {"connections": {"check": "pool", "scale_above": 150}}}
    found = await capacity(asked(database, report=report, checks=checks))

    [use] = found.figures
    assert (use.name, use.value, use.unit, use.target, use.verdict) == (
        "connections in use",
        120,
        "",
        "≤ 150",
        "ok",
    )


async def test_a_month_that_is_over_is_held_against_its_budget(database: Database) -> None:
    october = month_before(datetime(2026, 11, 6, tzinfo=UTC), NEW_YORK)
    for n, name in enumerate(("2026-06", "2026-07", "2026-08", "2026-09")):
        await enter(database, END - 100 * DAY, Entry(Kind.COST, name, 1000 + 100 * n, 2000))
    await enter(database, datetime(2026, 11, 3, tzinfo=UTC), Entry(Kind.COST, "2026-10", 2300, 2000))
    found = await cost(asked(database, period=october))

    spent = figure(found, "spent in 2026-10")
    assert (spent.value, spent.target) == (2300, "≤ 2,000")
    assert spent.usual.startswith("1150")
    assert "4 months" in spent.usual
    assert figure(found, "of the budget").value == 115
    assert found.verdict is Verdict.BAD
    assert found.decision == "2026-10 is 15 % over its budget: what is saved, or is it raised?"
    assert found.headline == "2,300 of 2,000 spent in 2026-10, 115 %"


@pytest.mark.parametrize(
    ("spent", "verdict", "lines"),
    [
        (900, Verdict.OK, 0),
        (1000, Verdict.OK, 1),
        (1300, Verdict.OK, 1),
        (1400, Verdict.WATCH, 2),
        (1900, Verdict.WATCH, 2),
    ],
)
async def test_half_three_quarters_and_nine_tenths_of_a_budget_are_said(
    database: Database, spent: float, verdict: Verdict, lines: int
) -> None:
    await enter(database, END - HOUR, Entry(Kind.COST, "2026-11", spent))
    found = await cost(asked(database, report={"cost": {"budget": 2000, "currency": "USD"}}))

    assert found.verdict is verdict
    assert len(found.lines) == lines


async def test_what_was_entered_early_in_the_month_is_of_that_time(database: Database) -> None:
    """A hundred on the third say nothing of the end, whenever the report is made."""
    await enter(database, datetime(2026, 11, 3, tzinfo=UTC), Entry(Kind.COST, "2026-11", 100, 2000))
    early = await cost(asked(database))
    await enter(database, datetime(2026, 11, 16, 5, tzinfo=UTC), Entry(Kind.COST, "2026-11", 1100, 2000))
    half = await cost(asked(database))

    assert all(each.name != "spent by the end of the month" for each in early.figures)
    # Half of a month that has one hour more, in which clocks are turned back.
    assert figure(half, "spent by the end of the month").value == round(1100 * 721 / 361, 2)
    assert half.verdict is Verdict.WATCH


async def test_a_probe_may_know_what_was_spent(database: Database) -> None:
    bill = {"command": ["bill"], "every": "6h"}
    report = {"cost": {"check": "bill", "budget": 2000, "currency": "USD"}}
    silent = await cost(asked(database, report=report, checks={"bill": bill}))
    await answers(database, "bill", END - DAY, END, every=6 * HOUR, value=1234.5)
    found = await cost(asked(database, report=report, checks={"bill": bill}))

    assert silent.verdict is Verdict.UNKNOWN
    assert found.headline == "1,234.50 USD of 2,000 spent in 2026-11, 61.7 %"
    assert figure(found, "spent in 2026-11").rows == ("Fri 20 Nov 10:00: bill says 1234.5",)


async def test_toil_is_summed_up_and_what_pays_soon_is_asked_for(database: Database) -> None:
    await enter(
        database,
        END - 10 * DAY,
        Entry(Kind.TOIL, "Manual deploy", 30, 960, "weekly"),
        Entry(Kind.TOIL, "Log rotation", 99, None, "daily"),
        Entry(Kind.TOIL, "Old task", 60, None, "daily"),
    )
    await enter(
        database,
        END - DAY,
        Entry(Kind.TOIL, "log rotation", 15, 480, "daily"),
        Entry(Kind.TOIL, "Old task", 0, None, "daily"),
    )
    found = await toil(asked(database))

    assert found.headline == "2 tasks by hand, 9.5 h a month"
    assert found.lines[0].startswith("log rotation: 15 min daily, 7.5 h a month, ending it takes 8 h")
    assert found.decision == "Ending “log rotation” pays for itself within 1.07 months: who does it?"
    assert "entered Thu 19 Nov 16:00 by ana" in figure(found, "toil a month").rows[0]
    assert found.table is not None
    assert found.table.rows[1] == ("Manual deploy", "weekly", 30, 2.0, 16.0, 8.0)


async def test_without_anything_each_says_what_to_enter(database: Database) -> None:
    found = [await each(asked(database)) for each in (capacity, cost, toil)]

    assert all("/ops record" in each.connect for each in found)


# Planned changes


NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # a Friday, 12:00 in New York


@pytest.mark.parametrize(
    ("text", "begins_at", "minutes", "name"),
    [
        ("2026-11-24 02:00 2h Upgrade it", datetime(2026, 11, 24, 7, tzinfo=UTC), 120, "Upgrade it"),
        ("tomorrow 02:00 90m 3 more nodes", datetime(2026, 11, 21, 7, tzinfo=UTC), 90, "3 more nodes"),
        ("11:00 for 1 day Move house", datetime(2026, 11, 21, 16, tzinfo=UTC), 1440, "Move house"),
        ("2026-11-20 11:00 2h Under way", datetime(2026, 11, 20, 16, tzinfo=UTC), 120, "Under way"),
    ],
)
def test_a_change_is_typed_on_ones_own_clock(
    text: str, begins_at: datetime, minutes: float, name: str
) -> None:
    assert typed_change(text, NOON, NEW_YORK) == Entry(Kind.CHANGE, name, minutes, begins_at=begins_at)


@pytest.mark.parametrize(
    "text",
    ["", "soon 2h What", "02:00 Upgrade it", "02:00 2h", "02:00 0m Nothing", "2028-01-01 02:00 2h Far"],
)
def test_a_change_without_a_time_a_length_or_words_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        typed_change(text, NOON, NEW_YORK)


async def test_a_change_counts_wherever_a_part_of_it_lies(database: Database) -> None:
    await enter(
        database,
        NOON,
        Entry(Kind.CHANGE, "over", 60, begins_at=NOON - HOUR),
        Entry(Kind.CHANGE, "under way", 120, begins_at=NOON - HOUR),
        Entry(Kind.CHANGE, "first", 60, begins_at=NOON),
        Entry(Kind.CHANGE, "later", 60, begins_at=NOON + DAY),
        Entry(Kind.COST, "2026-11", 1200),
    )
    async with database.read() as connection:
        found = await store.changes_between(connection, NOON, NOON + DAY)
    assert [each.entry.name for each in found] == ["under way", "first"]


@pytest.mark.parametrize(
    ("spent", "mark"), [(999, None), (1000, 0.5), (1499.99, 0.5), (1500, 0.75), (1800, 0.9), (9000, 0.9)]
)
def test_the_highest_mark_of_a_budget_that_is_reached(spent: float, mark: float | None) -> None:
    assert passed(spent, 2000) == mark
