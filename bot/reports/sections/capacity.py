"""Capacity: how much is in use, how fast that grows, and when more is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.checks.tally import means
from bot.playbook import Playbook
from bot.playbook.checks import Check
from bot.playbook.report_sources import Resource
from bot.records.model import Kind, Record
from bot.records.service import of_kind
from bot.reports.model import Chart, Figure, Period, Section, Series, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, listed, who, worst
from bot.reports.statistics import number
from bot.reports.trend import MONTH, TREND_FROM, growth, reached_at
from bot.walltime import wall

CONNECT = (
    "Nothing is known of it: name probes in the report's `capacity`, or enter figures: `/ops record capacity"
    " cpu=45%`."
)
# What a probe of something that runs out is called, where the report names none.
WORDS = ("cpu", "memory", "disk", "storage", "network", "connections", "headroom")
# More than this is time to get more, unless it is said otherwise.
SCALE_ABOVE = 0.8
WEEKS = 8
# What people entered longer ago says little of today.
_FRESH = timedelta(days=35)
_NAMED = 3


@dataclass(frozen=True)
class Use:
    """Of one resource. `points`: when, and how much; the last one is now. `share`: they are from 0 to 1.

    `most`: the highest of the report's time. `limit`: from where more is needed; None for no such thing.
    """

    name: str
    points: tuple[tuple[datetime, float], ...]
    share: bool
    limit: float | None
    source: str
    rows: tuple[str, ...]
    most: float | None = None
    n: int = 0

    @property
    def now(self) -> float | None:
        return self.points[-1][1] if self.points else None

    @property
    def a_day(self) -> float | None:
        return growth(self.points)

    @property
    def is_short(self) -> bool:
        return self.now is not None and self.limit is not None and self.now > self.limit

    def shown(self, value: float) -> str:
        return f"{number(value * 100)} %" if self.share else number(value)


async def capacity(wanted: Wanted) -> Section:
    playbook, period = wanted.context.playbook.current, wanted.period
    asked = resources(playbook, wanted.options.capacity)
    typed = _by_name(await of_kind(wanted.context.queue.database, Kind.CAPACITY, period.end))
    found = []
    for name, resource in {**asked, **{name: Resource() for name in typed if name not in asked}}.items():
        if resource.check is not None:
            check = playbook.checks[resource.check]
            found.append(await _measured(wanted, name, resource, resource.check, check))
        else:
            found.append(_entered(name, resource, typed.get(name, []), wanted))
    if not found:
        return Section("capacity", "Capacity", connect=CONNECT)
    return tell(found, period)


def resources(playbook: Playbook, options: Mapping[str, Resource]) -> dict[str, Resource]:
    """Those the report names, or else the probes that are called as such things are."""
    if options:
        return dict(options)
    return {
        name: Resource(check=name)
        for name, check in playbook.checks.items()
        if check.every is not None
        and (check.prometheus or check.command)
        and any(word in name.lower() for word in WORDS)
    }


def _by_name(records: list[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for each in records:
        found.setdefault(each.entry.name, []).append(each)
    return found


async def _measured(wanted: Wanted, name: str, resource: Resource, source: str, check: Check) -> Use:
    period = wanted.period
    edges = [period.end - timedelta(weeks=n) for n in range(WEEKS, 0, -1)]
    weeks = await means(wanted.context.queue.database, source, [*edges, period.end])
    points = [
        (at + timedelta(weeks=1), week) for at, week in zip(edges, weeks, strict=True) if week is not None
    ]
    rows = [
        f"week until {dated(at, period)}: {number(week.average, 3)} on average of {week.n} answers of"
        f" {source}, {number(week.most, 3)} at most"
        for at, week in points
    ]
    last = weeks[-1]
    given = (check.warn_above, check.fail_above)
    limit = next((each for each in (resource.scale_above, *given) if each is not None), None)
    share = check.unit == "%" or (limit is not None and limit <= 1)
    return Use(
        name,
        # A probe that is silent now is not what it was weeks ago.
        tuple((at, week.average) for at, week in points) if last is not None else (),
        share,
        limit if limit is not None else SCALE_ABOVE if share else None,
        source,
        tuple(reversed(rows)),
        last.most if last is not None else None,
        last.n if last is not None else 0,
    )


def _entered(name: str, resource: Resource, records: list[Record], wanted: Wanted) -> Use:
    period = wanted.period
    fresh = bool(records) and records[-1].at >= period.end - max(_FRESH, period.end - period.start)
    rows = [
        f"{dated(each.at, period)}: {number(each.share * 100)} %, entered by {who(wanted, each.by)}"
        for each in reversed(records)
    ]
    return Use(
        name,
        tuple((each.at, each.share) for each in records[-WEEKS:]) if fresh else (),
        True,
        resource.scale_above if resource.scale_above is not None else SCALE_ABOVE,
        "people",
        tuple(rows),
        n=len(records),
    )


def tell(found: list[Use], period: Period) -> Section:
    """The section."""
    short = [each for each in found if each.is_short]
    figures = [each for use in found for each in _figures(use, period)]
    unknown = [each.name for each in found if each.now is None]
    decision = ""
    if short:
        named = listed([f"{each.name} ({each.shown(each.now or 0.0)})" for each in short], _NAMED)
        decision = f"Too much is in use of {named}: what is scaled, and when?"
    return Section(
        "capacity",
        "Capacity",
        worst(_verdict(each, period) for each in found),
        _headline(found, short, unknown),
        tuple(figures),
        tuple(_line(each, period) for each in found),
        _table(found, period),
        _chart(found, period),
        decision,
    )


def _verdict(use: Use, period: Period) -> Verdict:
    if use.now is None:
        return Verdict.UNKNOWN
    if use.is_short:
        return Verdict.BAD
    soon = _needed_at(use, period)
    return Verdict.WATCH if soon is not None and soon - period.end < timedelta(days=MONTH) else Verdict.OK


def _needed_at(use: Use, period: Period) -> datetime | None:
    if use.now is None or use.limit is None:
        return None
    return reached_at(period.end, use.now, use.a_day, use.limit)


def _figures(use: Use, period: Period) -> list[Figure]:
    scale = 100 if use.share else 1
    limit = f"≤ {use.shown(use.limit)}" if use.limit is not None else ""
    now = round(use.now * scale, 2) if use.now is not None else None
    found = [
        figure(
            f"{use.name} in use",
            now,
            "%" if use.share else "",
            rows=list(use.rows),
            n=use.n,
            target=limit,
            verdict=_verdict(use, period),
        )
    ]
    if use.a_day is not None:
        rise = round(use.a_day * MONTH * scale, 2)
        unit = "points a month" if use.share else "a month"
        found.append(figure(f"{use.name} growth", rise, unit, rows=list(use.rows), n=len(use.points)))
    return found


def _line(use: Use, period: Period) -> str:
    if use.now is None:
        return f"{use.name}: not known, for there is nothing recent from {use.source}"
    parts = [f"{use.name}: {use.shown(use.now)}"]
    if use.most is not None:
        parts.append(f"{use.shown(use.most)} at most")
    if use.share:
        parts.append(f"headroom {number(100 * (1 - use.now))} %")
    if use.a_day is None:
        parts.append(f"no trend from fewer than {TREND_FROM} weeks")
    else:
        parts.append(f"{'+' if use.a_day >= 0 else '−'}{use.shown(abs(use.a_day * MONTH))} a month")
    if (at := _needed_at(use, period)) is not None and use.limit is not None:
        parts.append(f"at {use.shown(use.limit)} by {wall(at, period.zone):%Y-%m-%d}")
    return ", ".join(parts)


def _headline(found: list[Use], short: list[Use], unknown: list[str]) -> str:
    shown = [f"{each.name} {each.shown(each.now)}" for each in found if each.now is not None]
    parts = [listed(shown, 4)] if shown else []
    parts += [f"too much in use: {listed([each.name for each in short], _NAMED)}"] if short else []
    parts += [f"not known: {listed(unknown, _NAMED)}"] if unknown else []
    return "; ".join(parts)


def _table(found: list[Use], period: Period) -> Table:
    rows = tuple(
        (
            each.name,
            each.source,
            round(each.now, 4) if each.now is not None else None,
            round(each.most, 4) if each.most is not None else None,
            each.limit,
            round(each.a_day * MONTH, 4) if each.a_day is not None else None,
            f"{wall(at, period.zone):%Y-%m-%d}" if (at := _needed_at(each, period)) else "",
        )
        for each in found
    )
    columns = ("resource", "source", "in use", "at most", "more needed above", "growth a month", "needed by")
    return Table(columns, rows)


def _chart(found: list[Use], period: Period) -> Chart | None:
    """Of what was measured all the time, in shares."""
    series = [
        each for each in found if each.share and each.source != "people" and len(each.points) >= TREND_FROM
    ]
    if not series:
        return None
    instants = sorted({at for each in series for at, _ in each.points})
    lines = tuple(
        Series(each.name, tuple(round(100 * known[at], 2) if at in known else None for at in instants))
        for each in series
        for known in [dict(each.points)]
    )
    ends = ", ".join(f"{each.name} {each.shown(each.now or 0.0)}" for each in series)
    return Chart(
        "In use",
        "%",
        tuple(f"{wall(at, period.zone):%d %b}" for at in instants),
        lines,
        f"In use by week; in the last one: {ends}.",
    )
