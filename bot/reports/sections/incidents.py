"""Incidents: how many of each severity, how soon they were taken and over, and how long customers felt them.

False alarms and what was merged into another are left out, and so are private ones: a report has no walls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from bot.incidents.model.incident import Incident, Status
from bot.incidents.service import queries
from bot.playbook import Playbook
from bot.playbook.reports import Report as Options
from bot.reports.model import Chart, Figure, Period, Section, Series, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, listed, plural, worst
from bot.reports.statistics import (
    LEAST_COMPARED,
    LEAST_FOR_P90,
    PERIODS_COMPARED,
    covered,
    in_words,
    median,
    minutes,
    quantile,
    usual,
)

LINES_SHOWN = 20
_NAMED = 3


@dataclass(frozen=True)
class Rules:
    """By what incidents are judged: severities from the gravest on, those that customers notice, targets."""

    severities: Sequence[str]
    impact: frozenset[str]
    acknowledge: timedelta | None
    resolve: timedelta | None


async def incidents(wanted: Wanted) -> Section:
    database, period = wanted.context.queue.database, wanted.period
    first = await queries.first_declared(database)
    compared = period.earlier(PERIODS_COMPARED)
    known = [each for each in compared if first is not None and first <= each.start]
    begin = known[0].start if known else period.start
    found = await queries.declared_between(database, begin, period.end)
    return tell(found, period, known, rules_of(wanted.context.playbook.current, wanted.options))


def rules_of(playbook: Playbook, options: Options) -> Rules:
    severities = list(playbook.severities)
    impact = [playbook.severity(word)[0] for word in options.impact] or severities[:2]
    acknowledge, resolve = (options.targets.get(each) for each in ("acknowledge", "resolve"))
    return Rules(
        severities,
        frozenset(impact),
        timedelta(seconds=acknowledge) if acknowledge is not None else None,
        timedelta(seconds=resolve) if resolve is not None else None,
    )


def tell(found: Sequence[Incident], period: Period, before: Sequence[Period], rules: Rules) -> Section:
    """The section. `found`: declared in `period` or in the periods `before` it, oldest first."""
    counted = [each for each in found if each.status not in (Status.CANCELLED, Status.MERGED)]
    now = [each for each in counted if each.declared_at >= period.start]
    left_out = sum(each.declared_at >= period.start for each in found) - len(now)
    counts = _counts(now, counted, before, rules, period)
    times = [
        *_times(now, "acknowledge", rules.acknowledge, lambda each: each.acknowledged_at),
        *_times(now, "resolve", rules.resolve, _resolved_at),
    ]
    figures = [*counts, *times, _impact(now, rules, period)]
    open_ones = [each for each in now if _ended(each, period) is None]
    lines = [_line(each, period) for each in reversed(now)]
    if len(lines) > LINES_SHOWN:
        lines = [*lines[:LINES_SHOWN], f"… and {len(lines) - LINES_SHOWN} more, in the figures attached"]
    if left_out:
        lines.append(
            f"{plural(left_out, 'false alarm or duplicate', 'false alarms and duplicates')} left out"
        )
    verdict = worst([*(each.verdict for each in figures), Verdict.WATCH if open_ones else Verdict.OK])
    return Section(
        "incidents",
        "Incidents",
        verdict,
        _headline(now, open_ones, rules, figures[-1]),
        tuple(figures),
        tuple(lines),
        _table(now, period),
        _chart(counted, [*before, period], rules),
        _decision(now, open_ones, rules),
    )


def _counts(
    now: Sequence[Incident],
    counted: Sequence[Incident],
    before: Sequence[Period],
    rules: Rules,
    period: Period,
) -> list[Figure]:
    gone = sorted({each.severity for each in now} - set(rules.severities))
    figures = []
    for severity in [*rules.severities, *gone]:
        own = [each for each in now if each.severity == severity]
        past = [
            float(sum(each.severity == severity and _within(each, earlier) for each in counted))
            for earlier in before
        ]
        gravest = severity == rules.severities[0]
        many = len(past) >= LEAST_COMPARED and len(own) > max(past)
        verdict = Verdict.BAD if own and gravest else Verdict.WATCH if many else Verdict.OK
        figures.append(
            figure(
                f"Incidents {severity}",
                float(len(own)),
                rows=[_line(each, period) for each in own],
                verdict=verdict,
                target="none" if gravest else "",
                usual=usual(past, period.plural),
            )
        )
    return figures


def _within(incident: Incident, period: Period) -> bool:
    return period.start <= incident.declared_at < period.end


def _times(
    now: Sequence[Incident],
    verb: str,
    target: timedelta | None,
    end: Callable[[Incident], datetime | None],
) -> list[Figure]:
    """From the declaration to `end`, of those that got there."""
    spans = [(minutes(at - each.declared_at), each) for each in now if (at := end(each)) is not None]
    if not spans:
        return []
    values = [span for span, _ in spans]
    rows = [f"{each.name} {each.severity}: {in_words(timedelta(minutes=span))}" for span, each in spans]
    middle = median(values)
    late = target is not None and middle > minutes(target)
    shown = f"≤ {in_words(target)}" if target is not None else ""
    verdict = Verdict.WATCH if late else Verdict.OK
    told = [
        figure(
            f"Time to {verb}, median", middle, "min", rows=rows, n=len(rows), target=shown, verdict=verdict
        )
    ]
    if len(values) >= LEAST_FOR_P90:
        told.append(figure(f"Time to {verb}, p90", quantile(values, 0.9), "min", rows=rows, n=len(rows)))
    return told


def _impact(now: Sequence[Incident], rules: Rules, period: Period) -> Figure:
    """Minutes in which customers noticed at least one incident: from its start until it was fixed."""
    felt = [each for each in now if each.severity in rules.impact]
    ends = [(each, min(_fixed_at(each) or period.end, period.end)) for each in felt]
    stretches = [(each.started_at, end) for each, end in ends if end > each.started_at]
    rows = [
        f"{each.name} {each.severity}: {dated(each.started_at, period)}, {in_words(end - each.started_at)}"
        for each, end in ends
        if end > each.started_at
    ]
    spent = minutes(covered(stretches))
    return figure("Customer impact", round(spent, 1), "min", rows=rows, n=len(rows))


def _fixed_at(incident: Incident) -> datetime | None:
    return incident.fixed_at or incident.ended_at


def _resolved_at(incident: Incident) -> datetime | None:
    return incident.ended_at if incident.status is Status.RESOLVED else None


def _ended(incident: Incident, period: Period) -> datetime | None:
    at = incident.ended_at
    return at if at is not None and at <= period.end else None


def _line(incident: Incident, period: Period) -> str:
    ended = _ended(incident, period)
    state = f"over after {in_words(ended - incident.declared_at)}" if ended else "still open"
    when = dated(incident.declared_at, period)
    return f"{incident.name} {incident.severity}, {when}, {state}: {incident.title}"


def _headline(now: Sequence[Incident], still: Sequence[Incident], rules: Rules, impact: Figure) -> str:
    if not now:
        return "none"
    by_severity = [
        f"{count} {severity}"
        for severity in rules.severities
        if (count := sum(each.severity == severity for each in now))
    ]
    parts = [f"{len(now)} ({', '.join(by_severity)})" if by_severity else str(len(now))]
    if impact.value:
        parts.append(f"customers affected for {in_words(timedelta(minutes=impact.value))}")
    if still:
        parts.append(f"{len(still)} still open")
    return ", ".join(parts)


def _decision(now: Sequence[Incident], still: Sequence[Incident], rules: Rules) -> str:
    """About those that customers notice first: one that goes on, then one nobody explained."""
    grave = [
        each
        for severity in rules.severities
        for each in now
        if each.severity == severity and severity in rules.impact
    ]
    unexplained = [each for each in grave if each not in still and not each.resolution.root_cause.strip()]
    going_on = [each for each in grave if each in still] or (still if not unexplained else [])
    if going_on:
        return f"{_named(going_on)} still open: who brings it to an end?"
    if unexplained:
        return f"No cause is on record for {_named(unexplained)}: who finds out, and by when?"
    return ""


def _named(found: Sequence[Incident]) -> str:
    return listed([f"{each.name} ({each.severity})" for each in found], _NAMED)


def _table(now: Sequence[Incident], period: Period) -> Table | None:
    if not now:
        return None
    columns = (
        "incident",
        "severity",
        "title",
        "declared",
        "to acknowledge, min",
        "to resolve, min",
        "status",
    )
    rows = [
        (
            each.name,
            each.severity,
            each.title,
            f"{each.declared_at.astimezone(period.zone):%Y-%m-%d %H:%M}",
            _minutes_to(each, each.acknowledged_at),
            _minutes_to(each, _resolved_at(each)),
            str(each.status),
        )
        for each in now
    ]
    return Table(columns, tuple(rows))


def _minutes_to(incident: Incident, at: datetime | None) -> float | None:
    return round(minutes(at - incident.declared_at), 1) if at is not None else None


def _chart(counted: Sequence[Incident], periods: Sequence[Period], rules: Rules) -> Chart | None:
    if len(periods) <= LEAST_COMPARED:
        return None
    counts = {
        severity: [
            float(sum(each.severity == severity and _within(each, period) for each in counted))
            for period in periods
        ]
        for severity in rules.severities
    }
    seen = {severity: values for severity, values in counts.items() if any(values)}
    if not seen:
        return None
    totals = [int(sum(values)) for values in zip(*seen.values(), strict=True)]
    *past, last = totals
    quiet = len(list(takewhile(lambda total: total == 0, totals)))
    since = f", none in the first {quiet}" if quiet else ""
    alt = (
        f"Incidents declared in {len(periods)} {periods[-1].plural}, by severity: {last} in the last one,"
        f" {min(past)} to {max(past)} in those before{since}."
    )
    series = tuple(Series(severity, tuple(values)) for severity, values in seen.items())
    return Chart("Incidents", "", tuple(each.name for each in periods), series, alt, bars=True)
