"""How soon others finish what a killed replica had in hand."""

import asyncio
import time
from pathlib import Path

import asyncpg

from handlers.manifest import manifest
from simulator import Call, Simulator
from tests.bench.figures import Figure
from tests.bench.night import folder_of, fresh_database
from tests.bench.pages import PEOPLE
from tests.world import Bot

ROUNDS = 4
REPLICAS = 3
WITHIN_S = 60.0


class FirstPage:
    """Holds the first page about something until its sender is dead, and notes when another one is done."""

    def __init__(self, title: str) -> None:
        self._title = title
        self.held = asyncio.Event()
        self.sender_is_dead = asyncio.Event()
        self.out = asyncio.Event()
        self.out_at = 0.0

    async def note(self, call: Call, phase: str) -> str | None:
        its = call.method == "chat.postMessage" and call.args["channel"] in PEOPLE
        if not its or self._title not in call.args["text"]:
            return None
        if phase == "before" and not self.held.is_set():
            self.held.set()
            await self.sender_is_dead.wait()
            return "drop"
        if phase == "after" and self.sender_is_dead.is_set() and not self.out.is_set():
            self.out_at = time.perf_counter()
            self.out.set()
        return None


async def takeover(folder: Path) -> list[Figure]:
    """A page is on its way when its replica is killed: until the page is there, by another."""
    async with (
        fresh_database(folder, "postgresql") as url,
        Simulator(limits=False, manifest=manifest()) as simulator,
    ):
        bots = [
            Bot(simulator, folder_of(folder, number), DATABASE_URL=url, LOG_LEVEL="warning")
            for number in range(REPLICAS)
        ]
        await asyncio.gather(*(bot.start() for bot in bots))
        try:
            taken = [await _round(simulator, bots, url, f"Round {number}") for number in range(ROUNDS)]
        finally:
            simulator.faults.clear()
            for bot in bots:
                await bot.kill()
    worst = max(taken)
    measured = f"{worst:.1f} s, the worst of {ROUNDS} ({', '.join(f'{each:.1f}' for each in taken)})"
    name = "takeover after killing (-9) the replica that held the lease"
    return [Figure(name, measured, "", "< 20 s", worst < 20)]


async def _round(simulator: Simulator, bots: list[Bot], url: str, title: str) -> float:
    page = FirstPage(title)
    simulator.faults.intercept(page.note)
    # A severity that pages one person: the first page is the one that was held.
    answer = await simulator.person("dee").types(f"/incident sev2 {title}", channel="#general")
    assert answer.ok, answer.error
    async with asyncio.timeout(WITHIN_S):
        await page.held.wait()
    holder = await _holder(bots, url)
    await holder.kill()
    killed_at = time.perf_counter()
    page.sender_is_dead.set()
    async with asyncio.timeout(WITHIN_S):
        await page.out.wait()
    await holder.start()
    return page.out_at - killed_at


async def _holder(bots: list[Bot], url: str) -> Bot:
    connection = await asyncpg.connect(url)
    query = "SELECT lease_owner FROM outbox WHERE state = 'leased' AND priority = 0"
    owner = str(await connection.fetchval(query))
    await connection.close()
    return next(bot for bot in bots if bot.pid == int(owner.split(":")[1]))
