"""Several replicas on one PostgreSQL: all do all work, and losing one is noticed by nobody."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import asyncpg
import pytest

from simulator import Acts, Call, Message
from simulator.faults import Phase
from tests.conftest import url_of
from tests.seeing import announcements, cards
from tests.world import Bot, World
from tests.world import world as running_world

pytestmark = pytest.mark.postgres

# Real seconds, for a machine that is busy with other tests.
PATIENCE = 60.0
# Of the lease holder's death, real seconds: the lease of 12, a look each second, and a look at Slack.
TAKEN_OVER_WITHIN = 20.0
ON_CALL = ("U01ANA", "U02BO", "U03CHEN")


@dataclass
class Replicas:
    """Bots of one database in one workspace. `world.bot` is the first of them."""

    world: World
    bots: list[Bot]
    database: str

    async def settled(self, within: float = PATIENCE) -> None:
        await next(bot for bot in self.bots if bot.pid is not None).settled(within)

    def of(self, pid: int) -> Bot:
        return next(bot for bot in self.bots if bot.pid == pid)

    async def holder(self, lane: str) -> Bot:
        """Whose lease is on the effect in hand of a lane."""
        connection = await asyncpg.connect(self.database)
        query = "SELECT lease_owner FROM outbox WHERE state = 'leased' AND lane LIKE $1 LIMIT 1"
        owner = str(await connection.fetchval(query, lane))
        await connection.close()
        return self.of(int(owner.split(":")[1]))

    async def undone(self) -> str:
        """What is due and not done, and who in the database waits for whom: for where something is stuck."""
        connection = await asyncpg.connect(self.database)
        due = await connection.fetch(
            "SELECT id, kind, lane, key, state, attempts, not_before, lease_until, lease_owner, error"
            " FROM outbox WHERE state IN ('pending', 'leased') AND (not_before <= made_at OR attempts > 0)"
        )
        at_work = await connection.fetch(
            "SELECT pid, state, now() - xact_start AS since, wait_event, pg_blocking_pids(pid) AS behind,"
            " query FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
        )
        await connection.close()
        return "\n".join(str(dict(each)) for each in (*due, *at_work))

    async def deliveries(self, bot: Bot) -> float:
        counted = re.findall(r"^watchbill_deliveries_total\{.*\} (\S+)$", await bot.metrics(), re.MULTILINE)
        return sum(float(each) for each in counted)


@asynccontextmanager
async def replicas(
    folder: Path, server: str, admin: asyncpg.Connection, count: int = 3
) -> AsyncIterator[Replicas]:
    name = f"replicas_{folder.name}".replace("-", "_").lower()[:60]
    await admin.execute(f"CREATE DATABASE {name}")
    url = url_of(server, name)
    async with running_world(folder, DATABASE_URL=url, start=False) as world:
        bots = [world.bot]
        for number in range(1, count):
            own = folder / f"replica-{number}"
            own.mkdir()
            bots.append(Bot(world.simulator, own, DATABASE_URL=url))
        # At once, on an empty database: one makes the tables, the others wait for it.
        await asyncio.gather(*(bot.start() for bot in bots))
        try:
            yield Replicas(world, bots, url)
        finally:
            world.simulator.faults.clear()
            await asyncio.gather(*(bot.stop() for bot in bots[1:]))
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, postgres_template: asyncpg.Connection
) -> AsyncIterator[Replicas]:
    async with replicas(tmp_path_factory.mktemp("house"), postgres_server, postgres_template) as found:
        yield found


def pages(who: Acts, number: int) -> list[Message]:
    return [each for each in who.direct_messages() if f"INC-{number} ·" in each.text and each.by_app]


def said_twice(world: World) -> dict[str, int]:
    """The delivery ids that Slack has posted more than once."""
    posted = Counter(
        call.args["metadata"]["event_payload"]["id"]
        for call in world.simulator.calls
        if call.method == "chat.postMessage" and call.ok and call.args.get("metadata")
    )
    return {key: times for key, times in posted.items() if times > 1}


def assert_whole(world: World, number: int, room: str) -> None:
    """One room, one card in it, one announcement, one page for each who is paged."""
    assert len([each for each in world.simulator.channels() if each.name.startswith(f"inc-{number}-")]) == 1
    assert len(cards(world, number, room)) == 1
    assert len(announcements(world, number)) == 1
    paged = [len(pages(world.person(name), number)) for name in ("ana", "bo", "chen")]
    assert sorted(paged) == [0, 1, 1], paged


@dataclass
class Held:
    """The first message about something is held on its way: before Slack does it, or after."""

    phase: Phase
    about: str
    to: tuple[str, ...] = ON_CALL
    happened: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    answered: bool = False  # in the end

    async def __call__(self, call: Call, phase: Phase) -> str | None:
        is_it = (
            call.method == "chat.postMessage"
            and call.args["channel"] in self.to
            and self.about in call.args["text"]
        )
        if not is_it or phase != self.phase or self.happened.is_set():
            return None
        self.happened.set()
        await self.over.wait()
        return None if self.answered else "drop"


async def test_all_replicas_do_all_the_work_each_part_of_it_once(house: Replicas) -> None:
    world = house.world
    names = ("ana", "bo", "chen", "dee")
    # One after the other, for a start: on a busy machine somebody's first connection takes its time.
    numbers = [await world.declares(world.person("dee"), f"sev1 Shared work, first {n}") for n in range(4)]
    numbers += await asyncio.gather(
        *(world.declares(world.person(name), f"sev1 Shared work of {name}") for name in names)
    )
    assert len(set(numbers)) == 8
    rooms = [await world.room(number, PATIENCE) for number in numbers]
    await house.settled()
    for number, room in zip(numbers, rooms, strict=True):
        assert_whole(world, number, room)
    assert said_twice(world) == {}
    assert all([await house.deliveries(bot) > 0 for bot in house.bots]), "somebody idles"


async def test_two_who_acknowledge_at_once_at_different_replicas_are_one_acknowledgement(
    house: Replicas,
) -> None:
    world, dee = house.world, house.world.person("dee")
    for turn in range(4):
        number = await world.declares(dee, f"sev1 Two answer {turn}")
        room = await world.room(number, PATIENCE)
        await house.settled()
        answering = [who for name in ("ana", "bo", "chen") if pages(who := world.person(name), number)]
        shown = [pages(who, number)[0] for who in answering]
        await asyncio.gather(
            *(who.clicks("Acknowledge", message=page) for who, page in zip(answering, shown, strict=True))
        )
        await house.settled()
        timeline = await dee.types(f"/incident timeline INC-{number}", channel="#general")
        assert str(timeline.blocks).count("cknowledged") == 1, timeline.blocks
        [winner] = [who for who in answering if f"Acknowledged by <@{who.id}>" in str(shown[0].blocks)]
        for page in shown:
            assert f"Acknowledged by <@{winner.id}>" in str(page.blocks)
        assert f"<@{winner.id}>" in str(cards(world, number, room)[0].blocks)


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_what_a_killed_replica_had_in_hand_is_taken_over_and_nothing_said_twice(
    house: Replicas, phase: Phase
) -> None:
    world, dee = house.world, house.world.person("dee")
    title = f"Killed {phase} Slack did it"
    held = Held(phase, title)
    world.simulator.faults.intercept(held)
    number = await world.declares(dee, f"sev1 {title}")
    await asyncio.wait_for(held.happened.wait(), PATIENCE)
    dying = await house.holder("page%") if phase == "before" else await house.holder("%")
    killed_at = time.monotonic()
    await dying.kill()
    held.over.set()
    others = [bot for bot in house.bots if bot is not dying]
    await others[0].settled(PATIENCE)
    taken = time.monotonic() - killed_at
    assert taken < TAKEN_OVER_WITHIN, f"{taken:.1f} s"
    # Whoever types meanwhile meets the others.
    answer = await dee.types("/incident list", channel="#general")
    assert answer.ok, answer.error
    assert_whole(world, number, await world.room(number, PATIENCE))
    assert said_twice(world) == {}
    world.simulator.faults.clear()
    await dying.start()


async def test_a_replica_that_hung_and_woke_up_says_nothing_that_others_said_meanwhile(
    house: Replicas,
) -> None:
    """It hangs with an announcement on its way, which is there; only the answer is not heard."""
    world, dee = house.world, house.world.person("dee")
    held = Held("after", "Somebody hangs", (world.simulator.channel("#incidents").id,), answered=True)
    world.simulator.faults.intercept(held)
    number = await world.declares(dee, "sev1 Somebody hangs")
    await asyncio.wait_for(held.happened.wait(), PATIENCE)
    hung = await house.holder("announce:%")
    hung.send(SIGSTOP)
    others = [each for each in house.bots if each is not hung]
    try:
        await others[0].settled(PATIENCE)
    except AssertionError as error:
        raise AssertionError(await house.undone()) from error
    finally:
        # Also where it failed: what stands still cannot be stopped, and would hold up the end of all tests.
        held.over.set()
        hung.send(SIGCONT)
    await hung.until(lambda state: bool(state["ready"]), PATIENCE)
    await house.settled()
    assert_whole(world, number, await world.room(number, PATIENCE))
    assert said_twice(world) == {}
