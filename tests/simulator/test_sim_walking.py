"""Going ahead in time on foot: from one thing a bot has to do to the next."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator import Simulator
from simulator.walking import Walk

HOUR = timedelta(hours=1)


class Alarm:
    """A bot that follows the clock and has something to do at each of these times; each takes it a moment."""

    def __init__(self, simulator: Simulator) -> None:
        self._clock = simulator.clock
        self.times: list[datetime] = []
        self.rang: list[datetime] = []
        self.busy = False
        # How often it still says that it cannot tell.
        self.cannot_tell = 0
        # Whether it takes a moment to say what is due within a second.
        self.is_slow = False

    async def readyz(self, _: web.Request) -> web.Response:
        now = self._clock.now()
        if self.cannot_tell:
            self.cannot_tell -= 1
            return web.json_response(
                {"database": False, "backlog": 0, "now": now.isoformat(), "next_at": None}
            )
        due = [each for each in self.times if each <= now]
        # Told as due first, and as done when it is asked once more.
        backlog = len(due) + self.busy
        self.rang += [now for _ in due]
        self.times = [each for each in self.times if each > now]
        next_at = min(self.times, default=None)
        said = {"now": now.isoformat(), "next_at": next_at.isoformat() if next_at else None}
        if self.is_slow and next_at is not None and next_at - now < timedelta(seconds=1):
            await self._clock.sleep_until(next_at.timestamp() + 0.01)
        return web.json_response({"database": True, "backlog": backlog, **said})


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as found:
        yield found


@pytest.fixture
async def alarm(simulator: Simulator) -> AsyncIterator[Alarm]:
    found = Alarm(simulator)
    application = web.Application()
    application.router.add_get("/readyz", found.readyz)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    simulator.control.bot_url = f"http://{host}:{port}"
    yield found
    await runner.cleanup()


async def post(simulator: Simulator, **body: Any) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{simulator.url}/sim/clock", json=body) as answer,
    ):
        return answer.status, await answer.json()


async def arrived(simulator: Simulator, within: float = 30) -> None:
    await simulator.until(lambda: simulator.clock.heading_for is None, within, "at the end of the walk")


async def test_what_is_due_in_between_is_done_in_order_and_at_its_time(
    simulator: Simulator, alarm: Alarm
) -> None:
    start = simulator.clock.now()
    alarm.times = wanted = [start + minutes * HOUR / 60 for minutes in (5, 7, 90, 91, 400)]
    then = start + 8 * HOUR
    status, said = await post(simulator, to=then.isoformat())
    assert (status, said["heading_for"]) == (200, then.isoformat())
    await arrived(simulator)
    assert simulator.clock.now() >= then
    late = [rang - due for rang, due in zip(alarm.rang, wanted, strict=True)]
    assert max(late) < timedelta(seconds=30)


async def test_a_bot_that_cannot_tell_is_asked_again(simulator: Simulator, alarm: Alarm) -> None:
    alarm.times = [due] = [simulator.clock.now() + HOUR / 2]
    alarm.cannot_tell = 5
    await simulator.control.walk.to(simulator.clock.now() + 2 * HOUR)
    assert alarm.rang[0] - due < timedelta(seconds=30)


async def test_what_falls_due_while_the_bot_answers_is_waited_for(simulator: Simulator, alarm: Alarm) -> None:
    first = simulator.clock.now() + HOUR / 2
    alarm.times = wanted = [first, first + timedelta(seconds=0.5)]
    alarm.is_slow = True
    await simulator.control.walk.to(simulator.clock.now() + 3 * HOUR)
    late = [rang - due for rang, due in zip(alarm.rang, wanted, strict=True)]
    assert max(late) < timedelta(seconds=30)


async def test_one_can_stay_on_the_way_and_go_elsewhere(simulator: Simulator, alarm: Alarm) -> None:
    start = simulator.clock.now()
    await post(simulator, to=(start + 5000 * HOUR).isoformat())
    await simulator.until(lambda: simulator.clock.now() > start + 3 * HOUR, 30)
    status, said = await post(simulator, stop=True)
    assert (status, said["heading_for"]) == (200, None)
    stayed = simulator.clock.now()
    assert stayed < start + 5000 * HOUR
    await post(simulator, to=(stayed + 9000 * HOUR).isoformat())
    nearer = simulator.clock.now() + 500 * HOUR
    await post(simulator, to=nearer.isoformat())
    await arrived(simulator)
    assert nearer <= simulator.clock.now() < stayed + 9000 * HOUR


async def test_a_bot_that_is_never_done_is_not_waited_for_for_ever(
    simulator: Simulator, alarm: Alarm
) -> None:
    alarm.busy = True
    then = simulator.clock.now() + 3 * HOUR
    async with asyncio.timeout(60):
        await Walk(simulator.clock, lambda: simulator.control.bot_url, patience_s=1).to(then)
    assert simulator.clock.now() >= then


async def test_without_anybody_to_ask_it_walks_all_the_same(simulator: Simulator) -> None:
    then = simulator.clock.now() + 3 * HOUR
    await simulator.control.walk.to(then)
    assert simulator.clock.now() >= then


@pytest.mark.parametrize(
    "to", ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "tomorrow", "2036-01-01T00:00"]
)
async def test_where_it_cannot_go_it_does_not_set_out(simulator: Simulator, to: str) -> None:
    status, said = await post(simulator, to=to)
    assert (status, said["error"]) == (400, "invalid_advance")
    assert simulator.clock.heading_for is None
