"""Actions: what is to be followed up and is late, and what was found and has nobody to put it right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.checklists.model import Run, Verb
from bot.checklists.service.queries import asked_between
from bot.followups.cards import day, days
from bot.followups.model import FollowUp, today
from bot.followups.service import public_between
from bot.incidents.model.incident import Incident, Status
from bot.incidents.service import queries
from bot.model import UserId
from bot.mrkdwn import one_line, plain
from bot.reports.model import Figure, Period, Section, Verdict, figure
from bot.reports.sections.incidents import rules_of
from bot.reports.sections.section import Wanted, dated, listed, plural, who

LINES_SHOWN = 20
_NAMED = 2


@dataclass(frozen=True)
class Followed:
    """The follow-ups that were there in the period, and what people of Slack are called."""

    found: Sequence[FollowUp] = ()
    name: Callable[[UserId], str] = str

    def overdue(self, at: datetime) -> list[FollowUp]:
        """The latest first."""
        late = [each for each in self.found if each.was_open(at) and each.days_late(at)]
        return sorted(late, key=lambda each: (each.due, each.id))


NOTHING_FOLLOWED = Followed()


async def actions(wanted: Wanted) -> Section:
    context, period = wanted.context, wanted.period
    asked = await asked_between(context, period.start, period.end)
    found = await queries.declared_between(context.queue.database, period.start, period.end)
    followed = await public_between(context.queue.database, period.start, period.end)
    impact = rules_of(context.playbook.current, wanted.options).impact
    return tell(asked.runs, found, impact, period, Followed(followed, lambda user: who(wanted, user)))


@dataclass(frozen=True)
class _Left:
    """What is left to be done, a line each. `noted`: how many problems there were, acted on or not;
    `unhandled`: those that nobody acts on, without when they were found.
    """

    late: list[str]
    causes: list[str]
    loose: list[str]
    unhandled: list[str]
    noted: int

    @property
    def lines(self) -> tuple[str, ...]:
        every = [*self.late, *self.causes, *self.loose]
        more = len(every) - LINES_SHOWN
        return (*every[:LINES_SHOWN], *([f"… and {more} more"] if more > 0 else []))

    @property
    def decision(self) -> str:
        if self.late:
            return f"Overdue: {self.late[0]}. Is it still to be done, by whom, and by when?"
        if self.loose:
            return f"Nobody acts on {listed(self.unhandled, _NAMED)}: who does, and by when?"
        return ""


def tell(
    runs: Sequence[Run],
    incidents: Sequence[Incident],
    impact: frozenset[str],
    period: Period,
    followed: Followed = NOTHING_FOLLOWED,
) -> Section:
    """The section: follow-ups, problems answered on checklists, and grave incidents whose cause nobody
    wrote down.
    """
    problems = sorted(_problems(runs), key=lambda each: each[0])
    unhandled = [(at, told) for at, told, handled in problems if not handled]
    left = _Left(
        [_late(each, followed, period) for each in followed.overdue(period.end)],
        [f"{each.name} {each.severity}: {each.title}" for each in _unexplained(incidents, impact)],
        [f"{dated(at, period)}, {told}" for at, told in unhandled],
        [told for _, told in unhandled],
        len(problems),
    )
    if not left.noted and not left.causes and not followed.found:
        return Section("actions", "Actions", headline="nothing is left to be done")
    loose, causes = left.loose, left.causes
    figures = (
        *_followed_up(followed, left.late, period),
        figure("Problems without an action", float(len(loose)), rows=loose, n=left.noted, target="none"),
        figure("Causes to be found", float(len(causes)), rows=causes, n=len(causes), target="none"),
    )
    return Section(
        "actions",
        "Actions",
        Verdict.WATCH if left.lines else Verdict.OK,
        _headline(left, followed),
        figures,
        left.lines,
        decision=left.decision,
    )


def _unexplained(incidents: Sequence[Incident], impact: frozenset[str]) -> list[Incident]:
    return [
        each
        for each in incidents
        if each.status is Status.RESOLVED
        and each.severity in impact
        and not each.resolution.root_cause.strip()
    ]


def _late(each: FollowUp, followed: Followed, period: Period) -> str:
    on = day(each.due, today(period.end, each.zone))
    late = days(each.days_late(period.end))
    return f"{each.name} {each.title}: {followed.name(each.owner)}, due {on}, {late} late"


def _followed_up(followed: Followed, late: list[str], period: Period) -> list[Figure]:
    """The figures of follow-ups; none where there never was one."""
    if not followed.found:
        return []
    opened = [
        f"{dated(each.opened_at, period)}, {each.name} {each.title}: {followed.name(each.owner)}"
        for each in followed.found
        if each.opened_at >= period.start
    ]
    closed = [
        f"{dated(each.done_at, period)}, {each.name} {each.title}: {followed.name(each.done_by)}"
        for each in followed.found
        if each.done_at is not None and each.done_by is not None and each.done_at < period.end
    ]
    verdict = Verdict.WATCH if late else Verdict.OK
    still = sum(each.was_open(period.end) for each in followed.found)
    return [
        figure("Follow-ups overdue", float(len(late)), rows=late, n=still, target="none", verdict=verdict),
        figure("Follow-ups opened", float(len(opened)), rows=opened),
        figure("Follow-ups closed", float(len(closed)), rows=closed),
    ]


def _headline(left: _Left, followed: Followed) -> str:
    parts = []
    if left.late:
        parts.append(f"{plural(len(left.late), 'follow-up')} overdue")
    elif followed.found:
        parts.append("no follow-up overdue")
    if left.noted:
        parts.append(f"{len(left.loose)} of {plural(left.noted, 'problem')} without an action")
    if left.causes:
        parts.append(f"{plural(len(left.causes), 'cause')} to be found")
    return ", ".join(parts)


def _problems(runs: Sequence[Run]) -> list[tuple[datetime, str, bool]]:
    """When, what, and whether something was done about it: an action written down, an incident, a
    follow-up.
    """
    return [
        (
            answer.at,
            f"{run.title}: {one_line(plain(answer.text)) or run.items[answer.item].text}",
            bool(answer.action.strip()) or answer.incident is not None or answer.followup is not None,
        )
        for run in runs
        for answer in [*run.answers.values(), *run.notes]
        if answer.verb in (Verb.PROBLEM, Verb.NOTE)
    ]
