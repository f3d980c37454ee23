"""Reaching a person who is paged: by every way they have, each at its time, the next one when one fails.

Within the transaction of whatever pages, answers, or puts on record what a provider said. Rows are held in
one order, so that two transactions never wait for each other: the subject, its pages by number, their
notices.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot import metrics
from bot.contacts import service as contacts
from bot.contacts.model import SLACK, Method, Planned, quiet_until
from bot.delivery.model import Priority
from bot.delivery.queue import Transaction
from bot.delivery.transports.transport import What
from bot.paging import store
from bot.paging.model import Page, PageId, PageState, show
from bot.paging.notice import (
    Notice,
    NoticeId,
    NoticeState,
    ahead,
    follow,
    is_missed,
    line,
    look,
    look_at,
    look_key,
    lost,
    send,
)
from bot.playbook import Playbook
from bot.playbook.gravest import is_grave

Unreachable = Callable[[Transaction, Page, str], Awaitable[None]]
"""Told, in the transaction that records it, of a page that can reach nobody."""


def heeds_quiet(playbook: Playbook, severity: str) -> bool:
    """Quiet hours never apply to sev1, however the playbook calls it, nor to what stands above it."""
    return not is_grave(playbook.severities, severity)


async def ways(
    tx: Transaction, playbook: Playbook, person: str, severity: str, standing: Sequence[Notice]
) -> list[Planned]:
    """How a page made now goes to a person, soonest first.

    `standing`: notices of their earlier pages about the same. What is still to come of those is not sent
    twice: it stands for this page as well, and at its earlier time.
    """
    quietly = heeds_quiet(playbook, severity)
    planned = await contacts.plan(tx.connection, playbook, person, heeds_quiet=quietly, now=tx.now)
    coming = {each.method for each in standing if each.waits}
    return [each for each in planned if each.method.name not in coming]


async def begin(tx: Transaction, page: Page, planned: Sequence[Planned], playbook: Playbook) -> None:
    """Make the notices of a page that was just made, and let each go at its time."""
    fresh = [
        Notice(NoticeId(0), page.id, each.method.name, tx.now, each.due_at, each.held) for each in planned
    ]
    made = await store.add_notices(tx.connection, fresh)
    tx.queue(*(send(each) for each in made))
    await _watch(tx, page, playbook)


async def accepted(tx: Transaction, page: Page, notice: Notice, word: str, playbook: Playbook) -> None:
    """A provider took a notice: that is kept, and the next way need not be brought forward."""
    held = await store.hold(tx.connection, page.id) or page
    await store.end_notice(tx.connection, notice, NoticeState.ACCEPTED, word, tx.now)
    metrics.PAGES.labels("sent" if notice.method == SLACK else "sent_elsewhere").inc()
    if held.state is not PageState.OPEN:
        # Answered while it was on its way: the provider need not go on calling.
        if notice.method != SLACK:
            tx.queue(follow(notice, _told(held.state)))
        return
    await _watch(tx, held, playbook)
    if notice.method != SLACK:
        tx.queue(show(page.id, Priority.COSMETIC))


async def failed(
    tx: Transaction,
    page: Page,
    notice: Notice,
    reason: str,
    *,
    playbook: Playbook,
    unreachable: Unreachable,
) -> None:
    """A provider refuses a notice for good: the next way at once, and somebody else where there is none."""
    held, told = await store.find(tx.connection, page.id), False
    if held is not None and held.state is PageState.OPEN:
        rest = [each for each in await _line(tx, held) if each.id != notice.id]
        standing = [*rest, replace(notice, state=NoticeState.FAILED, said=reason)]
        told = await _say_if_lost(tx, held, standing, playbook, unreachable)
    await store.hold_pages(tx.connection, page.subject.ref, page.person)
    await store.end_notice(tx.connection, notice, NoticeState.FAILED, reason, tx.now)
    await advance(tx, page, playbook)
    held = await store.find(tx.connection, page.id)
    if not told and held is not None and held.state is PageState.OPEN:
        standing = await _line(tx, held)
        if all(each.state is NoticeState.FAILED or each.held for each in standing):
            # Another way failed at the same moment, and neither saw that of the other. Said in a transaction
            # of its own: the subject is held before its pages.
            tx.queue(lost(page.id))


async def say_if_lost(
    tx: Transaction, number: PageId, *, playbook: Playbook, unreachable: Unreachable
) -> None:
    """If none of a page's ways is left, somebody else must hear of it."""
    page = await store.find(tx.connection, number)
    if page is not None and page.state is PageState.OPEN:
        await _say_if_lost(tx, page, await _line(tx, page), playbook, unreachable)


async def _say_if_lost(
    tx: Transaction, page: Page, standing: Sequence[Notice], playbook: Playbook, unreachable: Unreachable
) -> bool:
    is_reached = any(
        each.state is NoticeState.ACCEPTED or (each.waits and not each.held) for each in standing
    )
    if is_reached or await _spare(tx, page, standing, playbook):
        return False
    said = _why([(each.method, each.said) for each in standing if each.state is NoticeState.FAILED])
    waits = [each for each in standing if each.waits]
    if waits:
        await unreachable(tx, page, f"{said}{_until(playbook, page, waits)}")
    else:
        await give_up(tx, page, said, unreachable)
    return True


async def give_up(tx: Transaction, page: Page, reason: str, unreachable: Unreachable) -> None:
    """Nothing reaches them: somebody else must hear of it."""
    # Its subject before the pages and these by number, as everywhere: others hold all that are open.
    await unreachable(tx, page, reason)
    await store.hold_pages(tx.connection, page.subject.ref, page.person)
    await store.answer(tx.connection, page.id, PageState.UNREACHABLE, None, tx.now)
    metrics.PAGES.labels("unreachable").inc()


async def advance(tx: Transaction, page: Page, playbook: Playbook) -> None:
    """If nobody has taken what went out last, what comes next goes out now."""
    held = await store.hold_pages(tx.connection, page.subject.ref, page.person)
    if not held:
        return
    newest, now = held[-1], tx.now
    standing = await _line(tx, newest)
    if is_missed(standing, now):
        forward = ahead(standing, now)
        if forward:
            await _move(tx, forward, now)
        elif spare := await _spare(tx, newest, standing, playbook):
            [made] = await store.add_notices(tx.connection, spare[:1])
            tx.queue(send(made))
    await _watch(tx, newest, playbook)


async def release(tx: Transaction, ref: str, severity: str, playbook: Playbook) -> None:
    """What quiet hours hold back goes out now, if the subject has become so severe that they do not apply."""
    if heeds_quiet(playbook, severity):
        return
    for page in await store.of_subject(tx.connection, ref, PageState.OPEN):
        held = [each for each in await store.notices_of(tx.connection, page.id) if each.waits and each.held]
        if not held:
            continue
        planned = await contacts.plan(
            tx.connection, playbook, page.person, heeds_quiet=False, now=page.made_at
        )
        due = {each.method.name: each.due_at for each in planned}
        for each in held:
            await _move(tx, [each], max(tx.now, due.get(each.method, tx.now)))
        await _watch(tx, page, playbook)


async def call_off(tx: Transaction, page: Page, state: PageState) -> None:
    """The page is answered, or over: nothing more goes out, and providers that went on calling are told."""
    notices = await store.notices_of(tx.connection, page.id)
    waiting = [each for each in notices if each.waits]
    if waiting:
        await store.call_off(tx.connection, page.id)
        # What Slack may have already is not taken back but edited.
        keys = [each.effect_key for each in waiting if each.method != SLACK or each.tried_at is None]
        await tx.cancel(look_key(page.id), *keys)
    await tell_providers(tx, notices, _told(state))


async def tell_providers(tx: Transaction, notices: Sequence[Notice], what: What) -> None:
    for each in notices:
        if each.state is NoticeState.ACCEPTED and each.method != SLACK:
            tx.queue(follow(each, what))


def _told(state: PageState) -> What:
    # Whoever cannot take it has answered: their own phone need not ring on.
    return "over" if state is PageState.OVER else "acknowledged"


async def _line(tx: Transaction, newest: Page) -> list[Notice]:
    about = await store.notices_about(tx.connection, newest.subject.ref)
    return line((notice for person, notice in about if person == newest.person), newest)


async def _watch(tx: Transaction, page: Page, playbook: Playbook) -> None:
    """Look again when it is time to see whether anybody has taken what goes out next."""
    if not _contacts(playbook, page.person):
        return  # there is no other way
    standing = await _line(tx, page)
    spare = await _spare(tx, page, standing, playbook)
    await tx.cancel(*{look_key(each.page) for each in standing} | {look_key(page.id)})
    at = look_at(standing, tx.now, has_spare=bool(spare))
    if at is not None:
        tx.queue(look(page.id, at))


async def _move(tx: Transaction, moved: Sequence[Notice], due_at: datetime) -> None:
    await store.move(tx.connection, [each.id for each in moved], due_at)
    await tx.cancel(*(each.effect_key for each in moved))
    tx.queue(*(send(replace(each, due_at=due_at)) for each in moved))


def _contacts(playbook: Playbook, person: str) -> list[Method]:
    return [each for each in contacts.methods(playbook, person) if each.name != SLACK]


async def _spare(tx: Transaction, page: Page, standing: Sequence[Notice], playbook: Playbook) -> list[Notice]:
    """Contacts that the person's rule does not use, in the playbook's order: used where nothing else is."""
    if any(each.state is NoticeState.ACCEPTED for each in standing):
        return []
    used = {each.method for each in standing}
    unused = [each for each in _contacts(playbook, page.person) if each.name not in used]
    if not unused:
        return []
    rule = await contacts.rule_of(tx.connection, playbook, page.person)
    due_at = tx.now
    if rule.quiet is not None and heeds_quiet(playbook, page.subject.severity):
        due_at = quiet_until(rule.quiet, rule.zone, tx.now)
    held = due_at > tx.now
    return [Notice(NoticeId(0), page.id, each.name, tx.now, due_at, held) for each in unused]


def _why(reasons: Sequence[tuple[str, str]]) -> str:
    if len(reasons) == 1:
        return reasons[0][1]
    return "; ".join(f"{method}: {said}" for method, said in reasons)


def _until(playbook: Playbook, page: Page, waiting: Sequence[Notice]) -> str:
    until = waiting[0].due_at.astimezone(contacts.zone_of_playbook(playbook, page.person))
    return f"; their quiet hours hold back {waiting[0].method} until {until:%H:%M %Z}"
