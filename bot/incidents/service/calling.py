"""Paging for an incident: by its severity's rule, when the time for it comes, or because somebody asked."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from bot.calls import service as calls
from bot.calls.model import parse_ref
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.incidents import store
from bot.incidents.model import answering, change, queued
from bot.incidents.model.incident import EntryKind, Number, parse_number
from bot.incidents.record import subject
from bot.incidents.service.work import Work, work_on
from bot.model import WATCHBILL, Act, UserId
from bot.mrkdwn import escape, user
from bot.paging import climbing
from bot.paging import service as paging
from bot.paging.ladder import Climb, ClimbId, Ladder, Rung
from bot.paging.model import ASKED_FOR, Called, Page
from bot.playbook import Severity


async def call_out(work: Work, severity: Severity, by: UserId) -> None:
    """Page whom the playbook pages the moment an incident is of this severity, and begin its path."""
    rule = severity.page
    if rule is None or rule.path is None or rule.after is not None:
        # Whoever an earlier severity would still have called is not called for this one.
        await paging.end_climbs(work.tx, work.incident.name)
    if rule is None:
        return
    await page_for(work, rule.at_once, by, rule=f"{work.incident.severity} pages at once")
    if rule.path is not None and rule.after is None:
        await climb(work, rule.path, by)


async def climb(work: Work, path: str, by: UserId, *, again: bool = False) -> list[Called]:
    """Begin an escalation path, as the playbook has it now; gives whom its first step called."""
    ladder = climbing.ladder_of(work.playbook, path)
    begun = await paging.begin_climb(work.tx, subject(work.incident), ladder)
    return await _take_steps(work, begun, by, again=again)


async def _take_steps(work: Work, climb: Climb, by: UserId, *, again: bool) -> list[Called]:
    """Take every step that is due. `again`: whoever has not answered an earlier page is paged once more."""
    unheard = climb.ladder.unheard

    async def call(rung: Rung, step: int) -> list[Called]:
        rule = climb.ladder.words(step)
        return await page_for(work, rung.targets, by, rule=rule, again=again or step > 0, unheard=unheard)

    async def ran_out(ladder: Ladder) -> None:
        text = f"Nobody answered on the path {escape(ladder.path)}, and there is nobody left to call"
        await work.apply(answering.unheard(work.incident, text, work.tx.now, unheard))

    return await climbing.take_steps(work.tx, climb, call, ran_out)


async def call_next(work: Work, by: UserId) -> list[Called]:
    """Somebody cannot, or needs help: the next step of the path at once. Loud where there is none."""
    last = await paging.last_climb(work.tx, work.incident.name)
    if last is None or last.exhausted:
        text = "There is nobody further to call: the incident has no escalation path, or it has run out"
        await work.apply(answering.unheard(work.incident, text, work.tx.now))
        return []
    return await _take_steps(work, replace(last, due_at=work.tx.now), by, again=True)


async def climb_due(context: Context, tx: Transaction, number: ClimbId) -> None:
    """The time for a ladder's next step has come, and nobody has answered."""
    found = await paging.find_climb(tx, number)
    if found is not None and (call := parse_ref(found.subject)) is not None:
        await calls.climb_due(context, tx, call)
        return
    about = parse_number(found.subject) if found else None
    incident = await store.lock(tx.connection, about) if about is not None else None
    # Looked at again with the incident held: an answer may have ended the climb meanwhile.
    found = await paging.find_climb(tx, number)
    if incident is None or found is None or found.due_at is None or not incident.is_open:
        return
    work = Work(context, tx, incident)
    await _take_steps(work, found, WATCHBILL, again=True)


async def page_for(
    work: Work,
    targets: Sequence[str],
    by: UserId,
    *,
    rule: str,
    again: bool = False,
    unheard: str | None = None,
) -> list[Called]:
    """Page whoever the targets mean now, and say loudly which of them mean nobody.

    `unheard`: a channel that is to hear of it beside the usual one.
    """
    if not targets:
        return []
    called = await paging.page(
        work.tx,
        subject(work.incident),
        targets,
        by=by,
        playbook=work.playbook,
        directory=work.context.directory,
        rule=rule,
        again=again,
    )
    reached = [each for each in called if each.person is not None and not each.waiting]
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
            await work.apply(answering.unheard(work.incident, text, work.tx.now, unheard))
    return called


async def page(context: Context, number: Number, wanted: Sequence[str], act: Act) -> list[Called]:
    """Somebody asks for people, `user:U…`, schedules or escalation paths: all of them, or none and why."""
    async with work_on(context, number, act) as work:
        change.must_be_open(work.incident)
        paths = [each for each in wanted if each in work.playbook.escalation]
        targets = [
            target for each in wanted if each not in paths for target in climbing.targets(work.playbook, each)
        ]
        called = await page_for(work, targets, act.by, rule=ASKED_FOR, again=True)
        for path in paths:
            called += await climb(work, path, act.by, again=True)
        return called


async def page_due(context: Context, tx: Transaction, number: Number) -> None:
    """Nobody has acknowledged for as long as the playbook waits: page along the path."""
    incident = await store.lock(tx.connection, number)
    if incident is None or not incident.is_open or incident.acknowledged_at is not None:
        return
    work, page = Work(context, tx, incident), None
    with contextlib.suppress(KeyError):
        page = context.playbook.current.severity(incident.severity)[1].page
    if page is not None and page.path is not None:
        # Whoever was paged at once and has not answered hears of it again.
        await climb(work, page.path, WATCHBILL, again=True)
        return
    # When it was declared there was a path; the playbook was read again since.
    text = f"Nobody was paged: the playbook has no path for {escape(incident.severity)} any more"
    await work.apply(answering.unheard(work.incident, text, tx.now))


async def reached(tx: Transaction, page: Page, person: UserId) -> None:
    """Slack told who the paged person is: from now on they may see what they are paged for, and enter."""
    number = parse_number(page.subject.ref)
    incident = await store.lock(tx.connection, number) if number is not None else None
    if incident is not None:
        await store.add_members(tx.connection, incident.number, [person])
        if incident.room.channel:
            tx.queue(queued.invite(incident.number))


async def unreachable(context: Context, tx: Transaction, page: Page, reason: str) -> None:
    """No way leads to this person: somebody else must hear of it, and is called if nobody else waits."""
    number = parse_number(page.subject.ref)
    incident = await store.lock(tx.connection, number) if number is not None else None
    text = f"{escape(page.person)} could not be paged: {escape(reason)}"
    if incident is not None:
        work = Work(context, tx, incident)
        await work.apply(answering.unheard(incident, text, tx.now))
        if (last := await climbing.left_alone(tx, page)) is not None:
            await _take_steps(work, last, WATCHBILL, again=True)
    elif (call := parse_ref(page.subject.ref)) is not None:
        await calls.unheard(context, tx, call, page, text)


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
