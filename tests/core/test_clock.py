import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.clock import Clock, RemoteClock, SystemClock

LONG = 10.0
HOUR = timedelta(hours=1)


class FarClock:
    """A clock server like the simulator's: it holds a question until its version has passed."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.version = 0
        self.questions = 0
        self.garbage: Any = None
        self._moved = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/clock"

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/clock", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def advance(self, seconds: float) -> None:
        async with self._moved:
            self.offset += seconds
            self.version += 1
            self._moved.notify_all()

    async def asked(self, questions: int) -> None:
        async with self._moved, asyncio.timeout(LONG):
            await self._moved.wait_for(lambda: self.questions >= questions)

    async def _answer(self, request: web.Request) -> web.Response:
        async with self._moved:
            self.questions += 1
            self._moved.notify_all()
            if self.garbage is not None:
                return web.Response(text=self.garbage)
            if "after" in request.query:
                after = int(request.query["after"])
                await self._moved.wait_for(lambda: self.version > after)
        now = datetime.now(UTC) + timedelta(seconds=self.offset)
        return web.json_response({"now": now.isoformat(), "offset": self.offset, "version": self.version})


@pytest.fixture
async def far() -> AsyncIterator[FarClock]:
    server = FarClock()
    await server.open()
    yield server
    await server.close()


def is_near(clock: Clock, offset: timedelta) -> bool:
    return abs(clock.now() - datetime.now(UTC) - offset) < timedelta(seconds=1)


async def waiter(clock: Clock, until: datetime | None) -> tuple[asyncio.Task[None], asyncio.Event]:
    """A task that waits on the clock, already waiting."""
    wake = asyncio.Event()
    task = asyncio.create_task(clock.wait_until(until, wake))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    return task, wake


@pytest.fixture(params=["system", "remote"])
async def clock(request: pytest.FixtureRequest, far: FarClock) -> AsyncIterator[Clock]:
    if request.param == "system":
        yield SystemClock()
        return
    async with RemoteClock.follow(far.url) as remote:
        yield remote


async def test_a_clock_tells_aware_time_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC
    assert is_near(clock, timedelta(0))


async def test_waiting_ends_at_the_instant_and_not_before(clock: Clock) -> None:
    instant = clock.now() + timedelta(milliseconds=30)

    async with asyncio.timeout(LONG):
        await clock.wait_until(instant, asyncio.Event())

    assert clock.now() >= instant


async def test_an_instant_that_has_passed_is_not_waited_for(clock: Clock) -> None:
    async with asyncio.timeout(LONG):
        await clock.wait_until(clock.now() - HOUR, asyncio.Event())


async def test_a_wake_that_is_already_set_returns_at_once(clock: Clock) -> None:
    wake = asyncio.Event()
    wake.set()

    async with asyncio.timeout(LONG):
        await clock.wait_until(None, wake)


@pytest.mark.parametrize("until", [None, datetime(2999, 1, 1, tzinfo=UTC)])
async def test_waking_ends_the_wait(clock: Clock, until: datetime | None) -> None:
    task, wake = await waiter(clock, until)

    wake.set()

    async with asyncio.timeout(LONG):
        await task


async def test_a_cancelled_wait_leaves_nothing_behind(clock: Clock) -> None:
    before = asyncio.all_tasks()
    task, _ = await waiter(clock, None)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not {left for left in asyncio.all_tasks() - before if "Event.wait" in repr(left)}


async def test_a_remote_clock_starts_at_the_time_of_the_other_side(far: FarClock) -> None:
    await far.advance(-86_400)

    async with RemoteClock.follow(far.url) as clock:
        assert is_near(clock, timedelta(days=-1))


async def test_a_jump_wakes_everyone_who_waits(far: FarClock) -> None:
    async with RemoteClock.follow(far.url) as clock:
        tasks = [(await waiter(clock, until))[0] for until in (None, clock.now() + 5 * HOUR, None)]

        await far.advance(3600)

        async with asyncio.timeout(LONG):
            await asyncio.gather(*tasks)
        assert is_near(clock, HOUR)


async def test_after_a_jump_the_next_wait_waits_for_the_next_jump(far: FarClock) -> None:
    async with RemoteClock.follow(far.url) as clock:
        for hours in (1, 2, 3):
            task, _ = await waiter(clock, None)
            await far.advance(3600)
            async with asyncio.timeout(LONG):
                await task
            assert is_near(clock, hours * HOUR)


async def test_a_clock_that_is_away_keeps_its_offset_and_is_found_again(far: FarClock) -> None:
    await far.advance(3600)
    async with RemoteClock.follow(far.url) as clock:
        await far.asked(2)
        await far.close()
        task, _ = await waiter(clock, None)
        assert is_near(clock, HOUR)

        # A restarted simulator counts its versions from the beginning.
        far.version, far.offset = 0, 7200.0
        await far.open()

        async with asyncio.timeout(LONG):
            await task
        assert is_near(clock, 2 * HOUR)


async def test_a_clock_that_is_not_there_at_the_start_is_the_systems_until_it_is(far: FarClock) -> None:
    await far.advance(3600)
    await far.close()
    clock = RemoteClock(far.url)
    await clock.start(within=0.02)
    assert is_near(clock, timedelta(0))
    task, _ = await waiter(clock, None)

    await far.open()

    async with asyncio.timeout(LONG):
        await task
    assert is_near(clock, HOUR)
    await clock.close()


@pytest.mark.parametrize("garbage", ["", "[]", "{}", "null", '{"offset": "x", "version": 1}', "<html>"])
async def test_nonsense_from_the_other_side_is_survived(far: FarClock, garbage: str) -> None:
    far.garbage = garbage
    far.offset = 3600.0
    clock = RemoteClock(far.url)
    await clock.start(within=0.02)
    task, _ = await waiter(clock, None)

    far.garbage = None

    async with asyncio.timeout(LONG):
        await task
    assert is_near(clock, HOUR)
    await clock.close()


async def test_closing_ends_the_question_in_hand_and_can_be_repeated(far: FarClock) -> None:
    clock = RemoteClock(far.url)
    await clock.start()
    await far.asked(2)
    began = time.monotonic()

    await clock.close()
    await clock.close()

    assert time.monotonic() - began < LONG
    assert "remote clock" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_waiting_asks_nobody(far: FarClock) -> None:
    async with RemoteClock.follow(far.url) as clock:
        await far.asked(2)
        async with asyncio.timeout(LONG):
            await clock.wait_until(clock.now() + timedelta(milliseconds=120), asyncio.Event())

        assert far.questions == 2
