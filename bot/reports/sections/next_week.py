"""Next week: who is on call, where nobody is, planned changes, days off, and routines that are not daily."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.checklists.routines import PREFIX
from bot.checklists.routines import routines as checklist_routines
from bot.jobs.service import Upcoming, upcoming
from bot.jobs.workdays import day_off
from bot.oncall.model import Shift
from bot.oncall.rota import Gap, Rota, gaps
from bot.oncall.service import covers, worked_out
from bot.records.model import Record
from bot.records.service import changes_between
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, plural
from bot.reports.statistics import in_words

AHEAD = timedelta(weeks=1)
# What is due more often is everyday life, and would hide the rest.
MOST_OFTEN = 2
_SHIFTS_SHOWN = 4


@dataclass(frozen=True)
class Ahead:
    """What is known of the week that begins with the report."""

    rota: Rota
    days_off: Mapping[date, str]
    routines: Sequence[Upcoming]
    changes: Sequence[Record] = ()


async def next_week(wanted: Wanted) -> Section:
    context, period = wanted.context, wanted.period
    playbook = context.playbook.current
    # A monthly report tells of the week in which it is read, not of the one after the month.
    start = max(period.end, min(context.clock.now(), period.end + timedelta(days=31)))
    end = start + AHEAD
    async with context.queue.database.read() as connection:
        stood_in = await covers(connection, playbook, start)
    on_duty = await worked_out(playbook, stood_in, start, end)
    days = [start.astimezone(period.zone).date() + timedelta(days=n) for n in range(AHEAD.days + 1)]
    off = {day: name for day in days if (name := day_off(day, playbook.holidays))}
    due = upcoming(checklist_routines(playbook), start, end)
    titles = {f"{PREFIX}{name}": rules.title or name for name, rules in playbook.checklists.items()}
    changes = await changes_between(context.queue.database, start, end)
    return tell(Ahead(on_duty, off, due, changes), period, titles)


def tell(ahead: Ahead, period: Period, titles: Mapping[str, str]) -> Section:
    """The section. `titles`: of routines."""
    empty = gaps(ahead.rota)
    rare = _rare(ahead.routines)
    changes = "; ".join(_change(each, period) for each in ahead.changes)
    lines = [
        *(f"Nobody: {_gap(each, period)}" for each in empty),
        *(f"On call, {name}: {_shifts(on_it, period)}" for name, on_it in ahead.rota.items() if on_it),
        *([f"Changes: {changes}"] if changes else []),
        *(f"Day off: {day:%a} {day.day} {day:%b}, {name}" for day, name in ahead.days_off.items()),
        *(f"{dated(each.time.at, period)}: {titles.get(each.job, each.job)}" for each in rare),
    ]
    if not lines:
        connect = "Nothing is known of it: add `schedules`, `holidays` and `checklists` to the playbook."
        return Section("next_week", "Next week", connect=connect)
    hours = sum((each.end - each.start for each in empty), timedelta()).total_seconds() / 3600
    holes = figure(
        "Hours without anybody on call",
        round(hours, 1),
        "h",
        rows=[_gap(each, period) for each in empty],
        n=len(empty),
        target="none",
        verdict=Verdict.BAD if empty else Verdict.OK,
    )
    decision = ""
    if empty:
        more = f" ({len(empty) - 1} more)" if len(empty) > 1 else ""
        decision = f"Nobody is on call on {_gap(empty[0], period)}{more}: who takes it?"
    return Section(
        "next_week",
        "Next week",
        Verdict.BAD if empty else Verdict.OK,
        _headline(empty, ahead, len(rare)),
        (*((holes,) if ahead.rota else ()), *_planned(ahead.changes, period)),
        tuple(lines),
        _table(ahead, period, titles),
        decision=decision,
    )


def _rare(found: Sequence[Upcoming]) -> list[Upcoming]:
    often = Counter(each.job for each in found)
    return [each for each in found if often[each.job] <= MOST_OFTEN]


def _headline(empty: Sequence[Gap], ahead: Ahead, routines: int) -> str:
    parts = []
    if empty:
        parts.append(f"{plural(len(empty), 'gap')} in the rota")
    elif ahead.rota:
        parts.append("somebody is always on call")
    if ahead.changes:
        parts.append(plural(len(ahead.changes), "change") + " planned")
    if ahead.days_off:
        parts.append(plural(len(ahead.days_off), "day") + " off")
    if routines:
        parts.append(plural(routines, "routine") + " beside the daily ones")
    return ", ".join(parts) or "nothing special"


def _planned(changes: Sequence[Record], period: Period) -> tuple[Figure, ...]:
    if not changes:
        return ()
    rows = [_change(each, period) for each in changes]
    return (figure("Changes planned", len(changes), rows=rows, n=len(changes)),)


def _change(each: Record, period: Period) -> str:
    begins = each.entry.begins_at or each.at
    length = in_words(timedelta(minutes=each.entry.value))
    return f"{dated(begins, period)}, {length}, {each.entry.name}"


def _gap(gap: Gap, period: Period) -> str:
    length = in_words(gap.end - gap.start)
    return f"{gap.schedule} from {dated(gap.start, period)} to {dated(gap.end, period)} ({length})"


def _shifts(on_it: Sequence[Shift], period: Period) -> str:
    """Who is on until when; of many short shifts, who is on at all."""
    manned = [each for each in on_it if each.people]
    if len(manned) > _SHIFTS_SHOWN:
        return " and ".join(dict.fromkeys(person for each in manned for person in each.people)) + " in turn"
    return ", then ".join(f"{' and '.join(each.people)} until {dated(each.end, period)}" for each in manned)


def _table(ahead: Ahead, period: Period, titles: Mapping[str, str]) -> Table:
    def local(at: datetime) -> str:
        return f"{at.astimezone(period.zone):%Y-%m-%d %H:%M}"

    on_call = [
        (local(each.start), local(each.end), name, " and ".join(each.people) or "nobody")
        for name, on_it in ahead.rota.items()
        for each in on_it
    ]
    changes = [
        (local(begins), local(ends), "change", each.entry.name)
        for each in ahead.changes
        if (begins := each.entry.begins_at) and (ends := each.entry.ends_at)
    ]
    off = [(f"{day:%Y-%m-%d}", "", "day off", name) for day, name in ahead.days_off.items()]
    due = [
        (
            local(first.time.at),
            "",
            "routine",
            titles.get(job, job) + (f", {count} times" if count > 1 else ""),
        )
        for job, group in groupby(sorted(ahead.routines, key=lambda each: each.job), lambda each: each.job)
        if (times := list(group))
        for first, count in [(times[0], len(times))]
    ]
    return Table(("from", "to", "what", "who"), tuple(sorted([*on_call, *changes, *off, *due])))
