"""Starting, and lying idle."""

import asyncio
import time
from pathlib import Path

import psutil

from tests.bench.figures import Figure, percentile
from tests.world import world

STARTS = 5
IDLE_S = 5.0


async def start_and_memory(folder: Path) -> list[Figure]:
    """Start to ready, the median of five starts on an existing database; then resident memory, idle."""
    async with world(folder) as ours:
        starts = []
        for _ in range(STARTS):
            await ours.bot.stop()
            started = time.perf_counter()
            await ours.bot.start()
            starts.append(time.perf_counter() - started)
        assert ours.bot.pid is not None
        process = psutil.Process(ours.bot.pid)
        process.cpu_percent()
        # Idle means that nothing happens for a while, so this is the one place where time has to pass.
        await asyncio.sleep(IDLE_S)
        busy = process.cpu_percent()
        memory = process.memory_info().rss / 2**20
    median = percentile(starts, 0.5)
    return [
        Figure("start to ready", f"{median:.2f} s", "", "< 2 s", median < 2),
        Figure("resident memory, idle", f"{memory:.0f} MB", "", "< 120 MB", memory < 120),
        Figure("processor, idle", f"{busy:.1f} % of one core"),
    ]
