"""Socket Mode: connections that are renewed, cut, silent or given a dead address."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from simulator.calls import Call
from tests.scenarios.life import PATIENCE
from tests.world import World
from tests.world import world as running_world


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("sockets")) as world:
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    await both_up(shared)
    yield shared
    shared.simulator.faults.clear()


async def both_up(world: World) -> None:
    await world.simulator.until(lambda: len(world.simulator.sockets.sockets) == 2, PATIENCE, "two sockets")


async def test_one_connection_renewed_after_the_other_costs_no_command(world: World) -> None:
    """As Slack does every few hours: one is asked to go while the other listens."""
    dee = world.person("dee")
    numbers = []
    for n in range(6):
        sockets = world.simulator.sockets
        one = sockets.sockets[n % len(sockets.sockets)]
        one.send({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "simulator"}})
        sockets._finish(one)
        numbers.append(await world.declares(dee, f"sev3 While renewing {n}"))
        await both_up(world)
    assert len(set(numbers)) == 6


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "warning", None])
async def test_whatever_ends_the_connections_they_come_back_and_no_event_is_lost_or_doubled(
    world: World, reason: str | None
) -> None:
    ana, dee = world.person("ana"), world.person("dee")
    number = await world.declares(dee, f"sev2 Cut off by {reason}")
    room = await world.room(number)
    await ana.joins(room)
    words = [f"clue {n} of {reason}" for n in range(4)]
    said = [await ana.says(each, room) for each in words]
    for n, ts in enumerate(said):
        await ana.reacts("pushpin", room, ts)
        if n == 1:
            world.simulator.faults.disconnect(reason)
    await both_up(world)

    async def found() -> list[int]:
        timeline = str((await dee.types("/incident timeline", channel=room)).blocks)
        return [timeline.count(each) for each in words]

    # What nobody confirmed Slack delivers again: at once, after a minute, after five.
    async with asyncio.timeout(PATIENCE):
        while 0 in await found():
            await world.simulator.clock.advance(minutes=1)
            await world.bot.settled(PATIENCE)
    assert await found() == [1, 1, 1, 1]
    await dee.types("/incident cancel", channel=room)


async def test_sockets_that_fall_silent_are_replaced(world: World) -> None:
    dee = world.person("dee")
    silent = set(map(id, world.simulator.sockets.sockets))
    world.simulator.faults.silence_sockets()
    unanswered = asyncio.create_task(dee.types("/incident list", channel="#general"))
    await world.bot.until(lambda state: not state["ready"], within=PATIENCE)
    assert (await unanswered).error == "operation_timeout"
    world.simulator.faults.clear()
    await world.bot.until(lambda state: bool(state["ready"]), within=PATIENCE)
    await both_up(world)
    await world.simulator.until(
        lambda: not silent & set(map(id, world.simulator.sockets.sockets)), PATIENCE, "new sockets"
    )
    async with asyncio.timeout(PATIENCE):
        while not (await dee.types("/incident list", channel="#general")).ok:
            await both_up(world)


async def test_an_address_that_is_no_longer_good_is_not_tried_for_ever(world: World) -> None:
    """Slack hands out an address and is gone before it is used; it is good for one use, and not for long."""
    dee = world.person("dee")
    spoilt: list[Call] = []

    async def spoil(call: Call, phase: str) -> str | None:
        if call.method == "apps.connections.open" and phase == "after" and len(spoilt) < 2:
            spoilt.append(call)
            world.simulator.sockets._tickets.clear()
        return None

    world.simulator.faults.intercept(spoil)
    world.simulator.faults.disconnect(None)
    await world.simulator.until(lambda: len(spoilt) == 2, within=PATIENCE)
    await world.bot.until(lambda state: bool(state["ready"]), within=PATIENCE)
    await both_up(world)
    assert (await dee.types("/incident list", channel="#general")).ok
