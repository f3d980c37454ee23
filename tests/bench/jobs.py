"""A thousand jobs due at the same minute on two replicas: each once, and how late."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import asyncpg

from handlers.manifest import manifest
from simulator import Simulator
from tests.bench.figures import Figure, percentile
from tests.bench.night import folder_of, fresh_database
from tests.world import Bot

JOBS = 1000
REPLICAS = 2
WITHIN_S = 180.0


async def a_thousand_at_once(folder: Path) -> list[Figure]:
    """Checklists, each asked on the hour; the hour passes by itself, the clock is not moved over it."""
    checklists = {
        f"job-{n}": {"when": "0 * * * *", "channel": "#general", "items": ["Done"]} for n in range(JOBS)
    }
    file = folder / "playbook.yaml"
    file.write_text(json.dumps({"version": 1, "checklists": checklists}))
    async with (
        fresh_database(folder, "postgresql") as url,
        Simulator(limits=False, manifest=manifest()) as simulator,
    ):
        bots = [
            Bot(
                simulator,
                folder_of(folder, number),
                DATABASE_URL=url,
                PLAYBOOK=str(file),
                LOG_LEVEL="warning",
            )
            for number in range(REPLICAS)
        ]
        await asyncio.gather(*(bot.start() for bot in bots))
        try:
            connection = await asyncpg.connect(url)
            await _until(connection, "SELECT count(*) FROM job_looks")
            now = simulator.clock.now()
            hour = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
            await simulator.clock.advance(hour - now - timedelta(seconds=5))
            await _until(connection, "SELECT count(*) FROM job_runs")
            late = [
                (row["claimed_at"] - row["due_at"]).total_seconds()
                for row in await connection.fetch("SELECT due_at, claimed_at FROM job_runs")
            ]
            await connection.close()
            await simulator.until(lambda: len(_posted(simulator)) == JOBS, WITHIN_S)
            for bot in bots:
                await bot.settled(WITHIN_S)
        finally:
            for bot in bots:
                await bot.kill()
    twice = [name for name, times in _posted(simulator).items() if times != 1]
    measured = f"p50 {percentile(late, 0.5):.2f} s, p99 {percentile(late, 0.99):.2f} s"
    return [
        Figure(f"{JOBS} jobs due at the same minute, {REPLICAS} replicas: lateness", measured),
        Figure("each of them asked", f"{JOBS - len(twice)} once", "", f"{JOBS} once", not twice),
    ]


def _posted(simulator: Simulator) -> Counter[str]:
    messages = simulator.channel("#general").messages
    return Counter(each.text.split(":")[0] for each in messages if each.text.startswith("job-"))


async def _until(connection: asyncpg.Connection, query: str) -> None:
    async with asyncio.timeout(WITHIN_S):
        while await connection.fetchval(query) < JOBS:  # noqa: ASYNC110  Other processes write it.
            await asyncio.sleep(0.2)
