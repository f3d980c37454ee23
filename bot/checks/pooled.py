"""Figures of several probes taken together, for stretches that follow on each other."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.checks import store
from bot.checks.model import figures
from bot.checks.model.figures import Figures, Hour, Sample
from bot.db import Database


@dataclass(frozen=True)
class Pooled:
    """`whole`: over all `stretches`. `failed`: the samples that failed, oldest first, as far as kept."""

    stretches: tuple[Figures, ...]
    whole: Figures
    failed: tuple[Sample, ...]


async def pooled(database: Database, checks: Sequence[str], edges: Sequence[datetime]) -> Pooled:
    """Between neighbouring edges; an edge belongs to the stretch after it.

    From samples where all of them are still there, exactly; else from the hours that are left of them.
    """
    samples: list[Sample] = []
    hours: list[Hour] = []
    async with database.read() as connection:
        for check in checks:
            samples += await store.samples_of(connection, check, edges[0], edges[-1])
            hours += await store.hours_of(connection, check, edges[0], edges[-1])
    by_stretch: list[list[Sample]] = [[] for _ in edges[1:]]
    hours_in: list[list[Hour]] = [[] for _ in edges[1:]]
    for sample in samples:
        by_stretch[bisect_right(edges, sample.at) - 1].append(sample)
    for hour in hours:
        hours_in[bisect_right(edges, hour.start) - 1].append(hour)
    failed = sorted((each for each in samples if each.verdict == "fail"), key=lambda each: each.at)
    return Pooled(
        tuple(_fuller(*each) for each in zip(by_stretch, hours_in, strict=True)),
        _fuller(samples, hours),
        tuple(failed),
    )


def _fuller(samples: list[Sample], hours: list[Hour]) -> Figures:
    # Where a part of the samples was forgotten already, the hours know more.
    whole = sum(hour.counts.n + hour.counts.unknown for hour in hours)
    return figures.from_hours(hours) if whole > len(samples) else figures.from_samples(samples)
