"""What Prometheus counted of all requests: errors among them, and how long they took, day by day.

prometheus.io/docs/prometheus/latest/querying: increase() over a stretch, as of its end.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.report_sources import Traffic
from bot.reports.together import of_each

AT_ONCE = 6


@dataclass(frozen=True)
class Counted:
    """Of a stretch. `errors` and `requests` are how many; times in seconds. None: no such data."""

    requests: float | None = None
    errors: float | None = None
    average: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def error_rate(self) -> float | None:
        """A share; None where nothing was asked."""
        return self.errors / self.requests if self.errors is not None and self.requests else None


async def counted(sources: Sources, options: Traffic, edges: Sequence[datetime]) -> list[Counted]:
    """For each stretch between neighbouring edges. Raises NoAnswerError."""
    base = options.url or sources.access.prometheus
    if base is None:
        raise NoAnswerError("nobody to ask: set PROMETHEUS_URL, or a `url` of the report's `prometheus`")
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(query: str, at: datetime) -> float | None:
        async with turn:
            return await _value(sources, base, options, query, at)

    async def stretch(start: datetime, end: datetime) -> Counted:
        queries = queries_of(options, int((end - start).total_seconds()))
        found = await of_each(list(queries.values()), lambda query: one(query, end))
        return _counted(options, dict(zip(queries, found, strict=True)))

    return await of_each(list(pairwise(edges)), lambda each: stretch(*each))


def _counted(options: Traffic, found: dict[str, float | None]) -> Counted:
    requests, errors = found.get("requests"), found.get("errors")
    # Of the same counter, a label that no request had is no series; another counter may be misspelt.
    same = options.errors is not None and _metric(options.errors) == _metric(options.requests)
    if errors is None and requests is not None and same:
        errors = 0.0
    return Counted(requests, errors, found.get("average"), found.get("p95"), found.get("p99"))


def _metric(selector: str) -> str:
    return selector.partition("{")[0].strip()


def queries_of(options: Traffic, seconds: int) -> dict[str, str]:
    """What is asked about a stretch of so many seconds, as of its end."""

    def total(selector: str, by: str = "") -> str:
        return f"sum{by}(increase({selector}[{seconds}s]))"

    queries = {"requests": total(options.requests)}
    if options.errors is not None:
        queries["errors"] = total(options.errors)
    if options.durations is not None:
        name = _metric(options.durations)
        labels = options.durations.removeprefix(name).strip()
        buckets = total(f"{name}_bucket{labels}", " by (le) ")
        queries["average"] = f"{total(f'{name}_sum{labels}')} / {total(f'{name}_count{labels}')}"
        queries["p95"] = f"histogram_quantile(0.95, {buckets})"
        queries["p99"] = f"histogram_quantile(0.99, {buckets})"
    return queries


async def _value(sources: Sources, base: str, options: Traffic, query: str, at: datetime) -> float | None:
    """None where there is no data, or it is no number. Raises NoAnswerError."""
    reply = await sources.fetch(
        f"{base.rstrip('/')}/api/v1/query",
        headers=options.headers,
        params={"query": query, "time": f"{at.timestamp():.3f}"},
    )
    if reply.status in (400, 422):
        raise NoAnswerError("Prometheus does not understand the metrics of the report, or could not sum them")
    if reply.status != 200:
        raise NoAnswerError(f"Prometheus answered {reply.status}")
    result = reply.json()["data"]["result"]
    value = float(result[0]["value"][1]) if result else math.nan
    return value if math.isfinite(value) else None
