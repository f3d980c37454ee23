"""Service level objectives: what was reached, and how much may still go wrong."""

from datetime import datetime, time, timedelta

from bot.checks.tally import Tally, tallies
from bot.playbook.slos import Slo
from bot.reports.budget import LITTLE_LEFT, MEASURED_FROM, Budget, Day
from bot.reports.days import midnights
from bot.reports.model import Chart, Figure, Period, Section, Series, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, listed, worst
from bot.reports.statistics import number
from bot.walltime import instant, wall

_DAY = timedelta(days=1)
# Below this, a share of the window that nobody measured is said.
WELL_MEASURED = 0.95
_NAMED = 3


async def slos(wanted: Wanted) -> Section:
    playbook = wanted.context.playbook.current
    if not playbook.slos:
        return Section(
            "slos",
            "SLOs",
            connect="No objective is set: add `slos` to the playbook, each with a probe that measures it.",
        )
    found = {name: await _budget(wanted, slo) for name, slo in playbook.slos.items()}
    return tell(found, playbook.slos, wanted.period)


async def _budget(wanted: Wanted, slo: Slo) -> Budget:
    period, database = wanted.period, wanted.context.queue.database
    start, window, resets_at = _window(slo, period)
    edges = midnights(start, period.end, period.zone)
    counted = await tallies(database, slo.good, edges, slo.under)
    [lately] = await tallies(database, slo.good, [period.start, period.end], slo.under)
    days = tuple(_day(*each) for each in zip(edges, edges[1:], counted, strict=False))
    every = wanted.context.playbook.current.checks[slo.good].every or _DAY
    return Budget(
        slo.objective, window, every, days, (lately.good, lately.bad, period.end - period.start), resets_at
    )


def _day(start: datetime, end: datetime, counted: Tally) -> Day:
    return Day(start, end, counted.good, counted.bad, counted.unknown)


def _window(slo: Slo, period: Period) -> tuple[datetime, timedelta, datetime | None]:
    """Of an objective that is looked at when the period ends: where its window begins, how long it is, and
    where it begins anew.
    """
    if isinstance(slo.window, timedelta):
        return instant(wall(period.end, period.zone) - slo.window, period.zone), slo.window, None
    last = wall(period.end - timedelta.resolution, period.zone)
    first = datetime.combine(last.date().replace(day=1), time())
    following = (first + 32 * _DAY).replace(day=1)
    start, end = instant(first, period.zone), instant(following, period.zone)
    return start, end - start, end


def tell(found: dict[str, Budget], asked: dict[str, Slo], period: Period) -> Section:
    """The section, out of each objective's budget."""
    verdicts = {name: judge(each) for name, each in found.items()}
    figures = [each for name, budget in found.items() for each in _figures(name, budget, asked[name], period)]
    lines = [_line(name, each, period) for name, each in found.items()]
    gone = [name for name, each in found.items() if each.n and each.left <= 0]
    decision = ""
    if gone:
        decision = (
            f"The error budget of {listed(gone, _NAMED)} is used up: do risky changes wait until it is back?"
        )
    return Section(
        "slos",
        "SLOs",
        worst(verdicts.values()),
        _headline(found, verdicts),
        tuple(figures),
        tuple(lines),
        _table(found, asked, period),
        _chart(found, period),
        decision,
    )


def judge(budget: Budget) -> Verdict:
    """Bad: nothing left. Unknown: less than half of the report's time was measured."""
    if budget.n and budget.left <= 0:
        return Verdict.BAD
    if budget.known_lately < MEASURED_FROM:
        return Verdict.UNKNOWN
    soon = budget.runs_out_at is not None or budget.left < LITTLE_LEFT * budget.total
    return Verdict.WATCH if soon else Verdict.OK


def _percent(share: float) -> str:
    """Never rounded up to an objective that was missed: 99.8999 is 99.8999."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".")


def _figures(name: str, budget: Budget, slo: Slo, period: Period) -> list[Figure]:
    rows = [
        f"{dated(each.start, period)}: {each.good} good, {each.bad} bad, {each.unknown} unknown answers"
        f" of {slo.good}"
        for each in budget.days
        if each.n or each.unknown
    ]
    verdict, known = judge(budget), bool(budget.n)
    burn = budget.burn
    achieved = round(budget.achieved * 100, 4) if budget.achieved is not None else None
    target = f"{_percent(budget.objective)} %"
    within = Verdict.OK if achieved is None or achieved >= budget.objective * 100 else Verdict.BAD
    found = [
        figure(
            f"{name} achieved",
            achieved,
            "%",
            rows=rows,
            n=budget.n,
            target=target,
            verdict=within if known else Verdict.UNKNOWN,
        ),
        figure(
            f"{name} budget left",
            round(budget.left, 1) if known else None,
            "min",
            rows=[f"{number(budget.total)} min at {target}, less {budget.bad} × {budget.every}", *rows],
            verdict=verdict,
        ),
    ]
    if burn is None:
        return found
    fast = Verdict.WATCH if burn > 1 else Verdict.OK
    n = budget.lately[0] + budget.lately[1]
    return [*found, figure(f"{name} burn", round(burn, 2), "×", rows=rows, n=n, target="≤ 1", verdict=fast)]


def _line(name: str, budget: Budget, period: Period) -> str:
    if not budget.n:
        return f"{name}: nothing was measured"
    spent = f"{number(budget.used)} of {number(budget.total)} min used"
    parts = [f"{name}: {_percent(budget.achieved or 0.0)} % of {_percent(budget.objective)} %", spent]
    if budget.left <= 0:
        parts.append("nothing is left")
    elif (at := budget.runs_out_at) is not None:
        parts.append(f"used up by {dated(at, period)} if it goes on like this")
    else:
        parts.append(f"{number(budget.left)} min left")
    if budget.measured < WELL_MEASURED:
        parts.append(f"measured for {number(budget.measured * 100)} % of the time")
    if budget.unknown:
        parts.append(f"{budget.unknown} answers unknown")
    return ", ".join(parts)


def _headline(found: dict[str, Budget], verdicts: dict[str, Verdict]) -> str:
    met = [name for name, each in verdicts.items() if each in (Verdict.OK, Verdict.WATCH)]
    if len(found) == 1:
        return _short(next(iter(found.values())))
    missed = [name for name, each in verdicts.items() if each is Verdict.BAD]
    silent = [name for name, each in verdicts.items() if each is Verdict.UNKNOWN]
    parts = [f"{len(met)} of {len(found)} met"]
    parts += [f"missed: {listed(missed, _NAMED)}"] if missed else []
    parts += [f"not known: {listed(silent, _NAMED)}"] if silent else []
    return "; ".join(parts)


def _short(budget: Budget) -> str:
    if budget.achieved is None:
        return "not known: the probe has no answers"
    share = f"{_percent(budget.achieved)} % (target {_percent(budget.objective)} %)"
    return f"{share}, {number(max(budget.left, 0.0))} of {number(budget.total)} min of error budget left"


def _table(found: dict[str, Budget], asked: dict[str, Slo], period: Period) -> Table:
    columns = (
        *("slo", "service", "objective %", "achieved %", "answers", "unknown", "budget min", "used min"),
        *("left min", "burn", "used up at"),
    )
    rows = [
        (
            name,
            asked[name].service or "",
            round(each.objective * 100, 6),
            round(each.achieved * 100, 4) if each.achieved is not None else None,
            *(each.n, each.unknown),
            *(round(each.total, 2), round(each.used, 2), round(each.left, 2)),
            round(each.burn, 3) if each.burn is not None else None,
            f"{wall(each.runs_out_at, period.zone):%Y-%m-%d %H:%M}" if each.runs_out_at else "",
        )
        for name, each in found.items()
    ]
    return Table(columns, tuple(rows))


def _chart(found: dict[str, Budget], period: Period) -> Chart | None:
    """Of the objectives that share the first one's window."""
    known = {name: each for name, each in found.items() if each.n}
    if not known:
        return None
    days = next(iter(known.values())).days
    same = {name: each for name, each in known.items() if len(each.days) == len(days)}
    series = tuple(
        Series(name, tuple(round(100 * share, 2) for share in each.left_after()))
        for name, each in same.items()
    )
    ends = ", ".join(
        f"{name} {number(each.values[-1] or 0.0)} %" for name, each in zip(same, series, strict=True)
    )
    return Chart(
        "Error budget left",
        "%",
        tuple(f"{wall(each.start, period.zone):%d %b}" for each in days),
        series,
        f"Error budget left at the end: {ends}.",
        target=0.0,
    )
