"""Stopping, reloading, and a database that is locked, full, taken or gone."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals

import asyncpg
import psutil
import pytest

from tests import postgres
from tests.conftest import url_of
from tests.scenarios.life import PATIENCE, remains
from tests.world import STARTER, Bot, World
from tests.world import world as running_world

ANSWERED_WITHIN = 3.0
about_a_file = pytest.mark.skipif(postgres.is_wanted(), reason="about the file of an SQLite database")


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("shutdown")
    playbook = folder / "playbook.yaml"
    playbook.write_text(STARTER.read_text())
    async with running_world(folder, start=False, PLAYBOOK=str(playbook)) as world:
        await world.bot.start_as_command()
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    yield shared
    shared.simulator.faults.clear()
    await shared.bot.until(lambda state: bool(state["ready"]), PATIENCE)
    await shared.bot.settled(PATIENCE)


def file_of(world: World) -> Path:
    return world.bot.folder / "watchbill.db"


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Somebody else writes to the file, and takes long over it."""
    other = sqlite3.connect(file_of(world), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def assert_whole(world: World, number: int) -> None:
    found = remains(world, number)
    [room] = found["rooms"]
    assert all(times == 1 for _, times in room["messages"])
    assert len(room["pinned"]) == 1
    assert [times for _, times in found["announcements"]] == [1]
    pages = [times for texts in found["direct"].values() for text, times in texts if "paged" in text]
    assert pages == [1, 1]


async def test_a_stop_finishes_what_is_in_hand_and_the_next_start_does_the_rest(world: World) -> None:
    dee = world.person("dee")
    world.simulator.faults.latency(0.3)
    number = await world.declares(dee, "sev1 Stopped in the middle")
    await world.simulator.until(
        lambda: any(f"INC-{number}" in str(each.args) for each in world.simulator.calls), PATIENCE
    )
    assert await world.bot.stop() == 0
    begun = [each for each in world.simulator.calls if f"INC-{number}" in str(each.args)]
    assert begun
    assert all(each.phase == "answered" for each in begun), "nothing was left half done"
    world.simulator.faults.clear()
    await world.bot.start()
    await world.bot.settled(PATIENCE)
    assert_whole(world, number)


@about_a_file
async def test_a_command_in_hand_is_answered_before_the_end(world: World) -> None:
    dee = world.person("dee")
    with locked(world):
        typing = asyncio.create_task(dee.types("/incident sev1 Typed at the last moment", channel="#general"))
        # Reading needs no turn: once this is answered, what was typed before it waits for the database.
        assert (await dee.types("/incident list", channel="#general")).ok
        stops = world.bot.log.count("stopping")
        world.bot.send(Signals.SIGTERM)
        await logs(world, "stopping", stops + 1)
    answer = await typing
    assert answer.ok, answer.error
    assert "is declared" in answer.text
    assert await world.bot.ended() == 0
    await world.bot.start()
    await world.bot.settled(PATIENCE)
    assert_whole(world, int(answer.text.split("INC-")[1].split()[0]))


async def test_a_stop_does_not_wait_for_a_slack_that_hangs(world: World) -> None:
    dee = world.person("dee")
    world.simulator.faults.hang()
    since = len(world.simulator.calls)
    number = await world.declares(dee, "sev1 Stopped while Slack hangs")
    await world.simulator.until(lambda: len(world.simulator.calls) > since + 2, PATIENCE)
    async with asyncio.timeout(25):
        assert await world.bot.stop() == 0
    world.simulator.faults.clear()
    await world.bot.start()
    await world.bot.settled(PATIENCE)
    assert_whole(world, number)


async def test_stopping_and_starting_again_and_again_loses_nothing(world: World) -> None:
    dee = world.person("dee")
    numbers = []
    for n in range(3):
        numbers.append(await world.declares(dee, f"sev1 Restart {n}"))
        assert await world.bot.stop() == 0
        await world.bot.start()
    await world.bot.settled(PATIENCE)
    for number in numbers:
        assert_whole(world, number)


async def test_a_new_playbook_is_read_on_sighup_and_a_bad_one_changes_nothing(world: World) -> None:
    dee = world.person("dee")
    good = STARTER.read_text()
    write_playbook(world, good.replace("services:\n", "services:\n  search: {}\n"))
    world.bot.send(Signals.SIGHUP)
    await logs(world, "playbook_reloaded")
    answer = await dee.types("/incident sev4 Slow service:search", channel="#general")
    assert "is declared" in answer.text
    write_playbook(world, "severities: {sev1: {room: attic}}\n")
    world.bot.send(Signals.SIGHUP)
    await logs(world, "playbook_not_changed")
    assert "attic" in world.bot.log
    answer = await dee.types("/incident sev4 Still slow service:search", channel="#general")
    assert "is declared" in answer.text
    write_playbook(world, good)


def write_playbook(world: World, text: str) -> None:
    Path(world.bot.environment["PLAYBOOK"]).write_text(text)


async def logs(world: World, event: str, times: int = 1) -> None:
    async with asyncio.timeout(PATIENCE):
        while world.bot.log.count(event) < times:  # noqa: ASYNC110  It is a file that another process writes.
            await asyncio.sleep(0.05)


@about_a_file
async def test_a_second_process_on_the_same_file_is_told_so(world: World) -> None:
    second = Bot(world.simulator, world.bot.folder)
    second.environment["DATABASE_URL"] = world.bot.environment["DATABASE_URL"]
    before = len(world.bot.log)
    await second.start_as_command(until_ready=False)
    assert await second.ended() == 2
    said = world.bot.log[before:]
    assert "another watchbill process (pid " in said
    assert "Traceback" not in said
    assert (await world.person("dee").types("/incident list", channel="#general")).ok


@about_a_file
async def test_a_locked_database_is_said_in_time_and_what_was_declared_is_there_once(world: World) -> None:
    dee = world.person("dee")
    with locked(world):
        answers = await asyncio.gather(
            *(dee.types(f"/incident sev1 Locked {n}", channel="#general") for n in range(3))
        )
        for answer in answers:
            assert answer.ok, answer.error
            assert answer.elapsed < ANSWERED_WITHIN
            assert "could not record" in answer.text
        # Reading needs no turn.
        assert (await dee.types("/incident list", channel="#general")).ok
    recorded = [f"Locked {n}" for n in range(3)]

    def are_announced() -> bool:
        heads = [each.text for each in world.said("#incidents") if "INC-" in each.text]
        return all(any(title in each for each in heads) for title in recorded)

    await world.simulator.until(are_announced, PATIENCE)
    listed = str((await dee.types("/incident list", channel="#general")).blocks)
    assert [listed.count(title) for title in recorded] == [1, 1, 1]
    number = await world.declares(dee, "sev1 Unlocked again")
    await world.bot.settled(PATIENCE)
    assert_whole(world, number)


@about_a_file
async def test_a_full_disk_is_said_and_work_resumes_when_there_is_room(world: World) -> None:
    dee = world.person("dee")
    assert world.bot._process is not None
    pid = world.bot._process.pid
    log = (world.bot.folder / "bot.log").stat().st_size
    # No file may grow beyond this; the log may, a little.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (log + 300_000, resource.RLIM_INFINITY))
    title = "Full " + "x" * 2900
    refused = None
    for n in range(200):
        answer = await dee.types(f"/incident sev4 {n} {title}", channel="#general")
        assert answer.ok, answer.error
        assert answer.elapsed < ANSWERED_WITHIN
        if "is declared" not in answer.text:
            refused = answer
            break
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert refused is not None
    assert "could not record" in refused.text
    number = await world.declares(dee, "sev1 There is room again")
    await world.bot.settled(PATIENCE)
    assert_whole(world, number)


async def test_doing_nothing_costs_next_to_nothing(world: World) -> None:
    """A loop that never sleeps would use one core; idling uses a hundredth of one."""
    dee = world.person("dee")
    await world.declares(dee, "sev1 Something that waits for its timers")
    await world.bot.settled(PATIENCE)
    assert world.bot._process is not None
    process = psutil.Process(world.bot._process.pid)
    before = process.cpu_times()
    await asyncio.sleep(3)  # three seconds of nothing are what is measured
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    assert used < 0.6


@pytest.mark.postgres
async def test_a_postgresql_that_is_gone_for_a_moment_costs_only_that_moment(
    tmp_path: Path, postgres_server: str, postgres_template: asyncpg.Connection
) -> None:
    name = "gone_for_a_moment"
    await postgres_template.execute(f"CREATE DATABASE {name}")
    url = url_of(postgres_server, name)
    async with running_world(tmp_path, start=False, DATABASE_URL=url) as world:
        await world.bot.start_as_command()
        dee = world.person("dee")
        first = await world.declares(dee, "sev1 Before it went")
        await postgres_template.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await postgres_template.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await world.bot.until(lambda state: not state["ready"] and not state["database"], PATIENCE)
        for text, said in (("sev1 While it is gone", "could not record"), ("list", "could not save")):
            answer = await dee.types(f"/incident {text}", channel="#general")
            assert answer.ok, answer.error
            assert answer.elapsed < ANSWERED_WITHIN
            assert said in answer.text, answer.text
        await postgres_template.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await world.bot.until(lambda state: bool(state["ready"]), PATIENCE)
        await dee.sees(f"INC-{first + 1} · sev1 · While it is gone", channel="#incidents", within=PATIENCE)
        second = await world.declares(dee, "sev1 After it came back")
        await world.bot.settled(PATIENCE)
        assert_whole(world, first)
        assert_whole(world, second)
        assert second == first + 2
    await postgres_template.execute(f"DROP DATABASE {name} WITH (FORCE)")
