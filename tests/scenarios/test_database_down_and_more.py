"""The database is away, and something else as well: Slack, the process, another replica, the disk."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from simulator import Simulator
from tests.night import (
    WITHIN,
    declares,
    goes_away,
    is_back,
    night,
    night_on,
    number_of,
    pages,
    timeline,
)
from tests.outage import StoppablePostgres
from tests.receivers import Hooks, hooks
from tests.scenarios.test_ladders import PLAYBOOK
from tests.world import Bot, World
from tests.world import world as running_world


@pytest.fixture
async def world(postgres: StoppablePostgres, tmp_path: Path) -> AsyncIterator[World]:
    async with night_on(postgres, tmp_path) as found:
        yield found


@pytest.mark.postgres
async def test_who_covers_is_paged_also_by_a_bot_that_was_restarted_since(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    covered = await bo.types("/oncall cover primary @ana for 3h", channel="#general")
    assert covered.ok, covered.error
    file = world.bot.folder / "roster.json"
    await world.bot.until(lambda _: "instead_of" in file.read_text(), within=WITHIN)
    assert file.stat().st_mode & 0o777 == 0o600
    await goes_away(postgres, world)
    await world.bot.kill()
    await world.bot.start(until_ready=False)
    await world.bot.until(lambda state: bool(state["slack"]), within=WITHIN)
    await world.simulator.clock.advance(minutes=30)
    await declares(dee, "sev1 Who stands in")
    page = await bo.sees("You are paged: sev1 · Who stands in", within=WITHIN)
    assert "as I knew it" in bo.reads(page), "an old list is called one"
    assert not pages(ana, "Who stands in")
    await is_back(postgres, world)
    await number_of(world, "Who stands in")


@pytest.mark.postgres
async def test_i_cant_calls_the_next_one_without_a_database(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    await goes_away(postgres, world)
    await declares(bo, "sev1 Pass it on")
    page = await ana.sees("You are paged: sev1 · Pass it on", within=WITHIN)
    await ana.clicks("I can't, next please", message=page)
    second = await dee.sees("You are paged: sev1 · Pass it on", within=WITHIN)
    await ana.sees("could not take it", within=WITHIN)
    await is_back(postgres, world)
    number = await number_of(world, "Pass it on")
    await world.bot.settled(within=WITHIN)
    assert "could not take it" in ana.reads(page)
    await dee.clicks("Acknowledge", message=second)
    await dee.sees("Acknowledged by <@U04DEE>", within=WITHIN)
    assert "cannot take it" in await timeline(world, number)


@pytest.mark.postgres
async def test_a_path_that_runs_out_without_a_database_is_said_loudly_and_once(
    world: World, postgres: StoppablePostgres
) -> None:
    bo, dee, eli = (world.person(name) for name in ("bo", "dee", "eli"))
    await goes_away(postgres, world)
    await declares(bo, "sev3 Nobody on the first rung")
    await dee.sees("You are paged: sev3 · Nobody on the first rung", within=WITHIN)
    await world.simulator.clock.advance(minutes=10)
    loud = await eli.sees("there is nobody left to call", channel="#dev-help", within=WITHIN)
    await is_back(postgres, world)
    number = await number_of(world, "Nobody on the first rung")
    await world.bot.settled(within=WITHIN)
    await world.simulator.until(lambda: f"INC-{number}" in f"{loud.text} {loud.blocks}", WITHIN)
    said = [each for each in world.said("#dev-help") if "there is nobody left to call" in each.text]
    assert len(said) == 1
    await dee.clicks("Acknowledge", message=loud)
    await world.simulator.until(lambda: "incident.acknowledge" not in str(loud.blocks), WITHIN)


@pytest.mark.postgres
async def test_a_private_one_is_told_to_nobody_but_those_it_pages(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    await goes_away(postgres, world)
    await declares(bo, "sev1 private Not for everybody")
    page = await ana.sees("You are paged: sev1 · Not for everybody", within=WITHIN)
    await ana.clicks("Acknowledge", message=page)
    await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
    await is_back(postgres, world)
    await world.simulator.until(lambda: "INC-2" in page.text, WITHIN)
    await world.bot.settled(within=WITHIN)
    for channel in ("#incidents", "#general", "#prod-alerts"):
        assert not [
            each for each in world.said(channel) if "Not for everybody" in f"{each.text} {each.blocks}"
        ]
    assert dee.sees_now("Not for everybody") is None
    assert "Not for everybody" in str((await ana.types("/incident list", channel="#general")).blocks)


@pytest.mark.postgres
async def test_two_replicas_without_their_database_answer_for_each_other(
    world: World, postgres: StoppablePostgres, tmp_path: Path
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    environment = {name: world.bot.environment[name] for name in ("PLAYBOOK", "DATABASE_URL")}
    (tmp_path / "second").mkdir()
    second = Bot(world.simulator, tmp_path / "second", **environment)
    await second.start()
    titles = [f"Either of two {n}." for n in range(6)]
    try:
        await goes_away(postgres, world)
        for title in titles:
            await declares(bo, f"sev1 {title}")
        for n, title in enumerate(titles):
            # Slack hands each click to one of them, whichever it likes.
            page = await ana.sees(f"You are paged: sev1 · {title}", within=WITHIN)
            announced = await ana.sees(title, channel="#incidents", within=WITHIN)
            await ana.clicks("Acknowledge", message=announced if n % 2 else page)
        await world.simulator.clock.advance(minutes=11)
        await is_back(postgres, world)
        numbers = [await number_of(world, title) for title in titles]
        for bot in (world.bot, second):
            await bot.settled(within=WITHIN)
        assert len(set(numbers)) == len(titles)
        for title, number in zip(titles, numbers, strict=True):
            [page] = pages(ana, title)
            await world.simulator.until(lambda page=page: "Acknowledged by <@U01ANA>" in str(page.blocks))  # type: ignore[misc]
            assert "acknowledged" in await timeline(world, number)
            assert not pages(dee, title)
    finally:
        await second.stop()


@pytest.mark.postgres
@pytest.mark.parametrize("recorded", [1, 2, 3])
async def test_killed_while_it_is_written_down_it_is_written_once(
    world: World, postgres: StoppablePostgres, recorded: int
) -> None:
    """Killed when so many of them are in the database, whether or not the process knew."""
    ana, bo = world.person("ana"), world.person("bo")
    await goes_away(postgres, world)
    titles = [f"Killed over it {n}." for n in range(4)]
    for title in titles:
        await declares(bo, f"sev1 {title}")
        await ana.sees(f"You are paged: sev1 · {title}", within=WITHIN)
    await postgres.start()
    connection = await asyncpg.connect(world.bot.environment["DATABASE_URL"])
    while await connection.fetchval("SELECT count(*) FROM incidents") < 1 + recorded:
        pass
    await world.bot.kill()
    await connection.close()
    await world.bot.start()
    numbers = [await number_of(world, title) for title in titles]
    await world.bot.settled(within=WITHIN)
    assert sorted(numbers) == [2, 3, 4, 5]
    assert [len(pages(ana, title)) for title in titles] == [1] * len(titles)
    listed = str((await bo.types("/incident list", channel="#general")).blocks)
    assert [listed.count(title) for title in titles] == [1] * len(titles)


@pytest.fixture
async def provider(world: World) -> AsyncIterator[Hooks]:
    """Ana can also be reached by something that is not Slack."""
    async with hooks() as found:
        file = world.bot.folder / "playbook.yaml"
        contact = f'ana@example.com, contacts: {{push: "{found.address("ana")}"}}}}'
        file.write_text(PLAYBOOK.replace("ana@example.com}", contact))
        answer = await world.person("bo").types("/ops reload", channel="#general")
        assert "read again" in answer.text, answer.text
        yield found


@pytest.mark.postgres
async def test_without_slack_as_well_the_next_way_is_used_after_half_a_minute(
    world: World, postgres: StoppablePostgres, provider: Hooks
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    await goes_away(postgres, world)
    world.simulator.faults.outage(sockets=False)
    await declares(bo, "sev1 Neither of them is there")
    await world.simulator.clock.advance(seconds=29)
    assert not provider.received
    await world.simulator.clock.advance(seconds=2)
    message = await provider.gets("ana")
    assert "Neither of them is there" in f"{message.subject} {message.text}"
    await postgres.start()
    await world.bot.until(lambda state: bool(state["database"]), within=WITHIN)
    world.simulator.faults.clear()
    await world.simulator.clock.advance(seconds=10)
    number = await number_of(world, "Neither of them is there")
    await world.simulator.clock.advance(seconds=10)
    page = await ana.sees(f"You are paged: INC-{number}", within=WITHIN)
    await world.bot.settled(within=WITHIN)
    assert [each.ts for each in pages(ana, "Neither of them is there")] == [page.ts]
    assert len(provider.received) == 1


@pytest.mark.postgres
async def test_a_bot_that_never_had_its_database_pages_by_the_playbook_alone(
    postgres: StoppablePostgres, tmp_path: Path
) -> None:
    url = await postgres.new_database()
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    await postgres.stop()
    playbook = str(tmp_path / "playbook.yaml")
    async with running_world(tmp_path, PLAYBOOK=playbook, DATABASE_URL=url, start=False) as world:
        try:
            await world.bot.start(until_ready=False)
            await world.bot.until(lambda state: state["slack"] and not state["database"], within=WITHIN)
            await declares(world.person("bo"), "sev1 The very first")
            page = await world.person("ana").sees("You are paged: sev1 · The very first", within=WITHIN)
        finally:
            await postgres.start()
        await world.bot.until(lambda state: bool(state["ready"]), within=WITHIN)
        await number_of(world, "The very first")
        await world.simulator.until(lambda: "INC-1" in page.text, WITHIN)


@pytest.mark.postgres
async def test_an_address_that_is_wrong_still_stops_the_start_with_a_sentence(
    postgres: StoppablePostgres, tmp_path: Path
) -> None:
    missing = (await postgres.new_database()).replace("/outage_", "/never_made_")
    async with Simulator() as simulator:
        bot = Bot(simulator, tmp_path, DATABASE_URL=missing)
        await bot.start(until_ready=False)
        assert await bot.ended() == 2
        assert "cannot open the database" in bot.log
        assert "does not exist" in bot.log


async def test_an_sqlite_file_that_somebody_else_holds_is_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/watchbill.db"
    async with night(tmp_path, url) as world:
        ana, bo = world.person("ana"), world.person("bo")
        other = sqlite3.connect(tmp_path / "watchbill.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await declares(bo, "sev1 The file is held")
        page = await ana.sees("You are paged: sev1 · The file is held", within=WITHIN)
        await ana.clicks("Acknowledge", message=page)
        await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
        other.execute("ROLLBACK")
        other.close()
        number = await number_of(world, "The file is held")
        await world.bot.settled(within=WITHIN)
        await world.simulator.until(lambda: f"INC-{number}" in page.text, WITHIN)
        assert len(pages(ana, "The file is held")) == 1
        assert "acknowledged" in await timeline(world, number)
