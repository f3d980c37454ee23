"""500 probes a minute: what they cost, and how late they are."""

import asyncio
import json
from pathlib import Path

import psutil
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.figures import Figure, ms
from tests.world import world

PROBES = 500
# The first round comes at once, at the start; those after it are spread over their minute.
SETTLING_S = 45.0
MEASURED_S = 120.0
LATENESS = "watchbill_probe_lateness_seconds"


async def five_hundred(folder: Path) -> list[Figure]:
    """Of HTTP, against a server that answers at once; samples on SQLite."""
    asked = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(text="fine")

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    checks = {f"probe-{n}": {"http": {"url": f"{url}/{n}"}, "every": "1m"} for n in range(PROBES)}
    file = folder / "playbook.yaml"
    file.write_text(json.dumps({"version": 1, "checks": checks}))
    async with world(folder, PLAYBOOK=str(file)) as ours:
        assert ours.bot.pid is not None
        process = psutil.Process(ours.bot.pid)
        # What is measured is what passes by itself, so time has to pass.
        await asyncio.sleep(SETTLING_S)
        before, first = _buckets(await ours.bot.metrics()), asked
        process.cpu_percent()
        await asyncio.sleep(MEASURED_S)
        busy = process.cpu_percent()
        after, last = _buckets(await ours.bot.metrics()), asked
    await runner.cleanup()
    counted = {limit: after[limit] - before.get(limit, 0.0) for limit in after}
    p99 = _at_most(counted, 0.99)
    return [
        Figure("500 probes a minute: processor", f"{busy:.1f} % of one core", "", "< 10 %", busy < 10),
        Figure(
            "500 probes a minute: lateness, p99",
            f"< {ms(p99)} (p50 < {ms(_at_most(counted, 0.5))}, {last - first} asked)",
            "",
            "< 1 s",
            p99 <= 1,
        ),
    ]


def _buckets(text: str) -> dict[float, float]:
    """How many were at most so late, in seconds."""
    return {
        float(sample.labels["le"]): sample.value
        for family in text_string_to_metric_families(text)
        if family.name == LATENESS
        for sample in family.samples
        if sample.name.endswith("_bucket")
    }


def _at_most(counted: dict[float, float], share: float) -> float:
    total = max(counted.values())
    return min(limit for limit, count in counted.items() if count >= share * total)
