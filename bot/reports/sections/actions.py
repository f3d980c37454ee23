"""Actions: what was found and still has nobody to put it right."""

from collections.abc import Sequence
from datetime import datetime

from bot.checklists.model import Run, Verb
from bot.checklists.service.queries import asked_between
from bot.incidents.model.incident import Incident, Status
from bot.incidents.service import queries
from bot.mrkdwn import one_line, plain
from bot.reports.model import Period, Section, Verdict, figure
from bot.reports.sections.incidents import rules_of
from bot.reports.sections.section import Wanted, dated, listed, plural

LINES_SHOWN = 20
_NAMED = 2


async def actions(wanted: Wanted) -> Section:
    context, period = wanted.context, wanted.period
    asked = await asked_between(context, period.start, period.end)
    found = await queries.declared_between(context.queue.database, period.start, period.end)
    return tell(asked.runs, found, rules_of(context.playbook.current, wanted.options).impact, period)


def tell(
    runs: Sequence[Run], incidents: Sequence[Incident], impact: frozenset[str], period: Period
) -> Section:
    """The section: problems answered on checklists, and grave incidents whose cause nobody wrote down."""
    problems = sorted(_problems(runs), key=lambda each: each[0])
    unexplained = [
        each
        for each in incidents
        if each.status is Status.RESOLVED
        and each.severity in impact
        and not each.resolution.root_cause.strip()
    ]
    noted = [f"{dated(at, period)}, {told}" for at, told, _ in problems]
    loose = [told for (_, _, handled), told in zip(problems, noted, strict=True) if not handled]
    causes = [f"{each.name} {each.severity}: {each.title}" for each in unexplained]
    if not noted and not causes:
        return Section("actions", "Actions", headline="nothing is left to be done")
    figures = (
        figure("Problems without an action", float(len(loose)), rows=loose, n=len(noted), target="none"),
        figure("Causes to be found", float(len(causes)), rows=causes, n=len(causes), target="none"),
    )
    left = [*causes, *loose]
    lines = [*left[:LINES_SHOWN], *([f"… and {len(left) - LINES_SHOWN} more"] if left[LINES_SHOWN:] else [])]
    decision = ""
    if loose:
        what = listed([told for _, told, handled in problems if not handled], _NAMED)
        decision = f"Nobody acts on {what}: who does, and by when?"
    return Section(
        "actions",
        "Actions",
        Verdict.WATCH if left else Verdict.OK,
        _headline(len(loose), len(noted), len(causes)),
        figures,
        tuple(lines),
        decision=decision,
    )


def _headline(loose: int, noted: int, causes: int) -> str:
    parts = []
    if noted:
        parts.append(f"{loose} of {plural(noted, 'problem')} without an action")
    if causes:
        parts.append(f"{plural(causes, 'cause')} to be found")
    return ", ".join(parts)


def _problems(runs: Sequence[Run]) -> list[tuple[datetime, str, bool]]:
    """When, what, and whether something was done about it: an action written down, or an incident."""
    return [
        (
            answer.at,
            f"{run.title}: {one_line(plain(answer.text)) or run.items[answer.item].text}",
            bool(answer.action.strip()) or answer.incident is not None,
        )
        for run in runs
        for answer in [*run.answers.values(), *run.notes]
        if answer.verb in (Verb.PROBLEM, Verb.NOTE)
    ]
