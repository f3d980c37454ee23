"""How long a command waits for its answer, against a bare Bolt app in the same minutes."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from simulator import Acts, Seed, Simulator
from tests.bench.figures import Figure, ms, percentile
from tests.world import ROOT, World, world

ROUNDS = 300
WARM_UP = 20
AT_ONCE = 40
SLOW_SLACK_S = 0.25


@asynccontextmanager
async def bare_app() -> AsyncIterator[Simulator]:
    """A workspace with the reference in it."""
    async with Simulator(Seed.default(), limits=False) as simulator:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("bare_app.py")),
            env={**os.environ, **simulator.bot_env()},
            cwd=ROOT,
        )
        try:
            await simulator.until(lambda: simulator.bot_connected, within=30)
            yield simulator
        finally:
            process.terminate()
            await process.wait()


async def timed(who: Acts, text: str) -> float:
    """Seconds from sending a command to its answer."""
    started = time.perf_counter()
    answer = await who.types(text, channel="#general")
    assert answer.ok, answer.error
    return time.perf_counter() - started


async def one_by_one(folder: Path) -> list[Figure]:
    """`/incident list` and a declaration, in turn with the reference, so that all see the same machine."""
    async with bare_app() as reference, world(folder) as ours:
        bare, person = reference.person("ana"), ours.person("ana")
        times: dict[str, list[float]] = {"bare": [], "list": [], "sev3": []}
        for number in range(ROUNDS + WARM_UP):
            taken = {
                "bare": await timed(bare, "/incident list"),
                "list": await timed(person, "/incident list"),
                "sev3": await timed(person, f"/incident sev3 Search is slow {number}"),
            }
            await ours.bot.settled()
            if number >= WARM_UP:
                for name, seconds in taken.items():
                    times[name].append(seconds)
            if number % 10 == 9:
                # What stays open makes every list longer, which no team's does.
                for told in range(number - 8, number + 2):
                    await person.types(f"/incident cancel INC-{told}", channel="#general")
                await ours.bot.settled()
    return [
        *_ratios("/incident list", times["list"], times["bare"], 0.5),
        *_ratios("/incident sev3 …, committed first", times["sev3"], times["bare"], 1.0),
    ]


def _ratios(name: str, ours: list[float], bare: list[float], target: float) -> list[Figure]:
    found = []
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        mine, reference = percentile(ours, share), percentile(bare, share)
        ratio = mine / reference
        found.append(
            Figure(
                f"ack of {name}, {label}",
                f"{ms(mine)}, ratio {ratio:.2f}",
                f"bare Bolt {ms(reference)}",
                f"ratio ≤ {target}",
                ratio <= target,
            )
        )
    return found


async def many_at_once(folder: Path) -> list[Figure]:
    """Forty commands at once, half of them declarations, while Slack takes 250 ms for each call."""
    async with world(folder) as ours:
        await _warm(ours)
        ours.simulator.faults.latency(SLOW_SLACK_S)
        person = ours.person("ana")
        texts = ["/incident list" if n % 2 else f"/incident sev3 Slow {n}" for n in range(AT_ONCE)]
        taken = await asyncio.gather(*(timed(person, text) for text in texts))
        ours.simulator.faults.clear()
    worst = max(taken)
    return [
        Figure(
            "worst ack of 40 at once, Slack at 250 ms",
            ms(worst),
            "nearest peer: 23 of 40 above 3 s",
            "< 500 ms",
            worst < 0.5,
        )
    ]


async def _warm(ours: World) -> None:
    await timed(ours.person("ana"), "/incident list")
