"""The clock: each time on the wall once, whatever stops, starts, doubles or jumps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.walltime import instant
from simulator import Call, Message
from tests import postgres
from tests.seeing import from_bot
from tests.world import Bot, World
from tests.world import world as running_world

WITHIN = 40.0
ALERTS = "#prod-alerts"
PLAYBOOK = """
version: 1
timezone: {zone}
holidays: US
channels: {{incidents: "#incidents", alerts: "#prod-alerts"}}
people:
  eli: {{slack: eli@example.com}}
roles:
  admin: [eli]
checklists:
  afternoon: {{title: Afternoon, when: "{when}", channel: "#prod-alerts", items: [One thing]}}
"""


@asynccontextmanager
async def clockwork(
    folder: Path, when: str = "0 16 * * *", zone: str = "UTC", database: str | None = None
) -> AsyncIterator[World]:
    file = folder / "playbook.yaml"
    file.write_text(PLAYBOOK.format(when=when, zone=zone))
    environment = {"PLAYBOOK": str(file)}
    if database is not None:
        environment["DATABASE_URL"] = database
    async with running_world(folder, limits=False, seed=None, start=True, **environment) as found:
        await found.bot.settled(WITHIN)
        yield found


def prompts(world: World) -> list[Message]:
    return [each for each in from_bot(world, ALERTS) if each.text.startswith("Afternoon")]


async def to(world: World, then: datetime) -> None:
    await world.simulator.clock.advance(then - world.simulator.clock.now())


def next_at(world: World, clock: time, zone: str = "UTC") -> datetime:
    """When clocks show this next."""
    here = ZoneInfo(zone)
    now = world.simulator.clock.now()
    day = now.astimezone(here).date()
    while instant(datetime.combine(day, clock), here) <= now:
        day += timedelta(days=1)
    return instant(datetime.combine(day, clock), here)


async def seen(world: World, count: int) -> list[Message]:
    """Wait until there are so many prompts, and that there are no more."""
    await world.simulator.until(lambda: len(prompts(world)) >= count, WITHIN, f"{count} prompts")
    await world.bot.settled(WITHIN)
    assert len(prompts(world)) == count
    return prompts(world)


async def test_a_restart_around_the_hour_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with clockwork(tmp_path) as world:
        # Stopped at 15:59:59, back at 16:00:01.
        await to(world, next_at(world, time(15, 59, 59)))
        await world.bot.kill()
        await world.simulator.clock.advance(seconds=2)
        await world.bot.start()
        [first] = await seen(world, 1)
        assert "late" not in world.person("ana").reads(first)
        # Stopped right after, back a moment later: it was asked.
        await world.bot.kill()
        await world.bot.start()
        await seen(world, 1)
        # The next day it is there while the clock strikes, and is killed at once.
        await to(world, next_at(world, time(16)))
        await world.bot.kill()
        await world.bot.start()
        await seen(world, 2)


@pytest.mark.kill
@pytest.mark.parametrize("phase", ["before", "after"])
async def test_killed_while_it_is_posted_it_is_there_once(tmp_path: Path, phase: str) -> None:
    async with clockwork(tmp_path) as world:
        struck = asyncio.Event()

        async def strike(call: Call, when: str) -> str | None:
            if struck.is_set() or when != phase or not call.args.get("text", "").startswith("Afternoon"):
                return None
            struck.set()
            await world.bot.kill()
            return "drop"

        world.simulator.faults.intercept(strike)
        await to(world, next_at(world, time(16)))
        async with asyncio.timeout(WITHIN):
            await struck.wait()
        await world.bot.start()
        await seen(world, 1)


async def test_what_was_missed_is_caught_up_within_its_grace_and_says_so(tmp_path: Path) -> None:
    async with clockwork(tmp_path) as world:
        ana = world.person("ana")
        await to(world, next_at(world, time(15, 59)))
        await world.bot.stop()
        await to(world, next_at(world, time(17, 30)))
        await world.bot.start()
        [prompt] = await seen(world, 1)
        assert "Asked 1 h 30 min late" in ana.reads(prompt)
        # Five hours are too late: it is not asked, and on record as missed. So are the days in between.
        await to(world, next_at(world, time(15, 59)))
        await world.bot.stop()
        await world.simulator.clock.advance(days=2, hours=5)
        await world.bot.start()
        await world.bot.settled(WITHIN)

        async def missed() -> int:
            return str((await ana.types("/checklist history afternoon")).blocks).count("missed")

        # Settled means that it has looked at the clock since it started.
        assert await missed() == 3
        assert len(prompts(world)) == 1
        # And the next one is on time.
        await to(world, next_at(world, time(16)))
        await seen(world, 2)


async def test_a_clock_that_jumps_wakes_the_bot_and_asks_only_the_latest(tmp_path: Path) -> None:
    async with clockwork(tmp_path, "0 * * * *") as world:
        now = world.simulator.clock.now()
        await to(world, now.replace(minute=0, second=0) + timedelta(hours=1, seconds=5))
        await seen(world, 1)
        # Three hours at once: two are missed, the last is asked, and the one before closed as not done.
        await world.simulator.clock.advance(hours=3)
        first, _ = await seen(world, 2)
        assert "not done" in world.person("ana").reads(first)


async def test_a_new_playbook_misses_nothing_it_never_promised(tmp_path: Path) -> None:
    async with clockwork(tmp_path) as world:
        eli = world.person("eli")
        await to(world, next_at(world, time(16, 30)))
        await seen(world, 1)
        # At 16:30 it becomes known that it was due at 16:15: it begins tomorrow.
        file = tmp_path / "playbook.yaml"
        file.write_text(PLAYBOOK.format(when="15 16 * * *", zone="UTC"))
        assert "read again" in (await eli.types("/ops reload")).text
        await world.simulator.clock.advance(seconds=40)
        await seen(world, 1)
        await to(world, next_at(world, time(16, 16)))
        await seen(world, 2)


@pytest.mark.parametrize(
    ("zone", "when", "before", "after", "asked_at"),
    [
        ("America/New_York", "30 2 * * *", "2027-03-14T06:00Z", "2027-03-14T07:00:02Z", "2027-03-14T07:00Z"),
        ("America/New_York", "30 1 * * *", "2027-11-07T05:29Z", "2027-11-07T05:30:02Z", "2027-11-07T05:30Z"),
        ("Europe/Berlin", "30 2 * * *", "2027-03-28T00:30Z", "2027-03-28T01:00:02Z", "2027-03-28T01:00Z"),
        ("Europe/Berlin", "30 2 * * *", "2027-10-31T00:29Z", "2027-10-31T00:30:02Z", "2027-10-31T00:30Z"),
        (
            "Australia/Lord_Howe",
            "15 2 * * *",
            "2027-10-02T15:29Z",
            "2027-10-02T15:30:02Z",
            "2027-10-02T15:30Z",
        ),
        (
            "Australia/Lord_Howe",
            "45 1 * * *",
            "2027-04-03T14:44Z",
            "2027-04-03T14:45:02Z",
            "2027-04-03T14:45Z",
        ),
    ],
)
async def test_at_both_clock_changes_it_is_asked_once(
    tmp_path: Path, zone: str, when: str, before: str, after: str, asked_at: str
) -> None:
    async with clockwork(tmp_path, when, zone) as world:
        await to(world, datetime.fromisoformat(before))
        await world.bot.settled(WITHIN)
        count = len(prompts(world))
        await to(world, datetime.fromisoformat(after))
        *_, prompt = await seen(world, count + 1)
        assert "late" not in world.person("ana").reads(prompt)
        # When the hour comes a second time, or the day goes on, nothing more is asked.
        for _ in range(4):
            await world.simulator.clock.advance(minutes=30)
            await world.bot.settled(WITHIN)
        await seen(world, count + 1)
        assert abs(
            datetime.fromtimestamp(float(prompt.ts), UTC) - datetime.fromisoformat(asked_at)
        ) < timedelta(minutes=1)


@pytest.mark.postgres
async def test_two_replicas_ask_once(tmp_path: Path, postgres_server: str) -> None:
    was, postgres.server = postgres.server, postgres_server
    try:
        async with clockwork(tmp_path, database=await postgres.new_database()) as world:
            folder = tmp_path / "second"
            folder.mkdir()
            own = {"DATABASE_URL", "PLAYBOOK"}
            second = Bot(world.simulator, folder, **{name: world.bot.environment[name] for name in own})
            await second.start()
            try:
                for days in range(1, 6):
                    await to(world, next_at(world, time(15, 59, 59)))
                    await world.simulator.clock.advance(seconds=2)
                    if days == 3:
                        await second.kill()
                        await second.start()
                    await seen(world, days)
            finally:
                await second.stop()
    finally:
        postgres.server = was
