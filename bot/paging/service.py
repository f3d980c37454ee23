"""Paging people about something. Called within the transaction of whatever pages."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import metrics
from bot.contacts.model import Planned
from bot.delivery.model import Priority
from bot.delivery.queue import Transaction
from bot.model import UserId
from bot.oncall.service import explained
from bot.paging import reaching, store
from bot.paging.ladder import Climb, ClimbId, Ladder, begin
from bot.paging.model import (
    Called,
    Page,
    PageId,
    PageState,
    Reason,
    Subject,
    climb_due,
    climb_key,
    resolve,
    show,
)
from bot.people.directory import Directory
from bot.playbook import Playbook


async def page(
    tx: Transaction,
    subject: Subject,
    targets: Sequence[str],
    *,
    by: UserId,
    playbook: Playbook,
    directory: Directory,
    rule: str,
    again: bool = False,
) -> list[Called]:
    """Page everybody `targets` mean now; returns who was called, and which targets mean nobody.

    `rule`: what makes us page, in words that are kept with the page.
    Somebody whose page about the subject is open is `waiting` and not paged a second time, unless `again`: a
    person asked, or nobody has answered for long enough. Their rule begins anew then, but what is still on
    its way, in Slack or elsewhere, is never doubled.
    """
    schedules = {name for kind, _, name in (each.rpartition(":") for each in targets) if kind == "schedule"}
    watch = {name: await explained(tx.connection, playbook, name, tx.now) for name in schedules}
    waiting = {each.person for each in await store.of_subject(tx.connection, subject.ref, PageState.OPEN)}
    standing = await store.notices_about(tx.connection, subject.ref) if waiting else []
    found = []
    on_call = {name: reason.people for name, reason in watch.items() if reason is not None}
    for each in resolve(targets, on_call.get, playbook.people):
        person, planned = each.person, list[Planned]()
        if person is not None and (again or person not in waiting):
            theirs = [notice for whose, notice in standing if whose == person]
            planned = await reaching.ways(tx, playbook, person, subject.severity, theirs)
        if person is None or not planned:
            found.append(replace(each, waiting=person is not None))
            continue
        user = directory.known_user(person) if person in playbook.people else UserId(person)
        kind, _, name = each.target.rpartition(":")
        reason = Reason(rule, each.target, watch.get(name) if kind == "schedule" else None)
        fresh = Page(PageId(0), subject, person, user, each.why, by, tx.now, reason=reason)
        kept = await store.add(tx.connection, fresh)
        metrics.PAGES.labels("made").inc()
        await reaching.begin(tx, kept, planned, playbook)
        found.append(each)
    return found


async def answer(tx: Transaction, answered: Page, by: UserId) -> None:
    """One person answers: every open page of theirs about the subject says so.

    Whoever was called for help is there: nobody further is called, and those whom a path called beside them
    need not come. Whom somebody asked for is still waited for.
    """

    def is_answered(page: Page) -> bool:
        return page.person == answered.person or not page.is_asked_for

    await _close(tx, answered.subject.ref, PageState.ACKNOWLEDGED, by, is_answered)
    await end_climbs(tx, answered.subject.ref)
    metrics.PAGES.labels("acknowledged").inc()


async def begin_climb(tx: Transaction, subject: Subject, ladder: Ladder) -> Climb:
    """Start a ladder about a subject; one that is being climbed already gives way to it."""
    await end_climbs(tx, subject.ref)
    return await store.add_climb(tx.connection, begin(subject.ref, ladder, tx.now))


async def keep_climb(tx: Transaction, climb: Climb) -> None:
    """Keep where a climb stands, and come back when its next step is due."""
    await store.save_climb(tx.connection, climb)
    await tx.cancel(climb_key(climb.id))
    if climb.due_at is not None:
        tx.queue(climb_due(climb.id, climb.due_at))


async def find_climb(tx: Transaction, climb: ClimbId) -> Climb | None:
    return await store.find_climb(tx.connection, climb)


async def last_climb(tx: Transaction, ref: str) -> Climb | None:
    """The newest ladder about a subject, ended or not."""
    return next(iter(await store.climbs_of(tx.connection, ref)), None)


async def end_climbs(tx: Transaction, ref: str) -> None:
    """Nobody further is called about the subject, unless somebody asks."""
    for climb in await store.climbs_of(tx.connection, ref):
        if climb.due_at is not None:
            await keep_climb(tx, replace(climb, due_at=None))


async def decline(tx: Transaction, declined: Page, by: UserId) -> None:
    """Somebody cannot take it: their open pages about the subject say so, and lose their buttons."""
    ref = declined.subject.ref
    await _close(tx, ref, PageState.DECLINED, by, lambda page: page.person == declined.person)


async def acknowledge(tx: Transaction, ref: str, by: UserId) -> None:
    """Somebody answered: every open page about the subject says so, and its button goes."""
    await _close(tx, ref, PageState.ACKNOWLEDGED, by)
    await end_climbs(tx, ref)
    metrics.PAGES.labels("acknowledged").inc()


async def call_off(tx: Transaction, ref: str) -> None:
    """The subject ended before anybody answered."""
    await reaching.tell_providers(tx, await store.taken_elsewhere(tx.connection, ref), "over")
    await _close(tx, ref, PageState.OVER, None)
    await end_climbs(tx, ref)


async def describe(tx: Transaction, subject: Subject, playbook: Playbook) -> None:
    """Title, severity or room changed: the pages that were sent are edited.

    What quiet hours hold back goes out if the severity has become one they do not apply to.
    """
    await store.describe(tx.connection, subject)
    await reaching.release(tx, subject.ref, subject.severity, playbook)
    for each in await store.of_subject(tx.connection, subject.ref):
        if each.state is not PageState.UNREACHABLE:
            tx.queue(show(each.id, Priority.UPDATE))


async def _close(
    tx: Transaction,
    ref: str,
    state: PageState,
    by: UserId | None,
    which: Callable[[Page], bool] = lambda page: True,
) -> None:
    """End the open pages about a subject, or those `which` are meant."""
    for each in filter(which, await store.of_subject(tx.connection, ref, PageState.OPEN)):
        await store.answer(tx.connection, each.id, state, by, tx.now)
        await reaching.call_off(tx, each, state)
        tx.queue(show(each.id, Priority.UPDATE))
