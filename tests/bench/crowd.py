"""An alert that comes while thousands of less urgent things wait, under Slack's limits."""

import asyncio
import time
from pathlib import Path

from bot.clock import SystemClock
from bot.db import Database, migrate
from bot.delivery.model import Priority
from bot.delivery.queue import Queue
from bot.home.model import publish
from bot.model import UserId
from handlers.manifest import manifest
from simulator import Call, Simulator
from simulator.seed import PersonSeed, Seed
from tests.bench.figures import Figure, percentile
from tests.bench.pages import PEOPLE
from tests.world import Bot

COSMETIC = 5_000
ALERTS = 40
# A person takes one message a second from an app, and each alert pages the same people.
EVERY_S = 2.0
WITHIN_S = 30.0


async def alert_in_a_crowd(folder: Path) -> list[Figure]:
    """From a declaration being sent to its first page reaching Slack; home tabs wait meanwhile."""
    url = f"sqlite+aiosqlite:///{folder}/watchbill.db"
    default = Seed.default()
    crowd = tuple(PersonSeed(f"c{number}", f"U0C{number:05}") for number in range(COSMETIC))
    seed = Seed(people=default.people + crowd, channels=default.channels, usergroups=default.usergroups)
    await _queue_tabs(url, [person.id for person in crowd])
    async with Simulator(seed, manifest=manifest()) as simulator:
        bot = Bot(simulator, folder, DATABASE_URL=url, SLACK_RATE="1", LOG_LEVEL="warning")
        await bot.start()
        try:
            times = [await _alert(simulator, f"Alert {number}") for number in range(ALERTS)]
            state = await bot.state()
        finally:
            await bot.kill()
    assert state is not None
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    return [
        Figure(
            f"alert to its first page at Slack, {COSMETIC:,} cosmetic effects waiting, p99",
            f"{p99:.2f} s (p50 {p50:.2f} s); {state['backlog']:,} still wait after the {ALERTS}th",
            "",
            "< 2 s",
            p99 < 2,
        )
    ]


async def _queue_tabs(url: str, people: list[str]) -> None:
    database = await Database.open(url)
    try:
        await migrate(database)
        await Queue(database, SystemClock()).put(
            publish(UserId(person), Priority.COSMETIC) for person in people
        )
    finally:
        await database.close()


async def _alert(simulator: Simulator, title: str) -> float:
    out = asyncio.Event()
    arrived = 0.0

    async def note(call: Call, phase: str) -> str | None:
        nonlocal arrived
        its = call.method == "chat.postMessage" and call.args["channel"] in PEOPLE
        if phase == "before" and its and title in call.args["text"] and not out.is_set():
            arrived = time.perf_counter()
            out.set()
        return None

    simulator.faults.intercept(note)
    started = time.perf_counter()
    answer = await simulator.person("dee").types(f"/incident sev1 {title}", channel="#general")
    assert answer.ok, answer.error
    async with asyncio.timeout(WITHIN_S):
        await out.wait()
    # Alerts come apart from each other; nothing else is being waited for.
    await asyncio.sleep(max(0.0, started + EVERY_S - time.perf_counter()))
    return arrived - started
