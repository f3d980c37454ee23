"""Toil: what is done by hand, what it takes, and what is worth ending."""

from bot.records.model import Entry, Kind, Record, monthly_minutes
from bot.records.service import of_kind
from bot.reports.model import Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, plural, who
from bot.reports.statistics import number

CONNECT = 'Nothing is known of it: enter what is done by hand, `/ops record toil "Log rotation" 15m daily`.'
LINES_SHOWN = 15
# Who gets the work back within half a year had better begin.
PAYS_WITHIN_MONTHS = 6.0


async def toil(wanted: Wanted) -> Section:
    records = await of_kind(wanted.context.queue.database, Kind.TOIL, wanted.period.end)
    if not records:
        return Section("toil", "Toil", connect=CONNECT)
    found = current(records)
    rows = [
        f"{_line(each.entry)}, entered {dated(each.at, wanted.period)} by {who(wanted, each.by)}"
        for each in found
    ]
    return tell([each.entry for each in found], rows)


def current(records: list[Record]) -> list[Record]:
    """Of each task what was entered last, unless that it is gone; what takes the most first."""
    last = {each.entry.name.lower(): each for each in records}
    left = [each for each in last.values() if each.entry.value]
    return sorted(left, key=lambda each: -monthly_minutes(each.entry))


def pays_after(entry: Entry) -> float | None:
    """Months until ending it has paid for itself; None where nobody said what it takes."""
    return entry.of / monthly_minutes(entry) if entry.of else None


def tell(found: list[Entry], rows: list[str]) -> Section:
    """The section. `rows`: who entered each of them, and when."""
    if not found:
        return Section("toil", "Toil", headline="nothing is done by hand any more")
    hours = sum(monthly_minutes(each) for each in found) / 60
    worth = [each for each in found if (pays_after(each) or PAYS_WITHIN_MONTHS + 1) <= PAYS_WITHIN_MONTHS]
    decision = ""
    if worth:
        best = min(worth, key=lambda each: pays_after(each) or 0.0)
        months = number(pays_after(best) or 0.0)
        decision = f"Ending “{best.name}” pays for itself within {months} months: who does it?"
    table = Table(
        ("task", "how often", "minutes each", "hours a month", "hours to automate", "pays after months"),
        tuple(_row(each) for each in found),
    )
    return Section(
        "toil",
        "Toil",
        Verdict.WATCH if worth else Verdict.OK,
        f"{plural(len(found), 'task')} by hand, {number(hours)} h a month",
        (figure("toil a month", round(hours, 2), "h", rows=rows, n=len(found)),),
        tuple(_line(each) for each in found[:LINES_SHOWN]),
        table,
        decision=decision,
    )


def _row(entry: Entry) -> tuple[str | float | int | None, ...]:
    months = pays_after(entry)
    return (
        entry.name,
        entry.often,
        entry.value,
        round(monthly_minutes(entry) / 60, 2),
        round(entry.of / 60, 2) if entry.of else None,
        round(months, 1) if months is not None else None,
    )


def _line(entry: Entry) -> str:
    parts = [f"{entry.name}: {number(entry.value)} min {entry.often}"]
    parts.append(f"{number(monthly_minutes(entry) / 60)} h a month")
    if (months := pays_after(entry)) is not None:
        parts.append(
            f"ending it takes {number((entry.of or 0.0) / 60)} h and pays after {number(months)} months"
        )
    return ", ".join(parts)
