"""Slack down, hanging, refusing, forgetful: afterwards everything is there once, pages first."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator import Acts
from simulator.calls import Call
from tests.scenarios.life import PATIENCE, live, remains
from tests.world import STARTER, World
from tests.world import world as running_world

# Slack's patience with a command, in seconds.
ANSWERED_WITHIN = 3.0


def without_ladders(folder: Path) -> str:
    """What is counted here is one page each, however long it takes."""
    playbook = folder / "playbook.yaml"
    playbook.write_text(STARTER.read_text().replace(", path: platform}", "}"))
    return str(playbook)


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("trouble")
    async with running_world(folder, LOG_LEVEL="warning", PLAYBOOK=without_ladders(folder)) as world:
        await live(world)  # who is who and which channel is which is known from here on
        yield world


@pytest.fixture
async def world(shared: World) -> AsyncIterator[World]:
    """Everything is well at the start of each test and again at its end."""
    yield shared
    shared.simulator.faults.clear()
    async with flowing(shared):
        await shared.bot.until(lambda state: bool(state["ready"]) and state["backlog"] == 0, PATIENCE)


@pytest.fixture
def ana(world: World) -> Acts:
    return world.person("ana")


@pytest.fixture
def dee(world: World) -> Acts:
    return world.person("dee")


@contextlib.asynccontextmanager
async def flowing(world: World) -> AsyncIterator[None]:
    """Time flies: a second every few hundredths of one, so that nobody sits out a pause between tries."""

    async def flow() -> None:
        while True:
            await world.simulator.clock.advance(seconds=1)
            await asyncio.sleep(0.03)

    flows = asyncio.create_task(flow())
    try:
        yield
    finally:
        flows.cancel()
        await asyncio.gather(flows, return_exceptions=True)


async def declares(world: World, who: Acts, line: str) -> int:
    """Declare while Slack is in trouble: answered in time, and saved."""
    answer = await who.types(f"/incident {line}", channel="#general")
    assert answer.ok, answer.error
    assert answer.elapsed < ANSWERED_WITHIN
    return int(answer.text.split("INC-")[1].split()[0])


async def recovered(world: World) -> None:
    world.simulator.faults.clear()
    async with flowing(world):
        await world.bot.settled(within=PATIENCE)


def assert_all_there_once(world: World, number: int) -> None:
    """One room with one card, pinned once; one announcement; one page each for the two on call."""
    found = remains(world, number)
    [room] = found["rooms"]
    cards = [
        times for text, times in room["messages"] if "card.acknowledge" in text or "incident.ack" in text
    ]
    assert len(room["pinned"]) == 1, room
    assert all(times == 1 for _, times in room["messages"]), room["messages"]
    assert cards in ([1], []), room["messages"]
    assert len(room["bookmarks"]) == 1
    assert room["topic"]
    assert not room["the topic was set to the same twice"]
    [(_, times)] = found["announcements"]
    assert times == 1
    paged = {name: found["direct"][name] for name in found["direct"] if found["direct"][name]}
    assert len(paged) >= 2, found["direct"]
    assert all(times == 1 for texts in paged.values() for _, times in texts)


def pages_sent(world: World, since: int) -> list[Call]:
    posted = [each for each in world.simulator.calls[since:] if each.method == "chat.postMessage" and each.ok]
    return [each for each in posted if "You are paged" in str(each.args)]


@contextlib.asynccontextmanager
async def nothing_but_pages(world: World) -> AsyncIterator[None]:
    """Whatever else the bot asks of Slack is answered only at the end: who waits for it, waits."""
    over = asyncio.Event()

    async def hold(call: Call, phase: str) -> str | None:
        is_for_pages = call.method in {"conversations.open", "conversations.history"}
        if phase == "before" and not is_for_pages and "You are paged" not in str(call.args):
            await over.wait()
        return None

    world.simulator.faults.intercept(hold)
    try:
        yield
    finally:
        world.simulator.faults.intercept(None)
        over.set()


@pytest.mark.parametrize("trouble", ["outage", "unavailable"])
async def test_an_hour_without_slack_loses_nothing_and_pages_go_first(
    world: World, dee: Acts, trouble: str
) -> None:
    getattr(world.simulator.faults, trouble)(*((False,) if trouble == "outage" else ()))
    others = [await declares(world, dee, f"sev2 Search is slow {trouble} {n}") for n in range(3)]
    number = await declares(world, dee, f"sev1 Checkout is down {trouble}")
    for _ in range(4):
        await world.simulator.clock.advance(minutes=15)
        await world.bot.until(lambda state: state["backlog"] > 0)
    state = await world.bot.state()
    assert state is not None
    assert state["oldest_seconds"] >= 3500, "how late it is does not start anew with each try"
    assert (await dee.types("/incident list", channel="#general")).elapsed < ANSWERED_WITHIN
    since = len(world.simulator.calls)
    world.simulator.faults.clear()
    async with nothing_but_pages(world):
        await world.simulator.clock.advance(seconds=5)
        await world.simulator.until(lambda: len(pages_sent(world, since)) == 5, within=PATIENCE)
    await recovered(world)
    assert_all_there_once(world, number)
    assert len(pages_sent(world, since)) == 5
    room = await world.room(number)
    nudges = [each for each in world.said(room) if "incident.snooze" in str(each.blocks)]
    assert len(nudges) <= 1, "nudges that were answered by time are not shown one after the other"
    for each in (number, *others):
        await dee.types(f"/incident cancel INC-{each}", channel="#general")


async def test_an_hour_without_slack_or_its_sockets_is_told_and_ends_by_itself(
    world: World, dee: Acts
) -> None:
    number = await declares(world, dee, "sev1 The sockets are cut")
    world.simulator.faults.outage()
    await world.bot.until(lambda state: not state["ready"] and not state["slack"], within=PATIENCE)
    refused = await dee.types("/incident list", channel="#general")
    assert refused.error == "dispatch_failed"
    for _ in range(4):
        await world.simulator.clock.advance(minutes=15)
    world.simulator.faults.clear()
    await world.bot.until(lambda state: bool(state["ready"]), within=PATIENCE)
    await recovered(world)
    assert_all_there_once(world, number)
    assert (await dee.types(f"/incident cancel INC-{number}", channel="#general")).ok


async def test_a_slack_that_hangs_keeps_no_command_waiting(world: World, dee: Acts) -> None:
    world.simulator.faults.hang()
    number = await declares(world, dee, "sev1 Everything hangs")
    for _ in range(3):
        assert (await dee.types("/incident list", channel="#general")).elapsed < ANSWERED_WITHIN
    await recovered(world)
    assert_all_there_once(world, number)
    await dee.types(f"/incident cancel INC-{number}", channel="#general")


async def test_a_minute_of_429_to_everything_is_waited_out(world: World, dee: Acts) -> None:
    world.simulator.faults.rate_limit(retry_after=30)
    since = len(world.simulator.calls)
    number = await declares(world, dee, "sev1 Too many requests")
    for _ in range(2):
        await world.simulator.clock.advance(seconds=30)
        await world.bot.until(lambda state: state["backlog"] > 0)
    asked = [each.method for each in world.simulator.calls[since:]]
    assert len(asked) < 60, "who is told to wait does not go on asking"
    await recovered(world)
    assert_all_there_once(world, number)
    await dee.types(f"/incident cancel INC-{number}", channel="#general")


@pytest.mark.parametrize("every", [3, 5])
async def test_a_life_with_lost_answers_leaves_what_one_without_does(world: World, every: int) -> None:
    undisturbed = remains(world, (await live(world)).number)
    async with flowing(world):
        world.simulator.faults.lose_answers(every=every)
        life = await live(world)
        world.simulator.faults.clear()
        await world.bot.settled(within=PATIENCE)
    found = remains(world, life.number)
    for each in (found, undisturbed):
        del each["troubles"]
    assert found == undisturbed


@pytest.mark.parametrize(
    ("method", "error", "missing"),
    [
        ("conversations.invite", "restricted_action", {"members"}),
        ("pins.add", "permission_denied", {"pinned"}),
        ("bookmarks.add", "permission_denied", {"bookmarks"}),
        ("conversations.setTopic", "restricted_action", {"topic"}),
    ],
)
async def test_what_slack_refuses_is_missing_and_nothing_else(
    world: World, method: str, error: str, missing: set[str]
) -> None:
    undisturbed = remains(world, (await live(world)).number)
    world.simulator.faults.refuse(method, error)
    life = await live(world)
    world.simulator.faults.clear()
    found = remains(world, life.number)
    for each in (found, undisturbed):
        each.pop("troubles")
        each["rooms"] = [{k: v for k, v in room.items() if k not in missing} for room in each["rooms"]]
    assert found == undisturbed
    assert_told_once(world, method)


def assert_told_once(world: World, method: str) -> None:
    told = [each for each in world.said("#prod-alerts") if method in each.text]
    assert len(told) <= 1, [each.text for each in told]


@pytest.mark.parametrize("error", ["restricted_action", "name_taken", "user_is_restricted"])
async def test_without_a_channel_work_goes_on_in_the_thread(
    world: World, ana: Acts, dee: Acts, error: str
) -> None:
    world.simulator.faults.refuse("conversations.create", error)
    number = await declares(world, dee, f"sev1 No room for this {error}")
    async with flowing(world):
        await world.bot.settled(within=PATIENCE)
    found = remains(world, number)
    assert found["rooms"] == []
    assert [times for _, times in found["announcements"]] == [1]
    assert any("incident." in each for each in found["thread"]), "the card is in the thread"
    assert (await dee.types(f"/incident update INC-{number} Still looking", channel="#general")).ok
    await ana.sees("Still looking", channel="#incidents", within=PATIENCE)
    await dee.types(f"/incident cancel INC-{number}", channel="#general")


async def test_where_nobody_may_look_pages_are_sent_again_rather_than_lost(world: World, dee: Acts) -> None:
    """Answers are lost, and Slack does not let us see what became of them."""
    faults = world.simulator.faults
    faults.refuse("conversations.history", "missing_scope")

    async def lose_pages(call: Call, phase: str) -> str | None:
        if phase == "after" and call.method == "chat.postMessage" and "You are paged" in str(call.args):
            faults.intercept(None)
            return "drop"
        return None

    faults.intercept(lose_pages)
    number = await declares(world, dee, "sev1 Nobody may look")
    async with flowing(world):
        await world.bot.settled(within=PATIENCE)
    found = remains(world, number)["direct"]
    pages = [times for texts in found.values() for text, times in texts if "You are paged" in text]
    assert sum(pages) == 3, found
    faults.clear()
    await dee.types(f"/incident cancel INC-{number}", channel="#general")


async def test_started_while_slack_is_down_it_catches_up_when_slack_is_back(tmp_path: Path) -> None:
    async with running_world(tmp_path, LOG_LEVEL="warning", PLAYBOOK=without_ladders(tmp_path)) as world:
        dee, bo = world.person("dee"), world.person("bo")
        world.simulator.faults.outage(sockets=False)
        number = await declares(world, dee, "sev1 Down before the restart")
        world.simulator.faults.outage()
        await world.bot.stop()
        await world.bot.start(until_ready=False)
        await world.bot.until(lambda state: state["database"] and not state["ready"], within=PATIENCE)
        await world.simulator.clock.advance(minutes=10)
        world.simulator.faults.clear()
        await world.bot.until(lambda state: bool(state["ready"]), within=PATIENCE)
        await bo.sees(f"You are paged: INC-{number}", within=PATIENCE)
        async with flowing(world):
            await world.bot.settled(within=PATIENCE)
        assert_all_there_once(world, number)


async def test_a_bot_nobody_knows_any_more_says_so_and_works_again_with_its_token(
    world: World, dee: Acts
) -> None:
    for method in ("chat.postMessage", "conversations.create", "auth.test"):
        world.simulator.faults.refuse(method, "token_revoked")
    number = await declares(world, dee, "sev1 The token was revoked")
    await world.simulator.until(lambda: len(performed_not(world, "token_revoked")) >= 3, within=PATIENCE)
    await recovered(world)
    assert_all_there_once(world, number)
    assert (await dee.types(f"/incident cancel INC-{number}", channel="#general")).ok


def performed_not(world: World, error: str) -> list[Call]:
    return [each for each in world.simulator.calls if each.error == error]
