"""Cost: what was spent in the month, against its budget."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.checks.tally import last_value
from bot.records.model import BUDGET_MARKS, Kind, Record, passed
from bot.records.service import of_kind
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, who
from bot.reports.statistics import number, usual
from bot.walltime import instant, wall

CONNECT = (
    "Nothing is known of it: enter what was spent, `/ops record cost 1234 of 2000`, or name a probe in the"
    " report's `cost`."
)
# From so much of the month on, what is left of it is reckoned at the same rate.
PROJECTED_FROM = 0.25
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    name: str
    start: datetime
    end: datetime

    def elapsed(self, at: datetime) -> float:
        """The share of it that was over at an instant, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))


@dataclass(frozen=True)
class Spent:
    """`amount` in `month`, as it was known when `elapsed` of it was over; `before`: of earlier months."""

    month: str
    amount: float
    elapsed: float
    budget: float | None
    rows: tuple[str, ...] = ()
    before: tuple[float, ...] = ()
    currency: str = ""

    @property
    def share(self) -> float | None:
        """Of the budget."""
        return self.amount / self.budget if self.budget else None

    @property
    def projected(self) -> float | None:
        """By the end of the month at this rate; None where too little of it was over, or all."""
        return self.amount / self.elapsed if PROJECTED_FROM <= self.elapsed < 1 else None

    @property
    def is_too_fast(self) -> bool:
        return self.projected is not None and self.budget is not None and self.projected > self.budget


async def cost(wanted: Wanted) -> Section:
    options, period = wanted.options.cost, wanted.period
    month = month_of(period)
    records = await of_kind(wanted.context.queue.database, Kind.COST, wanted.context.clock.now())
    if not records and options.check is None:
        return Section("cost", "Cost", connect=CONNECT)
    newest = {each.entry.name: each for each in records}
    before = tuple(newest[name].entry.value for name in sorted(newest) if name < month.name)[-12:]
    own = newest.get(month.name)
    budget = own.entry.of if own is not None and own.entry.of else options.budget
    found, rows = (own.at, own.entry.value) if own is not None else None, _rows(records, month, wanted)
    if options.check is not None:
        found = await last_value(wanted.context.queue.database, options.check, month.start, period.end)
        rows = (f"{dated(found[0], period)}: {options.check} says {found[1]:g}",) if found is not None else ()
    if found is None:
        headline = f"not known: nothing was entered or measured for {month.name}"
        return Section("cost", "Cost", Verdict.UNKNOWN, headline)
    at, amount = found
    return tell(Spent(month.name, amount, month.elapsed(at), budget, rows, before, options.currency))


def month_of(period: Period) -> Month:
    """The month in which the period ends."""
    last = wall(period.end - timedelta.resolution, period.zone)
    first = datetime.combine(last.date().replace(day=1), time())
    following = (first + 32 * _DAY).replace(day=1)
    return Month(f"{first:%Y-%m}", instant(first, period.zone), instant(following, period.zone))


def _rows(records: list[Record], month: Month, wanted: Wanted) -> tuple[str, ...]:
    return tuple(
        f"{dated(each.at, wanted.period)}: {each.entry.value:g}"
        + (f" of {each.entry.of:g}" if each.entry.of else "")
        + f", entered by {who(wanted, each.by)}"
        for each in reversed(records)
        if each.entry.name == month.name
    )


def tell(spent: Spent) -> Section:
    """The section."""
    share, projected = spent.share, spent.projected
    decision = ""
    if share is not None and share > 1:
        over = f"{spent.month} is {number(100 * (share - 1))} % over its budget"
        decision = f"{over}: what is saved, or is it raised?"
    lines = []
    if spent.budget is not None and (mark := passed(spent.amount, spent.budget)) is not None:
        lines.append(f"Past {100 * mark:g} % of the budget")
    if spent.is_too_fast:
        lines.append(f"At this rate it is {_money(projected or 0.0, spent)} by the end of {spent.month}")
    row = (
        *(spent.month, round(spent.amount, 2), spent.budget),
        round(100 * share, 2) if share is not None else None,
        round(projected, 2) if projected is not None else None,
    )
    return Section(
        "cost",
        "Cost",
        _verdict(spent),
        _headline(spent),
        tuple(_figures(spent)),
        tuple(lines),
        Table(("month", "spent", "budget", "of budget %", "by the end"), (row,)),
        decision=decision,
    )


def _figures(spent: Spent) -> list[Figure]:
    rows, verdict = list(spent.rows), _verdict(spent)
    found = [
        figure(
            f"spent in {spent.month}",
            round(spent.amount, 2),
            spent.currency,
            rows=rows,
            target=f"≤ {_sum(spent.budget)}" if spent.budget else "",
            usual=usual(spent.before, "months"),
            verdict=verdict,
        )
    ]
    if spent.share is not None:
        found.append(figure("of the budget", round(100 * spent.share, 2), "%", rows=rows, verdict=verdict))
    if spent.projected is not None:
        amount = round(spent.projected, 2)
        found.append(figure("spent by the end of the month", amount, spent.currency, rows=rows))
    return found


def _verdict(spent: Spent) -> Verdict:
    if spent.share is not None and spent.share > 1:
        return Verdict.BAD
    much = spent.share is not None and spent.share >= BUDGET_MARKS[0]
    return Verdict.WATCH if much or spent.is_too_fast else Verdict.OK


def _headline(spent: Spent) -> str:
    told = _money(spent.amount, spent)
    if spent.share is None or spent.budget is None:
        return f"{told} spent in {spent.month}, without a budget"
    return f"{told} of {_sum(spent.budget)} spent in {spent.month}, {number(100 * spent.share)} %"


def _money(amount: float, spent: Spent) -> str:
    return f"{_sum(amount)} {spent.currency}".rstrip()


def _sum(amount: float) -> str:
    return f"{amount:,.2f}".removesuffix(".00")
