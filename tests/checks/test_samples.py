"""Samples, claims, hours and troubles in the database, on both; through the service."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.checks import service, store, watching
from bot.checks.model.figures import Figures
from bot.checks.model.result import Result, Verdict
from bot.checks.probing import slot
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue
from bot.delivery.store import outbox
from bot.model import ChannelId, UserId
from bot.people.directory import Directory
from bot.playbook import Playbook, PlaybookFile
from bot.walltime import days_between, instant
from tests.checks.asking import playbook
from tests.delivery.by_hand import START, HandClock

MINUTE = timedelta(minutes=1)
SITE = {"http": {"url": "https://example.com"}, "every": "1m"}


class Kept:
    """A playbook that is what it is."""

    def __init__(self, current: Playbook) -> None:
        self.current = current


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def context(database: Database, clock: HandClock) -> Context:
    written = cast("PlaybookFile", Kept(playbook(site=SITE, other=SITE)))
    nobody = cast("Directory", None)
    return Context(Queue(database, clock), written, nobody, clock, links=None)  # type: ignore[arg-type]


def answer(at: datetime, verdict: Verdict = Verdict.OK, check: str = "site", took: float = 0.2) -> Result:
    return Result(check, verdict, f"said at {at:%H:%M}", at, took, 1.5, "s")


async def take(context: Context, *due: tuple[str, datetime]) -> set[str]:
    async with context.queue.transaction() as tx:
        return await service.claim(tx, due)


async def record(context: Context, *results: Result) -> None:
    async with context.queue.transaction() as tx:
        await service.claim(tx, [(each.check, each.at) for each in {r.check: r for r in results}.values()])
        await watching.record(tx, context.playbook.current, results)


async def queued(context: Context) -> list[str]:
    async with context.queue.database.read() as connection:
        rows = await connection.execute(select(outbox.c.kind).order_by(outbox.c.id))
        return list(rows.scalars())


async def test_a_time_is_taken_once_however_many_try(context: Context) -> None:
    due = [("site", START), ("other", START)]
    taken = await asyncio.gather(*(take(context, *due) for _ in range(8)))

    assert sorted(name for names in taken for name in names) == ["other", "site"]
    assert await take(context, ("site", START - MINUTE)) == set()
    assert await take(context, ("site", START + MINUTE), ("other", START)) == {"site"}


async def test_a_trouble_is_kept_told_and_ended_with_its_samples(context: Context) -> None:
    for n, verdict in enumerate([Verdict.OK, Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, Verdict.OK]):
        await record(context, answer(START + n * MINUTE, verdict), answer(START + n * MINUTE, check="other"))

    async with context.queue.database.read() as connection:
        trouble = (await store.last_troubles(connection, ["site", "other"]))["site"]
        assert await store.open_troubles(connection) == []
    assert (trouble.began_at, trouble.ended_at) == (START + MINUTE, START + 4 * MINUTE)
    assert (trouble.verdict, trouble.evidence) == (Verdict.FAIL, "said at 12:02")
    # One while the first waits: it will show what is then.
    assert await queued(context) == ["check.trouble"]
    site, other = await service.states(context)
    assert (site.last, other.trouble) == (answer(START + 4 * MINUTE), None)
    rows = await service.rows(context.queue.database, "site", START, START + 4 * MINUTE)
    assert [row.verdict for row in rows] == ["ok", "fail", "fail", "fail"]


async def test_answers_kept_together_count_one_after_the_other(context: Context) -> None:
    await record(
        context,
        answer(START + 2 * MINUTE, Verdict.OK),
        answer(START, Verdict.FAIL),
        answer(START + MINUTE, Verdict.FAIL),
    )
    async with context.queue.database.read() as connection:
        trouble = (await store.last_troubles(connection, ["site"]))["site"]
    assert (trouble.began_at, trouble.ended_at) == (START, START + 2 * MINUTE)


async def test_a_probe_that_was_dropped_begins_anew(context: Context) -> None:
    await record(context, answer(START, Verdict.FAIL), answer(START, Verdict.FAIL, "other"))
    await record(context, answer(START + MINUTE, Verdict.FAIL))
    async with context.queue.transaction() as tx:
        await watching.end_unwatched(tx, playbook(other=SITE))
    async with context.queue.transaction() as tx:
        since = await store.bad_since(tx.connection, ["site", "other"])
        trouble = (await store.last_troubles(tx.connection, ["site"]))["site"]

    assert since == {"site": None, "other": START}
    assert (trouble.is_over, trouble.unwatched) == (True, True)


async def test_asking_the_same_again_while_it_is_asked_adds_nothing(context: Context) -> None:
    ana, here = UserId("U01ANA"), ChannelId("C01")
    assert await service.ask_for(context, "SITE", ana, here) == "site"
    await service.ask_for(context, "site", ana, here)
    await service.ask_for(context, "site", UserId("U02BO"), here)

    assert await queued(context) == ["check.run", "check.run"]


async def of_day(database: Database, day: date, zone: ZoneInfo) -> Figures:
    start, end = (instant(datetime.combine(each, time()), zone) for each in (day, day + timedelta(days=1)))
    return await service.stretch(database, "site", start, end)


async def test_days_are_those_of_the_zone_also_when_clocks_change(context: Context) -> None:
    zone = ZoneInfo("America/New_York")
    # 1 November 2026 has 25 hours there.
    first = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    await record(context, *(answer(first + n * MINUTE * 30) for n in range(-2, 52)))
    found = [
        await of_day(context.queue.database, day, zone)
        for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2))
    ]

    assert [each.counts.n for each in found] == [2, 50, 2]
    assert days_between(first, first + timedelta(hours=25), zone) == [date(2026, 11, 1)]


async def test_hours_outlive_their_samples(context: Context, clock: HandClock) -> None:
    day = START.replace(hour=0)
    results = [
        answer(day + n * MINUTE, Verdict.FAIL if n % 100 == 0 else Verdict.OK, took=0.1 + n / 10_000)
        for n in range(1440)
    ]
    await record(context, *results)
    clock.advance(86_400)
    database, zone = context.queue.database, ZoneInfo("UTC")
    await service.sum_up(context)
    await service.sum_up(context)
    exact = await of_day(database, day.date(), zone)
    clock.advance(86_400 * 31)
    await service.forget(context)
    about = await of_day(database, day.date(), zone)
    clock.advance(86_400 * 366)
    await service.forget(context)
    gone = await of_day(database, day.date(), zone)

    assert (exact.exact, about.exact) == (True, False)
    assert exact.counts == about.counts
    assert exact.counts.uptime == pytest.approx(1 - 15 / 1440)
    assert about.took.p95 == pytest.approx(exact.took.p95 or 0, rel=0.011)
    assert about.took.average == pytest.approx(exact.took.average or 0)
    assert gone.counts.uptime is None


async def test_an_hour_that_goes_on_is_not_summed_up(context: Context, clock: HandClock) -> None:
    await record(context, answer(START), answer(START + timedelta(minutes=59)))
    clock.advance(3600 + 60)
    await service.sum_up(context)
    async with context.queue.database.read() as connection:
        early = await store.hours_of(connection, "site", START, START + timedelta(hours=1))
    clock.advance(300)
    await service.sum_up(context)
    async with context.queue.database.read() as connection:
        (hour,) = await store.hours_of(connection, "site", START, START + timedelta(hours=1))

    assert early == []
    assert hour.counts.ok == 2


def test_probes_are_spread_over_their_interval_and_every_replica_finds_the_same() -> None:
    every = timedelta(minutes=1)
    at = {name: slot(name, every, START + timedelta(seconds=30)) for name in map(str, range(500))}

    assert all(START - every < each - timedelta(seconds=30) <= START for each in at.values())
    assert len(set(at.values())) == 60
    assert all(slot(name, every, each) == each for name, each in at.items())
    assert all(
        slot(name, every, each + every - timedelta(microseconds=1)) == each for name, each in at.items()
    )
