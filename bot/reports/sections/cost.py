"""Cost: what was spent in the month, against its budget."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.checks.tally import last_value
from bot.playbook.report_sources import Cost as Options
from bot.records.model import Kind, Record
from bot.records.service import of_kind
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, who
from bot.reports.statistics import number, usual
from bot.walltime import instant, wall

CONNECT = (
    "Nothing is known of it: enter what was spent, `/ops record cost 1234 of 2000`, or name a probe in the"
    " report's `cost`."
)
# Shares of a month's budget of which it is said that they are passed: half, three quarters, nine tenths.
PASSED = (0.9, 0.75, 0.5)
# From so much of the month on, what is left of it is reckoned at the same rate.
PROJECTED_FROM = 0.25
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """`elapsed`: the share of the month that is over when the report is made."""

    name: str
    elapsed: float


@dataclass(frozen=True)
class Spent:
    """`amount` so far; `at`: when that was known; `before`: of earlier months, oldest first."""

    amount: float | None
    budget: float | None
    rows: tuple[str, ...]
    before: tuple[float, ...]


async def cost(wanted: Wanted) -> Section:
    options, period = wanted.options.cost, wanted.period
    month, start = month_of(period)
    records = await of_kind(wanted.context.queue.database, Kind.COST, wanted.context.clock.now())
    if not records and options.check is None:
        return Section("cost", "Cost", connect=CONNECT)
    newest = {each.entry.name: each for each in records}
    before = tuple(newest[name].entry.value for name in sorted(newest) if name < month.name)[-12:]
    own = newest.get(month.name)
    budget = own.entry.of if own is not None and own.entry.of else options.budget
    amount, rows = own.entry.value if own is not None else None, _rows(records, month, wanted)
    if options.check is not None:
        found = await last_value(wanted.context.queue.database, options.check, start, period.end)
        amount = found[1] if found is not None else None
        rows = (f"{dated(found[0], period)}: {options.check} says {found[1]:g}",) if found is not None else ()
    return tell(Spent(amount, budget, rows, before), month, options)


def month_of(period: Period) -> tuple[Month, datetime]:
    """The month in which the period ends, and when that began."""
    last = wall(period.end - timedelta.resolution, period.zone)
    first = datetime.combine(last.date().replace(day=1), time())
    following = (first + 32 * _DAY).replace(day=1)
    start, end = instant(first, period.zone), instant(following, period.zone)
    return Month(f"{first:%Y-%m}", min(1.0, (period.end - start) / (end - start))), start


def _rows(records: list[Record], month: Month, wanted: Wanted) -> tuple[str, ...]:
    return tuple(
        f"{dated(each.at, wanted.period)}: {each.entry.value:g}"
        + (f" of {each.entry.of:g}" if each.entry.of else "")
        + f", entered by {who(wanted, each.by)}"
        for each in reversed(records)
        if each.entry.name == month.name
    )


def tell(spent: Spent, month: Month, options: Options) -> Section:
    """The section."""
    if spent.amount is None:
        headline = f"not known: nothing was entered or measured for {month.name}"
        return Section("cost", "Cost", Verdict.UNKNOWN, headline)
    money, share = options.currency, spent.amount / spent.budget if spent.budget else None
    # People enter sums for whole months as well as in between: only a budget makes a guess worth while.
    projected = spent.amount / month.elapsed if PROJECTED_FROM <= month.elapsed < 1 else None
    over = share is not None and share > 1
    verdict = _verdict(share, projected, spent.budget)
    figures = [
        figure(
            f"spent in {month.name}",
            round(spent.amount, 2),
            money,
            rows=list(spent.rows),
            target=f"≤ {_sum(spent.budget)}" if spent.budget else "",
            usual=usual(spent.before, "months"),
            verdict=verdict,
        )
    ]
    figures += [_share_figure(share, spent, verdict)] if share is not None else []
    if projected is not None:
        figures.append(
            figure("spent by the end of the month", round(projected, 2), money, rows=list(spent.rows))
        )
    decision = ""
    if over and share is not None:
        decision = (
            f"{month.name} is {number(100 * (share - 1))} % over its budget: what is saved, or is it raised?"
        )
    lines = [_passed(share)] if share is not None and share >= PASSED[-1] else []
    if projected is not None and spent.budget and projected > spent.budget:
        lines.append(
            f"At this rate it is {_sum(projected)} {money}".rstrip() + f" by the end of {month.name}"
        )
    return Section(
        "cost",
        "Cost",
        verdict,
        _headline(spent, share, month, money),
        tuple(figures),
        tuple(lines),
        Table(
            ("month", "spent", "budget", "of budget %", "by the end"),
            (
                (
                    month.name,
                    round(spent.amount, 2),
                    spent.budget,
                    round(100 * share, 2) if share is not None else None,
                    round(projected, 2) if projected is not None else None,
                ),
            ),
        ),
        decision=decision,
    )


def _verdict(share: float | None, projected: float | None, budget: float | None) -> Verdict:
    if share is not None and share > 1:
        return Verdict.BAD
    too_fast = projected is not None and budget is not None and projected > budget
    return Verdict.WATCH if too_fast or (share is not None and share >= PASSED[0]) else Verdict.OK


def _share_figure(share: float, spent: Spent, verdict: Verdict) -> Figure:
    return figure("of the budget", round(100 * share, 2), "%", rows=list(spent.rows), verdict=verdict)


def _passed(share: float) -> str:
    passed = next(each for each in PASSED if share >= each)
    return f"Past {100 * passed:g} % of the budget"


def _headline(spent: Spent, share: float | None, month: Month, money: str) -> str:
    told = f"{_sum(spent.amount or 0.0)} {money}".rstrip()
    if share is None or spent.budget is None:
        return f"{told} spent in {month.name}, without a budget"
    return f"{told} of {_sum(spent.budget)} spent in {month.name}, {number(100 * share)} %"


def _sum(amount: float) -> str:
    return f"{amount:,.2f}".removesuffix(".00")
