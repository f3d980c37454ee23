"""Paging for an incident: by its severity's rule, when the time for it comes, or because somebody asked."""

from collections.abc import Sequence

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import change, queued
from bot.incidents.model.incident import EntryKind, Number, parse_number
from bot.incidents.record import apply, subject
from bot.incidents.service.work import Work, work_on
from bot.model import WATCHBILL, Act, UserId
from bot.mrkdwn import escape, said, user
from bot.paging import service as paging
from bot.paging.model import Called, Page
from bot.playbook import Playbook, Severity


def targets_at_once(playbook: Playbook, severity: Severity) -> list[str]:
    """Whom the playbook pages the moment an incident of this severity is declared."""
    rule = severity.page
    if rule is None:
        return []
    first = path_targets(playbook, rule.path) if rule.path and rule.after is None else []
    return [*rule.at_once, *first]


def path_targets(playbook: Playbook, path: str) -> list[str]:
    """The first rung of an escalation path."""
    return list(playbook.escalation[path].ladder[0].page)


async def page_for(work: Work, targets: Sequence[str], by: UserId, *, again: bool = False) -> list[Called]:
    """Page whoever the targets mean now, and say loudly which of them mean nobody."""
    if not targets:
        return []
    called = await paging.page(
        work.tx,
        subject(work.incident),
        targets,
        by=by,
        playbook=work.playbook,
        directory=work.context.directory,
        again=again,
    )
    reached = [each for each in called if each.person is not None]
    if reached:
        names = ", ".join(f"{shown(work.context, each.person)} ({escape(each.why)})" for each in reached)
        await work.apply(
            change.note(work.incident, EntryKind.PAGED, by, work.tx.now, f"paged {names}").also(
                *((queued.invite(work.incident.number),) if work.incident.room.channel else ())
            )
        )
        members = [known for each in reached if (known := _user(work.context, each.person)) is not None]
        await store.add_members(work.tx.connection, work.incident.number, members)
    for each in called:
        if each.person is None:
            text = f"Nobody was paged for {escape(each.target)}: {escape(each.why)}"
            await work.apply(change.unheard(work.incident, text, work.tx.now))
    return called


async def page(context: Context, number: Number, wanted: Sequence[str], act: Act) -> list[Called]:
    """Somebody asks for people, `user:U…`, schedules or escalation paths: all of them, or none and why."""
    async with work_on(context, number, act) as work:
        change.must_be_open(work.incident)
        targets = [target for each in wanted for target in _named(work.playbook, each)]
        return await page_for(work, targets, act.by, again=True)


def _named(playbook: Playbook, target: str) -> list[str]:
    if target.startswith(("user:", "schedule:")) or target in playbook.people:
        return [target]
    if target in playbook.escalation:
        return path_targets(playbook, target)
    if target in playbook.schedules:
        return [f"schedule:{target}"]
    # @oncall: the user group that a schedule keeps.
    groups = [name for name, each in playbook.schedules.items() if each.user_group in (target, f"@{target}")]
    if groups:
        return [f"schedule:{name}" for name in groups]
    known = ", ".join([*playbook.escalation, *playbook.schedules, *playbook.people]) or "nobody yet"
    raise UserError(
        f"Nobody is paged: I don't know whom “{said(target, 100)}” means."
        f" Name somebody with @, or one of these: {escape(known)}."
    )


async def page_due(context: Context, tx: Transaction, number: Number) -> None:
    """Nobody has acknowledged for as long as the playbook waits: page along the path."""
    incident = await store.lock(tx.connection, number)
    if incident is None or not incident.is_open or incident.acknowledged_at is not None:
        return
    try:
        _, severity = context.playbook.current.severity(incident.severity)
    except KeyError:
        return
    if severity.page is not None and severity.page.path is not None:
        work = Work(context, tx, incident)
        # Whoever was paged at once and has not answered hears of it again.
        await page_for(work, path_targets(work.playbook, severity.page.path), WATCHBILL, again=True)


async def reached(tx: Transaction, page: Page, person: UserId) -> None:
    """Slack told who the paged person is: from now on they may see what they are paged for, and enter."""
    number = parse_number(page.subject.ref)
    incident = await store.lock(tx.connection, number) if number is not None else None
    if incident is not None:
        await store.add_members(tx.connection, incident.number, [person])
        if incident.room.channel:
            tx.queue(queued.invite(incident.number))


async def unreachable(tx: Transaction, page: Page, reason: str) -> None:
    """Slack will not take a page for this person, ever: somebody else must hear of it."""
    number = parse_number(page.subject.ref)
    incident = await store.lock(tx.connection, number) if number is not None else None
    if incident is not None:
        text = f"{escape(page.person)} could not be paged: {escape(reason)}"
        await apply(tx, change.unheard(incident, text, tx.now))


def shown(context: Context, person: str | None) -> str:
    """A person as others see them: mentioned where their Slack id is known."""
    known = _user(context, person)
    return user(known) if known else escape(person or "nobody")


def _user(context: Context, person: str | None) -> UserId | None:
    if person is None:
        return None
    if person in context.playbook.current.people:
        return context.directory.known_user(person)
    return UserId(person)
