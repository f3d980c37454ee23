"""A row a day: how well things ran, and what happened. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.reports.model import Chart, Period, Series, Table
from bot.reports.statistics import number
from bot.walltime import instant, wall

_MS = 1000
_PERCENT = 100


@dataclass(frozen=True)
class Quality:
    """Of a stretch. Shares from 0 to 1, times in seconds; None: not known.

    `answers` of probes, of which `failed` did; `unknown` ones are not among them.
    """

    answers: int = 0
    failed: int = 0
    unknown: int = 0
    average: float | None = None
    p95: float | None = None
    p99: float | None = None
    error_rate: float | None = None
    errors: float | None = None
    requests: float | None = None

    @property
    def uptime(self) -> float | None:
        return (self.answers - self.failed) / self.answers if self.answers else None


@dataclass(frozen=True)
class Happened:
    """Of a day: incidents by name, and what was deployed; None: not known, or not asked."""

    incidents: tuple[str, ...] = ()
    deployments: tuple[str, ...] | None = None


def midnights(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """The start, each midnight in between, and the end."""
    midnight = datetime.combine(wall(start, zone).date(), time()) + timedelta(days=1)
    edges = [start]
    while (at := instant(midnight, zone)) < end:
        edges.append(at)
        midnight += timedelta(days=1)
    return [*edges, end]


def percent(share: float | None) -> float | None:
    return round(share * _PERCENT, 4) if share is not None else None


def milliseconds(seconds: float | None) -> float | None:
    return round(seconds * _MS, 1) if seconds is not None else None


COLUMNS = (
    *("date", "uptime %", "average ms", "p95 ms", "p99 ms", "error %", "requests", "incidents"),
    *("deployments", "notes"),
)


def table(
    edges: Sequence[datetime],
    days: Sequence[Quality],
    whole: Quality,
    happened: Mapping[date, Happened],
    period: Period,
) -> Table:
    """A row for each day, and one for all of them: averages over all answers, and sums."""
    rows = [
        _row(
            str(wall(start, period.zone).date()),
            quality,
            happened.get(wall(start, period.zone).date()),
            notes,
        )
        for (start, end), quality in zip(pairwise(edges), days, strict=True)
        for notes in [_part_of(start, end, period.zone)]
    ]
    known = [each.deployments for each in happened.values() if each.deployments is not None]
    total = Happened(
        tuple(name for each in happened.values() for name in each.incidents),
        tuple(name for each in known for name in each) if known else None,
    )
    name = "month" if period.is_month else "week" if period.length == 7 else "all"
    return Table(COLUMNS, (*rows, _row(f"{name}, average", whole, total, "", named=False)))


def _row(
    name: str, quality: Quality, happened: Happened | None, notes: str, *, named: bool = True
) -> tuple[str | float | int | None, ...]:
    found = happened or Happened()
    told = [notes, *found.incidents, *(found.deployments or ())] if named else []
    if quality.unknown:
        told.append(f"{quality.unknown} answers unknown")
    return (
        name,
        percent(quality.uptime),
        milliseconds(quality.average),
        milliseconds(quality.p95),
        milliseconds(quality.p99),
        percent(quality.error_rate),
        round(quality.requests) if quality.requests is not None else None,
        len(found.incidents),
        len(found.deployments) if found.deployments is not None else None,
        "; ".join(each for each in told if each),
    )


def _part_of(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A day that is not whole says so."""
    first, last = wall(start, zone), wall(end, zone)
    parts = [f"from {first:%H:%M}"] if first.time() != time() else []
    parts += [f"until {last:%H:%M}"] if last.time() != time() else []
    return " ".join(parts)


def chart(
    edges: Sequence[datetime], days: Sequence[Quality], target: float | None, zone: ZoneInfo
) -> Chart | None:
    """Response times of each day; None where there are none. `target`: of the 95th percentile, in seconds."""
    series = [
        Series(name, tuple(milliseconds(value) for value in values))
        for name, values in (
            ("average", [each.average for each in days]),
            ("p95", [each.p95 for each in days]),
            ("p99", [each.p99 for each in days]),
        )
        if any(value is not None for value in values)
    ]
    if not series:
        return None
    peaks = [
        f"{each.name} between {number(min(known))} and {number(max(known))} ms"
        for each in series
        for known in [[value for value in each.values if value is not None]]
    ]
    return Chart(
        "Response times",
        "ms",
        tuple(f"{wall(each, zone):%a} {wall(each, zone).day}" for each in edges[:-1]),
        tuple(series),
        f"Response times by day: {', '.join(peaks)}.",
        milliseconds(target),
    )
