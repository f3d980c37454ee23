"""Paging people about something. Called within the transaction of whatever pages."""

from collections.abc import Sequence

from bot import metrics
from bot.delivery.model import Priority
from bot.delivery.queue import Transaction
from bot.model import UserId
from bot.oncall.service import on_call
from bot.paging import store
from bot.paging.model import Called, Page, PageId, PageState, Subject, resolve, show
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
    again: bool = False,
) -> list[Called]:
    """Page everybody `targets` mean now; returns who was called, and which targets mean nobody.

    Somebody whose page about the subject is open is not paged a second time, unless `again`: a person asked,
    or nobody has answered for long enough.
    """
    schedules = {name for kind, _, name in (each.rpartition(":") for each in targets) if kind == "schedule"}
    watch = {name: await on_call(tx.connection, playbook, name, tx.now) for name in schedules}
    called = resolve(targets, watch.get, playbook.people)
    if not again:
        waiting = {each.person for each in await store.of_subject(tx.connection, subject.ref, PageState.OPEN)}
        called = [each for each in called if each.person is None or each.person not in waiting]
    for each in called:
        if each.person is None:
            continue
        user = directory.known_user(each.person) if each.person in playbook.people else UserId(each.person)
        fresh = Page(PageId(0), subject, each.person, user, each.why, by, tx.now)
        kept = await store.add(tx.connection, fresh)
        metrics.PAGES.labels("made").inc()
        tx.queue(show(kept.id))
    return called


async def answer(tx: Transaction, answered: Page, by: UserId) -> None:
    """One person answers for themselves: every open page of theirs about the subject says so."""
    for each in await store.of_subject(tx.connection, answered.subject.ref, PageState.OPEN):
        if each.person == answered.person:
            await store.answer(tx.connection, each.id, PageState.ACKNOWLEDGED, by, tx.now)
            tx.queue(show(each.id, Priority.UPDATE))
    metrics.PAGES.labels("acknowledged").inc()


async def acknowledge(tx: Transaction, ref: str, by: UserId) -> None:
    """Somebody answered: every open page about the subject says so, and its button goes."""
    await _close(tx, ref, PageState.ACKNOWLEDGED, by)
    metrics.PAGES.labels("acknowledged").inc()


async def call_off(tx: Transaction, ref: str) -> None:
    """The subject ended before anybody answered."""
    await _close(tx, ref, PageState.OVER, None)


async def describe(tx: Transaction, subject: Subject) -> None:
    """Title, severity or room changed: the pages that were sent are edited."""
    await store.describe(tx.connection, subject)
    for each in await store.of_subject(tx.connection, subject.ref):
        if each.state is not PageState.UNREACHABLE:
            tx.queue(show(each.id, Priority.UPDATE))


async def _close(tx: Transaction, ref: str, state: PageState, by: UserId | None) -> None:
    for each in await store.of_subject(tx.connection, ref, PageState.OPEN):
        await store.answer(tx.connection, each.id, state, by, tx.now)
        tx.queue(show(each.id, Priority.UPDATE))
