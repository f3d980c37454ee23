"""Sending pages: in Slack, and by the other ways people have."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.contacts.model import SLACK
from bot.contacts.service import methods, zone_of_playbook
from bot.context import Context
from bot.delivery.errors import Away, Refused, Unclear
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.transports import Transport, taking
from bot.delivery.worker import Done, Perform
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.messages.store import Posted
from bot.model import UserId
from bot.paging import reaching, store
from bot.paging.cards import page_card
from bot.paging.links import page_link
from bot.paging.model import SHOW, Page, PageId, PageState
from bot.paging.notice import FOLLOW, LOOK, NOTIFY, UNCLEAR_TRIES, Notice, NoticeId
from bot.paging.plain import outgoing
from bot.paging.reaching import Unreachable

# Pages that somebody answered, whatever the answer was.
ANSWERED = (PageState.ACKNOWLEDGED, PageState.DECLINED)

Reached = Callable[[Transaction, Page, UserId], Awaitable[None]]
"""Told, in the transaction that records it, who a paged person is in Slack, where that was not known."""


@dataclass(frozen=True)
class Ways:
    """What sending takes, and who is told what came of it."""

    context: Context
    messages: Messages
    transports: Sequence[Transport]
    reached: Reached
    unreachable: Unreachable


def performers(ways: Ways) -> dict[str, Perform]:
    kinds = {SHOW: _show, NOTIFY: _notify, FOLLOW: _follow, LOOK: _look}

    def bound(perform: Callable[[Ways, Leased], Awaitable[Done]]) -> Perform:
        return lambda effect: perform(ways, effect)

    return {kind: bound(perform) for kind, perform in kinds.items()}


async def _show(ways: Ways, effect: Leased) -> Done:
    """The page in Slack: posted at its time, edited ever after."""
    async with ways.context.queue.database.read() as connection:
        page = await store.find(connection, PageId(effect.payload["page"]))
        if page is None or page.state is PageState.UNREACHABLE:
            return Done(detail="no such page, or nobody to show it to")
        notices = await store.notices_of(connection, page.id)
        is_posted = await messages_store.find(connection, page.key) is not None
    notice = next((each for each in notices if each.method == SLACK), None)
    is_stale = page.state is not PageState.OPEN and page.answered_by != page.user
    if not is_posted and not effect.uncertain:
        if notice is None and notices:
            return Done(detail="an earlier page of theirs stands for it in Slack")
        if notice is not None and notice.due_at > ways.context.clock.now():
            return Done(detail="its time in Slack has not come")
    try:
        user = page.user or await ways.context.directory.user(page.person)
        sent = _sent(ways, page, notice, user)
        card = page_card(page, notices)
        return await ways.messages.show(effect, page.key, Place(user), card, sent, is_stale=is_stale)
    except Refused as refusal:
        if is_posted:
            raise  # it did reach them; only its edit is refused
        return _failed(ways, page, notice, str(refusal))
    except (Away, Unclear) as failure:
        if notice is not None and notice.tried_at is None:
            await _remember(ways, replace(notice, said=str(failure)))
        raise


def _sent(
    ways: Ways, page: Page, notice: Notice | None, user: UserId
) -> Callable[[Transaction, Posted], Awaitable[None]]:
    async def record(tx: Transaction, posted: Posted) -> None:
        if page.user is None:
            await ways.reached(tx, page, user)
            await store.reached(tx.connection, page.id, user)
        if notice is not None:
            word = f"{posted.channel} {posted.ts}"
            await reaching.accepted(tx, page, notice, word, ways.context.playbook.current)

    return record


async def _notify(ways: Ways, effect: Leased) -> Done:
    """The page by another way.

    A process that dies between the provider's answer and the record of it sends again: twice beats never.
    """
    async with ways.context.queue.database.read() as connection:
        notice = await store.find_notice(connection, NoticeId(effect.payload["notice"]))
        page = await store.find(connection, notice.page) if notice else None
    if notice is None or page is None or page.state is not PageState.OPEN or not notice.waits:
        return Done(detail="answered, or over, before it was sent")
    notice = await _remember(ways, notice)
    try:
        word = await _send(ways, page, notice)
    except Refused as refusal:
        return _failed(ways, page, notice, str(refusal))
    except Away as away:
        await _remember(ways, replace(notice, said=str(away)))
        raise
    except Unclear as silence:
        notice = replace(notice, said=str(silence), unclear=notice.unclear + 1)
        if notice.unclear >= UNCLEAR_TRIES:
            return _failed(ways, page, notice, f"{silence}, {notice.unclear} times: it may have arrived")
        await _remember(ways, notice)
        raise
    accepted = notice

    async def record(tx: Transaction) -> None:
        await reaching.accepted(tx, page, accepted, word, ways.context.playbook.current)

    return Done(record, detail=word)


async def _send(ways: Ways, page: Page, notice: Notice) -> str:
    playbook = ways.context.playbook.current
    address = _address(ways, page, notice)
    message = outgoing(
        page, link=page_link(ways.context.links, page.id), zone=zone_of_playbook(playbook, page.person)
    )
    if await _paged_at(ways, page, address, *ANSWERED):
        message = replace(message, anew=True)
    return await taking(ways.transports, address).send(address, message)


async def _follow(ways: Ways, effect: Leased) -> Done:
    """What the provider was told to call about is answered, or over."""
    async with ways.context.queue.database.read() as connection:
        notice = await store.find_notice(connection, NoticeId(effect.payload["notice"]))
        page = await store.find(connection, notice.page) if notice else None
    if notice is None or page is None:
        return Done(detail="no such notice")
    try:
        address, what = _address(ways, page, notice), effect.payload["what"]
        if what == "acknowledged" and await _paged_at(ways, page, address, PageState.OPEN):
            return Done(detail="somebody else is still called there")
        await taking(ways.transports, address).follow(address, page.subject.ref, what)
    except Refused as refusal:
        return Done(detail=f"left as it is: {refusal}")
    return Done()


async def _look(ways: Ways, effect: Leased) -> Done:
    """A timer: where nobody took what went out last, the next way is used, or it is said that none is."""
    number, playbook = PageId(effect.payload["page"]), ways.context.playbook.current

    async def record(tx: Transaction) -> None:
        if "lost" in effect.payload:
            told = ways.unreachable
            return await reaching.say_if_lost(tx, number, playbook=playbook, unreachable=told)
        page = await store.find(tx.connection, number)
        if page is not None:
            await reaching.advance(tx, page, playbook)
        return None

    return Done(record)


async def _remember(ways: Ways, notice: Notice) -> Notice:
    """Keep that it was tried, and what came of it so far: whoever asks why need not wait for the end."""
    kept = replace(notice, tried_at=notice.tried_at or ways.context.clock.now())
    async with ways.context.queue.transaction() as tx:
        await store.tried(tx.connection, kept)
    return kept


def _failed(ways: Ways, page: Page, notice: Notice | None, reason: str) -> Done:
    playbook = ways.context.playbook.current

    async def record(tx: Transaction) -> None:
        told = ways.unreachable
        if notice is not None:
            await reaching.failed(tx, page, notice, reason, playbook=playbook, unreachable=told)
        elif page.state is PageState.OPEN:
            await reaching.give_up(tx, page, reason, told)

    return Done(record, detail=f"refused: {reason}")


async def _paged_at(ways: Ways, page: Page, address: str, *states: PageState) -> bool:
    """Whether another page about the same, in one of these states, is of somebody with the same address.

    A team may share one with a service that calls its people itself.
    """
    async with ways.context.queue.database.read() as connection:
        pages = await store.of_subject(connection, page.subject.ref)
    there = (each for each in pages if each.id != page.id and each.state in states)
    playbook = ways.context.playbook.current
    return any(each.address == address for found in there for each in methods(playbook, found.person))


def _address(ways: Ways, page: Page, notice: Notice) -> str:
    known = methods(ways.context.playbook.current, page.person)
    for each in known:
        if each.name == notice.method:
            return each.address
    raise Refused(f"the playbook has no {notice.method} of theirs any more", error="no_contact")
