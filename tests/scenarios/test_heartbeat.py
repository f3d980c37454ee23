"""The sign of life: given each minute while all is well, and by nothing else than a bot that works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from tests.taking import taken_away
from tests.world import World
from tests.world import world as running_world

WITHIN = 60.0


@dataclass
class Watcher:
    """Somebody outside who expects to be asked for once a minute."""

    heard: int = 0
    answer_with: int = 200
    url: str = ""

    async def answer(self, _: web.Request) -> web.Response:
        self.heard += 1
        return web.Response(status=self.answer_with)


@asynccontextmanager
async def watching() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    app = web.Application()
    app.router.add_get("/ping/secret-of-the-watcher", watcher.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    watcher.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/secret-of-the-watcher"
    yield watcher
    await runner.cleanup()


async def counted(world: World, outcome: str) -> float:
    line = f'watchbill_heartbeats_total{{outcome="{outcome}"}} '
    found = [each for each in (await world.bot.metrics()).splitlines() if each.startswith(line)]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


async def until_counted(world: World, outcome: str, more_than: float) -> None:
    """Wait for one more minute of this outcome; /metrics answers also while the database does not."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WITHIN
    while await counted(world, outcome) <= more_than:
        assert loop.time() < deadline, world.bot.log[-3000:]
        await asyncio.sleep(0.1)  # another process: there is nothing of ours to wait on


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    async with watching() as found:
        yield found


@pytest.fixture
async def night(tmp_path: Path, watcher: Watcher) -> AsyncIterator[World]:
    async with running_world(tmp_path, HEARTBEAT_URL=watcher.url) as found:
        yield found


async def test_each_minute_has_one_sign_of_life_also_while_slack_is_away(
    night: World, watcher: Watcher
) -> None:
    await night.bot.until(lambda _: watcher.heard == 1, WITHIN)
    night.simulator.faults.outage()
    for minute in (2, 3):
        await night.simulator.clock.advance(seconds=50)
        await night.simulator.clock.advance(seconds=11)
        await until_counted(night, "given", minute - 1)
        assert watcher.heard == minute
    night.simulator.faults.clear()


async def test_without_a_database_no_sign_is_given_until_it_is_back(night: World, watcher: Watcher) -> None:
    await night.bot.until(lambda _: watcher.heard == 1, WITHIN)

    async with taken_away(night):
        await night.simulator.clock.advance(seconds=61)
        await until_counted(night, "withheld", 0)
        assert watcher.heard == 1

    before = await counted(night, "given")
    await night.bot.until(lambda state: bool(state["database"]), within=WITHIN)
    await night.simulator.clock.advance(seconds=61)
    await until_counted(night, "given", before)
    assert "heartbeat_withheld" in night.bot.log


async def test_a_watcher_that_fails_hurts_nobody_and_its_address_is_not_logged(
    night: World, watcher: Watcher
) -> None:
    await night.bot.until(lambda _: watcher.heard == 1, WITHIN)
    watcher.answer_with = 503
    await night.simulator.clock.advance(seconds=61)
    await until_counted(night, "not_taken", 0)
    watcher.answer_with = 200
    await night.simulator.clock.advance(seconds=61)
    await until_counted(night, "given", 1)

    assert "heartbeat_not_taken" in night.bot.log
    assert "secret-of-the-watcher" not in night.bot.log
    assert (await night.person("ana").types("/incident list", channel="#general")).ok


async def test_nobody_at_the_address_hurts_nobody(tmp_path: Path) -> None:
    async with running_world(tmp_path, HEARTBEAT_URL="http://127.0.0.1:9/ping") as night:
        await until_counted(night, "not_taken", 0)
        assert (await night.person("ana").types("/incident list", channel="#general")).ok
