"""From a command to the page's request leaving for Slack."""

import time
from pathlib import Path

from simulator import Call
from tests.bench.figures import Figure, ms, percentile
from tests.world import world

ROUNDS = 60
WARM_UP = 5
PEOPLE = ("U01ANA", "U02BO", "U03CHEN", "U04DEE", "U05ELI")


async def command_to_page(folder: Path) -> list[Figure]:
    """Until the first page of a sev1 reaches Slack, which answers at once; the rest goes on beside it."""
    async with world(folder) as ours:
        person = ours.person("ana")
        arrived: list[float] = []

        async def note(call: Call, phase: str) -> str | None:
            if phase == "before" and call.method == "chat.postMessage" and call.args["channel"] in PEOPLE:
                arrived.append(time.perf_counter())
            return None

        ours.simulator.faults.intercept(note)
        times = []
        for number in range(ROUNDS + WARM_UP):
            arrived.clear()
            started = time.perf_counter()
            await person.types(f"/incident sev1 Checkout fails {number}", channel="#general")
            await ours.simulator.until(lambda: bool(arrived), within=10)
            if number >= WARM_UP:
                times.append(arrived[0] - started)
            await ours.bot.settled(60)
            await person.types(f"/incident cancel INC-{number + 1}", channel="#general")
            await ours.bot.settled(60)
    p95 = percentile(times, 0.95)
    return [
        Figure(
            "command to the page leaving, p95",
            f"{ms(p95)} (p50 {ms(percentile(times, 0.5))})",
            "",
            "< 100 ms",
            p95 < 0.1,
        )
    ]
