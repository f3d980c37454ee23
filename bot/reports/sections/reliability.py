"""Reliability: was it there, how fast was it, how often did it fail, day by day against targets."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.checks.model.figures import Figures
from bot.checks.pooled import Pooled, pooled
from bot.checks.tally import tallies
from bot.db import Database
from bot.incidents.model.incident import Status
from bot.incidents.service import queries
from bot.playbook import Playbook
from bot.playbook.checks import Check
from bot.playbook.report_sources import Reliability as Options
from bot.playbook.report_sources import Traffic
from bot.reports.days import Happened, Quality, chart, midnights, table
from bot.reports.deploying import deployed
from bot.reports.model import Period, Section, Verdict
from bot.reports.quality import Judged, judged
from bot.reports.repositories import GitHub, repositories
from bot.reports.sections.deployments import by_name
from bot.reports.sections.section import Wanted
from bot.reports.sections.unknown import answered
from bot.reports.statistics import PERIODS_COMPARED
from bot.reports.traffic import Counted, counted
from bot.walltime import wall

CONNECT = (
    "Nothing measures it: add a check of an address with `every` to the playbook, or `prometheus` to the"
    " report's `reliability`."
)
_TIMES = ("average", "p95", "p99")
# What a check is called whose value is the share of requests that failed, unless the report names one.
ERROR_RATES = ("error-rate", "error_rate")


@dataclass(frozen=True)
class Probes:
    """Which checks each figure comes from. `times`: those of `uptime` whose value is a time."""

    uptime: tuple[str, ...]
    times: tuple[str, ...]
    named: Mapping[str, str]

    @classmethod
    def of(cls, playbook: Playbook, options: Options) -> "Probes":
        every = {name: check for name, check in playbook.checks.items() if check.every is not None}
        sites = [name for name, check in every.items() if check.http is not None]
        uptime = tuple(options.uptime or sites)
        given = {name: getattr(options, name) for name in ("error_rate", *_TIMES)}
        named = {name: check for name, check in given.items() if check is not None}
        usual = next((name for name in ERROR_RATES if name in every and every[name].prometheus), None)
        if "error_rate" not in named and usual is not None:
            named["error_rate"] = usual
        return cls(uptime, tuple(name for name in uptime if _is_timed(every[name])), named)

    @property
    def sources(self) -> dict[str, str]:
        """Each figure's, as people call it."""
        times = ", ".join(self.times)
        found = {"uptime": ", ".join(self.uptime), "average": times, "p95": times, "p99": times}
        return {**found, **self.named}


def _is_timed(check: Check) -> bool:
    return check.http is not None and (check.http.json_path is None or check.http.equals is not None)


async def reliability(wanted: Wanted) -> Section:
    options, period = wanted.options.reliability, wanted.period
    probes = Probes.of(wanted.context.playbook.current, options)
    if not probes.uptime and not probes.named and options.prometheus is None:
        return Section("reliability", "Reliability", connect=CONNECT)
    database = wanted.context.queue.database
    edges = midnights(period.start, period.end, period.zone)
    (measured, up), before, happened, (traffic, why) = await asyncio.gather(
        _measured(database, probes, edges),
        _before(database, probes.uptime, period),
        _happened(wanted),
        answered(_counted(wanted, edges), "Prometheus"),
    )
    days, whole = measured[:-1], measured[-1]
    if traffic:
        days = [_seen_by(each, seen) for each, seen in zip(days, traffic[:-1], strict=True)]
        whole = _seen_by(whole, traffic[-1])
    targets, checks = by_name(wanted), wanted.context.playbook.current.checks
    expected = sum(
        (period.end - period.start) // (checks[name].every or period.end - period.start)
        for name in probes.uptime
    )
    sources = _sources(probes, options.prometheus, traffic)
    found = judged(Judged(edges, days, whole, up.failed, before, sources, expected), targets, period)
    lines = [*found.lines, *([f"What Prometheus counted is not known: {why}"] if why else [])]
    return Section(
        "reliability",
        "Reliability",
        Verdict.UNKNOWN if why and found.verdict is not Verdict.BAD else found.verdict,
        found.headline,
        found.figures,
        tuple(lines),
        table(edges, days, whole, happened, period),
        chart(edges, days, targets.get("p95"), period.zone),
        found.decision,
    )


def _sources(probes: Probes, options: Traffic | None, traffic: Sequence[Counted] | None) -> dict[str, str]:
    """Where each figure comes from; what only Prometheus is asked for is its to know."""
    found = probes.sources
    if options is None:
        return found
    asked = [*(_TIMES if options.durations else ()), *(("error_rate",) if options.errors else ())]
    seen = traffic[-1] if traffic else Counted()
    own = [name for name in asked if getattr(seen, name) is not None or not found.get(name)]
    return {**found, **dict.fromkeys(own, "Prometheus")}


async def _measured(
    database: Database, probes: Probes, edges: Sequence[datetime]
) -> tuple[list[Quality], Pooled]:
    """Of each day, and at last of all; and what it was made of."""
    up = await pooled(database, probes.uptime, edges)
    times = up if probes.times == probes.uptime else await pooled(database, probes.times, edges)
    found = [
        _quality(counts, spread)
        for counts, spread in zip((*up.stretches, up.whole), (*times.stretches, times.whole), strict=True)
    ]
    for name, check in probes.named.items():
        values = await pooled(database, [check], edges)
        means: list[dict[str, Any]] = [
            {name: each.value.average} for each in (*values.stretches, values.whole)
        ]
        found = [replace(quality, **mean) for quality, mean in zip(found, means, strict=True)]
    return found, up


def _quality(counts: Figures, times: Figures) -> Quality:
    # A probe that waits in vain has no value: how long it waited is not how fast answers are.
    spread = times.value
    return Quality(
        counts.counts.n,
        counts.counts.fail,
        counts.counts.unknown,
        spread.average,
        spread.p95,
        spread.p99,
    )


def _seen_by(quality: Quality, seen: Counted) -> Quality:
    """What Prometheus knows of every request goes before what probes saw."""
    return replace(
        quality,
        average=seen.average if seen.average is not None else quality.average,
        p95=seen.p95 if seen.p95 is not None else quality.p95,
        p99=seen.p99 if seen.p99 is not None else quality.p99,
        error_rate=seen.error_rate if seen.error_rate is not None else quality.error_rate,
        errors=seen.errors,
        requests=seen.requests,
    )


async def _counted(wanted: Wanted, edges: Sequence[datetime]) -> list[Counted]:
    """For each day, and at last for all. Raises NoAnswerError."""
    options = wanted.options.reliability.prometheus
    if options is None:
        return []
    days = await counted(wanted.sources, options, edges)
    whole = await counted(wanted.sources, options, [edges[0], edges[-1]])
    return [*days, *whole]


async def _before(database: Database, checks: Sequence[str], period: Period) -> list[float]:
    """The uptime of each period before that was measured."""
    if not checks:
        return []
    earlier = period.earlier(PERIODS_COMPARED)
    edges = [each.start for each in earlier] + [period.start]
    counted_up = [await tallies(database, check, edges, None) for check in checks]
    pairs = [
        (sum(each.good for each in stretch), sum(each.n for each in stretch))
        for stretch in zip(*counted_up, strict=True)
    ]
    return [100 * good / n for good, n in pairs if n]


async def _happened(wanted: Wanted) -> dict[date, Happened]:
    """Incidents and, where the report tells of them, deployments, by day."""
    period = wanted.period
    declared = await queries.declared_between(wanted.context.queue.database, period.start, period.end)
    days = {day: Happened() for day in period.days}
    for each in declared:
        if each.status not in (Status.CANCELLED, Status.MERGED):
            day = wall(each.declared_at, period.zone).date()
            days[day] = replace(days[day], incidents=(*days[day].incidents, f"{each.name} {each.severity}"))
    repos = repositories(wanted.context.playbook.current, wanted.options)
    if "deployments" not in wanted.options.sections or not repos:
        return days
    asked = deployed(GitHub.of(wanted.sources), repos, wanted.options.deployments, period)
    found, _ = await answered(asked, "GitHub")
    if found is None:
        return days
    for day, known in days.items():
        own = [each.what for each in found.deployments if wall(each.at, period.zone).date() == day]
        days[day] = replace(known, deployments=tuple(f"deployed {what}" for what in own))
    return days
