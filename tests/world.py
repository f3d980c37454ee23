"""The whole bot as a process of its own, in a simulated workspace."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import Signals
from typing import Any

import aiohttp

from bot.db import Database, migrate
from handlers.manifest import manifest
from simulator import Acts, Message, Seed, Simulator
from tests import forking, postgres
from tests.second_opinion import objections

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "playbooks" / "starter.yaml"
# Real seconds; a process on a busy machine takes a while to import everything, and to do things.
STARTS_WITHIN_S = 60.0
PATIENCE_S = 60.0
# What is held back for so long at most, as edits are to be one with what follows, is not waited for: the
# clock moves on to it.
HELD_BACK = timedelta(seconds=1)
# A Friday evening. Who is on call goes round in three weeks, so it is the same people on each of these.
AN_EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)
ITS_HOURS = timedelta(hours=12)
ROUND = timedelta(weeks=3)
_passed = (datetime.now(UTC) - AN_EVENING) % ROUND
# So much later it is in worlds: whenever tests are run, it is the same time of the same week. Found out once,
# so that it stays the same until they end.
AHEAD = timedelta() if _passed < ITS_HOURS else ROUND - _passed
# Faster than any test posts: limits have tests of their own.
UNLIMITED = "1000"
DATABASE = "watchbill.db"
_TEMPLATES = tempfile.TemporaryDirectory(prefix="watchbill-world-")


class Bot:
    """`watchbill run` as a process: started, stopped, killed and started again on the same database."""

    def __init__(self, simulator: Simulator, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._as_command = False
        self._clock = simulator.clock
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SLACK_")},
            **simulator.bot_env(),
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/{DATABASE}",
            "PLAYBOOK": str(STARTER),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(_free_port()),
            "SLACK_RATE": UNLIMITED,
            "ROSTER_FILE": f"{folder}/roster.json",
            **environment,
        }
        self._process: asyncio.subprocess.Process | forking.Forked | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['HTTP_PORT']}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def log(self) -> str:
        """Everything it has logged, over all its starts."""
        file = self.folder / "bot.log"
        return file.read_text() if file.exists() else ""

    async def start(self, *, until_ready: bool = True) -> None:
        file = self.folder / "bot.log"
        if forking.forker is not None and not self._as_command:
            self._process = await forking.forker.bot(self.environment, file)
        else:
            with file.open("a") as log:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", env=self.environment, cwd=ROOT, stdout=log, stderr=log
                )
        if until_ready:
            await self.until(lambda state: bool(state["ready"]), within=STARTS_WITHIN_S)

    async def start_as_command(self, *, until_ready: bool = True) -> None:
        """Never forked, now and when it starts again: for tests of how the command starts and ends."""
        self._as_command = True
        await self.start(until_ready=until_ready)

    async def stop(self) -> int:
        """As an operator does; gives the exit status."""
        return await self._end(Signals.SIGTERM)

    async def kill(self) -> None:
        """As a power cut does."""
        await self._end(Signals.SIGKILL)

    def send(self, number: Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    async def state(self) -> dict[str, Any] | None:
        """What /readyz says; None while nobody answers there."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
                found: dict[str, Any] = await answer.json()
                return found
        except aiohttp.ClientError:
            return None

    async def metrics(self) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as answer:
            return await answer.text()

    async def until(self, holds: Callable[[dict[str, Any]], bool], within: float = PATIENCE_S) -> None:
        """Wait until /readyz says something for which `holds`."""
        await self._until(holds, within, self._waits)

    async def settled(self, within: float = PATIENCE_S, *, over: timedelta = HELD_BACK) -> None:
        """Wait until it has heard what time it is, and everything that is due by then has been done.

        What is held back or tried again later as well: the clock moves on to that, by at most `over`.
        """
        moment = self._clock.now()

        def done(state: dict[str, Any]) -> bool:
            now, next_at = _instant(state["now"]), _instant(state["next_at"])
            # A timer or a routine that is due is being seen to.
            has_followed = now is not None and now >= moment and (next_at is None or next_at > moment)
            return bool(state["database"]) and has_followed and state["backlog"] == 0

        async def moves_on(state: dict[str, Any]) -> None:
            next_at = _instant(state.get("next_at"))
            ahead = next_at - self._clock.now() if next_at is not None else timedelta()
            if state.get("backlog") and timedelta() < ahead <= over:
                await self._clock.advance(ahead)
            await self._waits(state)

        await self._until(done, within, moves_on)

    async def _until(
        self,
        holds: Callable[[dict[str, Any]], bool],
        within: float,
        meanwhile: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        deadline = asyncio.get_running_loop().time() + within
        state = None
        while asyncio.get_running_loop().time() < deadline:
            if self._process is not None and self._process.returncode is not None:
                raise AssertionError(f"the bot ended with {self._process.returncode}:\n{self.log[-3000:]}")
            state = await self.state()
            if state is not None and holds(state):
                return
            await meanwhile(state or {})
        raise AssertionError(f"not within {within} s; /readyz: {json.dumps(state)}\n{self.log[-3000:]}")

    async def _waits(self, _: dict[str, Any]) -> None:
        await asyncio.sleep(0.02)  # another process: there is nothing of ours to wait on

    async def _end(self, number: Signals) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self._process.wait()


class World:
    """A simulated workspace and a bot that lives in it."""

    def __init__(self, simulator: Simulator, bot: Bot) -> None:
        self.simulator = simulator
        self.bot = bot

    def person(self, name: str) -> Acts:
        return self.simulator.person(name)

    async def declares(self, who: Acts, text: str, channel: str = "#general") -> int:
        """`who` types `/incident TEXT`; gives the number of the incident that was declared."""
        answer = await who.types(f"/incident {text}", channel=channel)
        assert answer.ok, answer.error
        assert "is declared" in answer.text, answer.text
        return int(answer.text.split("INC-")[1].split()[0])

    async def room(self, number: int, within: float = PATIENCE_S) -> str:
        """Wait for the incident's channel and its card; gives the channel's name with #."""

        def found() -> list[str]:
            return [
                channel.name
                for channel in self.simulator.channels()
                if f"{channel.name}-".startswith(f"inc-{number}-")
                and any(message.text.startswith(f"INC-{number} ·") for message in channel.messages)
            ]

        await self.simulator.until(found, within, f"a room of INC-{number} with its card")
        return f"#{found()[0]}"

    def said(self, channel: str) -> list[Message]:
        """Every message of a channel that is there now, whoever may see it."""
        return list(self.simulator.channel(channel).messages)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    playbook: str | None = None,
    limits: bool = False,
    seed: Seed | None = None,
    start: bool = True,
    **environment: str,
) -> AsyncIterator[World]:
    """A workspace with a bot in it. `playbook`: its text, kept as playbook.yaml; without it, the starter's.

    `environment` is added to the bot's own.
    """
    if playbook is not None:
        (folder / "playbook.yaml").write_text(playbook)
        environment["PLAYBOOK"] = str(folder / "playbook.yaml")
    if postgres.server is not None:
        environment.setdefault("DATABASE_URL", await postgres.new_database())
    elif "DATABASE_URL" not in environment and not (folder / DATABASE).exists():
        # Making tables is a sixth of what a world costs; tests/db makes them from nothing.
        shutil.copyfile(await _migrated(), folder / DATABASE)
    async with Simulator(seed or Seed.default(), limits=limits, manifest=manifest()) as simulator:
        await simulator.clock.advance(AHEAD)
        bot = Bot(simulator, folder, **environment)
        found = World(simulator, bot)
        if start:
            await bot.start()
        try:
            yield found
        finally:
            if bot._process is not None:
                simulator.faults.clear()
                await bot.stop()
        # Slack takes it, says the simulator; what do others say?
        refused = objections(simulator)
        assert not refused, "\n".join(refused[:10])


def start_of_worlds() -> datetime:
    """What time it is in a world that starts now."""
    return datetime.now(UTC) + AHEAD


async def _migrated() -> Path:
    """A file with all tables and nothing in them, made once for each pytest process."""
    file = Path(_TEMPLATES.name) / DATABASE
    if not file.exists():
        database = await Database.open(f"sqlite+aiosqlite:///{file}")
        try:
            await migrate(database)
        finally:
            await database.close()
    return file


def _instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
