"""The loop behind probes, with a clock set by hand: on time, once, and through trouble of its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

import pytest
from aiohttp import web
from sqlalchemy.exc import DataError

from bot.checks import service
from bot.checks.model.figures import Sample
from bot.checks.probing import Prober
from bot.checks.sources import Access, Sources
from bot.clock import Clock
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue, Transaction
from bot.people.directory import Directory
from bot.playbook import Playbook, PlaybookFile
from tests.checks.asking import playbook, serving
from tests.delivery.by_hand import START, HandClock, until

PATIENCE = 30.0


class Kept:
    """A playbook that is set by hand."""

    def __init__(self, current: Playbook) -> None:
        self.current = current


class Failing(Queue):
    """A queue whose database goes away when it is told to."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self.error: Exception | None = None
        self.refused = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self.error is not None:
            self.refused += 1
            raise self.error
        async with super().transaction() as tx:
            yield tx


class Probing:
    """A prober at work, and what it asks."""

    def __init__(self, database: Database, url: str) -> None:
        self.clock = HandClock()
        self.queue = Failing(database, self.clock)
        self.url = url
        self.kept = Kept(playbook())
        written, nobody = cast("PlaybookFile", self.kept), cast("Directory", None)
        self.context = Context(self.queue, written, nobody, self.clock, links=None)  # type: ignore[arg-type]
        self.sources = Sources(Access(), database)
        self.prober = Prober(self.context, self.sources)

    def watches(self, *paths: str, every: str = "1m") -> None:
        checks = {
            path: {"http": {"url": f"{self.url}/{path}"}, "every": every, "timeout": "30s"} for path in paths
        }
        self.kept.current = playbook(**checks)

    async def samples(self, name: str, count: int) -> list[Sample]:
        """Wait until there are so many, letting seconds pass: answers are kept together."""
        async with asyncio.timeout(PATIENCE):
            while True:
                rows = await service.rows(self.queue.database, name, START, START + timedelta(days=1))
                if len(rows) >= count:
                    return rows
                self.clock.advance(1)
                await asyncio.sleep(0.02)  # the answers come over real connections


@pytest.fixture
async def asked() -> Counter[str]:
    return Counter()


@pytest.fixture
async def probing(database: Database, asked: Counter[str]) -> AsyncIterator[Probing]:
    never = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        path = request.path.strip("/")
        asked[path] += 1
        if path == "hangs":
            await never.wait()
        return web.Response(text="fine")

    async with serving(answer) as url:
        found = Probing(database, url)
        yield found
        never.set()
        await found.prober.stop()
        await found.sources.close()


async def test_a_new_probe_is_asked_at_once_and_then_each_time_it_is_due(
    probing: Probing, asked: Counter[str]
) -> None:
    probing.watches("one", "two")
    probing.prober.start()
    await until(lambda: asked["one"] == 1 and asked["two"] == 1, PATIENCE)
    for number in range(2, 5):
        probing.clock.advance(60)
        await until(lambda number=number: asked["one"] == number and asked["two"] == number, PATIENCE)  # type: ignore[misc]
        await probing.samples("one", number)

    probing.watches("two", "three")
    probing.clock.advance(10)
    await until(lambda: asked["three"] == 1, PATIENCE)
    assert asked["one"] == 4


async def test_hours_that_passed_at_once_are_one_question(probing: Probing, asked: Counter[str]) -> None:
    probing.watches("one", every="10s")
    probing.prober.start()
    await until(lambda: asked["one"] == 1, PATIENCE)
    await probing.samples("one", 1)
    before = asked["one"]
    probing.clock.advance(3600 * 5)
    await until(lambda: asked["one"] > before, PATIENCE)
    await probing.samples("one", asked["one"])

    assert asked["one"] <= before + 2


async def test_one_that_hangs_holds_up_nobody_and_is_not_asked_twice_at_once(
    probing: Probing, asked: Counter[str]
) -> None:
    probing.watches("hangs", "fine")
    probing.prober.start()
    for number in range(1, 4):
        await until(lambda number=number: asked["fine"] >= number, PATIENCE)  # type: ignore[misc]
        await probing.samples("fine", number)
        probing.clock.advance(60)

    assert asked["hangs"] == 1


async def test_while_the_database_is_away_nothing_is_lost_and_nothing_ends(
    probing: Probing, asked: Counter[str]
) -> None:
    probing.watches("one")
    probing.prober.start()
    await until(lambda: asked["one"] == 1, PATIENCE)
    probing.queue.error = OSError("connection refused")
    probing.clock.advance(60)
    await until(lambda: probing.queue.refused >= 1, PATIENCE)
    probing.clock.advance(60)
    await until(lambda: probing.queue.refused >= 2, PATIENCE)
    assert asked["one"] == 1, "a time that nobody can take is not asked for"
    probing.queue.error = None
    probing.clock.advance(10)
    await until(lambda: asked["one"] >= 2, PATIENCE)

    first, second, *_ = await probing.samples("one", 2)
    assert (first.at, second.verdict) == (START, "ok")


async def test_answers_that_the_database_will_not_take_do_not_stand_before_others(
    probing: Probing, asked: Counter[str]
) -> None:
    probing.watches("one")
    probing.prober.start()
    await until(lambda: asked["one"] == 1, PATIENCE)
    probing.queue.error = DataError("INSERT …", None, ValueError("no such character"))
    probing.clock.advance(60)
    await until(lambda: probing.queue.refused >= 1, PATIENCE)
    probing.queue.error = None
    probing.clock.advance(10)
    await until(lambda: asked["one"] == 2, PATIENCE)

    assert await probing.samples("one", 1)


async def test_what_was_answered_is_kept_when_it_stops(probing: Probing, asked: Counter[str]) -> None:
    probing.watches("one")
    probing.prober.start()
    await until(lambda: asked["one"] == 1, PATIENCE)
    await probing.prober.stop()

    assert len(await service.rows(probing.queue.database, "one", START, START + timedelta(days=1))) == 1
