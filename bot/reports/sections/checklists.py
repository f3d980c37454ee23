"""Checklists: what was done of what was asked, and what came late or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.checklists.model import Run, State
from bot.checklists.service.queries import asked_between
from bot.jobs.model import LATE
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, plural


@dataclass(frozen=True)
class Counted:
    """One checklist: what became of each time it was due. `missed`: nobody was there to ask it."""

    title: str
    runs: Sequence[Run]
    missed: Sequence[datetime]

    @property
    def done(self) -> int:
        return sum(run.state is State.DONE for run in self.runs)

    @property
    def open(self) -> int:
        return sum(run.state is State.OPEN for run in self.runs)

    @property
    def late(self) -> int:
        return sum(run.late_by > LATE for run in self.runs)

    @property
    def problems(self) -> int:
        return sum(run.problems for run in self.runs)

    @property
    def due(self) -> int:
        """How many should be done by now: what still waits for answers is not among them."""
        return len(self.runs) - self.open + len(self.missed)


async def checklists(wanted: Wanted) -> Section:
    playbook, period = wanted.context.playbook.current, wanted.period
    if not playbook.checklists:
        connect = "No checklists yet: add `checklists` to the playbook, and what is answered stands here."
        return Section("checklists", "Checklists", connect=connect)
    asked = await asked_between(wanted.context, period.start, period.end)
    titles = {name: rules.title or name for name, rules in playbook.checklists.items()}
    return tell(asked.runs, asked.missed, titles, period, wanted.options.targets.get("checklists"))


def tell(
    runs: Sequence[Run],
    missed: Sequence[tuple[datetime, str]],
    titles: Mapping[str, str],
    period: Period,
    target: float | None,
) -> Section:
    """The section. `titles`: of the playbook's checklists by name; `target`: the share to be done."""
    counted = _counted(runs, missed, titles)
    if not counted:
        return Section("checklists", "Checklists", headline="none was asked")
    done = _done(counted, 1.0 if target is None else target, _rows(runs, missed, period))
    problems = sum(run.problems for run in runs)
    found = f", {plural(problems, 'problem')} found" if problems else ""
    return Section(
        "checklists",
        "Checklists",
        done.verdict,
        f"{sum(each.done for each in counted)} of {sum(each.due for each in counted)} done{found}",
        (done, _problems(runs, period)),
        tuple(_line(each) for each in counted),
        _table(counted),
        decision=_decision(counted),
    )


def _counted(
    runs: Sequence[Run], missed: Sequence[tuple[datetime, str]], titles: Mapping[str, str]
) -> list[Counted]:
    """The playbook's first, then those it has no more; only what was due."""
    names = dict.fromkeys([*titles, *(run.scope.checklist for run in runs)])
    every = (
        Counted(
            titles.get(name, name),
            [run for run in runs if run.scope.checklist == name],
            [at for at, which in missed if which == name],
        )
        for name in names
    )
    return [each for each in every if each.runs or each.missed]


def _done(counted: Sequence[Counted], target: float, rows: Sequence[str]) -> Figure:
    due, done = sum(each.due for each in counted), sum(each.done for each in counted)
    return figure(
        "Checklists done",
        round(100 * done / due, 1) if due else None,
        "%",
        rows=rows,
        n=due,
        verdict=Verdict.WATCH if due and done / due < target else Verdict.OK,
        target=f"≥ {100 * target:g} %",
    )


def _problems(runs: Sequence[Run], period: Period) -> Figure:
    told = [
        f"{run.title}, {dated(run.started_at, period)}: {plural(run.problems, 'problem')}"
        for run in runs
        if run.problems
    ]
    return figure("Problems found", float(sum(run.problems for run in runs)), rows=told, n=len(runs))


def _rows(runs: Sequence[Run], missed: Sequence[tuple[datetime, str]], period: Period) -> list[str]:
    asked = [(run.started_at, f"{run.title} (run {run.id}): {run.state}") for run in runs]
    away = [(at, f"{name}: missed, Watchbill was not running") for at, name in missed]
    return [f"{dated(at, period)}, {told}" for at, told in sorted(asked + away)]


def _line(each: Counted) -> str:
    more = [
        plural(len(each.missed), "time") + " missed" if each.missed else "",
        f"{each.late} asked late" if each.late else "",
        f"{each.open} waiting" if each.open else "",
        plural(each.problems, "problem") if each.problems else "",
    ]
    return ", ".join([f"{each.title}: {each.done} of {each.due} done", *(part for part in more if part)])


def _decision(counted: Sequence[Counted]) -> str:
    """Of one that is not done more often than it is: whether it is worth asking."""
    left = [each for each in counted if each.due > 1 and each.done * 2 < each.due]
    if not left:
        return ""
    least = max(left, key=lambda each: each.due - each.done)
    return (
        f"“{least.title}” was done {least.done} of {least.due} times: does it need another time, another"
        " person, or nobody at all?"
    )


def _table(counted: Sequence[Counted]) -> Table:
    columns = ("checklist", "due", "done", "missed", "asked late", "waiting", "problems")
    rows = [
        (each.title, each.due, each.done, len(each.missed), each.late, each.open, each.problems)
        for each in counted
    ]
    return Table(columns, tuple(rows))
