"""Sending pages."""

from collections.abc import Awaitable, Callable

from bot import metrics
from bot.db import Database
from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.messages.store import Posted
from bot.model import UserId
from bot.paging import store
from bot.paging.cards import page_card
from bot.paging.model import SHOW, Page, PageId, PageState
from bot.people.directory import Directory

Unreachable = Callable[[Transaction, Page, str], Awaitable[None]]
"""Told, in the transaction that records it, of a page that can reach nobody."""
Reached = Callable[[Transaction, Page, UserId], Awaitable[None]]
"""Told, likewise, who a paged person is in Slack, where that was not known when they were paged."""


def performers(
    database: Database, messages: Messages, directory: Directory, reached: Reached, unreachable: Unreachable
) -> dict[str, Perform]:
    async def show(effect: Leased) -> Done:
        async with database.read() as connection:
            page = await store.find(connection, PageId(effect.payload["page"]))
        if page is None or page.state is PageState.UNREACHABLE:
            return Done(detail="no such page, or nobody to show it to")
        try:
            user = page.user or await directory.user(page.person)
            sent = _sent(page, user, reached)
            return await messages.show(effect, page.key, Place(user), page_card(page), sent)
        except Refused as refusal:
            async with database.read() as connection:
                if await messages_store.find(connection, page.key) is not None:
                    raise  # it did reach them; only its edit is refused
            return _not_sent(page, str(refusal), unreachable)

    return {SHOW: show}


def _sent(page: Page, user: UserId, reached: Reached) -> Callable[[Transaction, Posted], Awaitable[None]]:
    async def record(tx: Transaction, _: Posted) -> None:
        if page.user is None:
            await reached(tx, page, user)
            await store.reached(tx.connection, page.id, user)
        metrics.PAGES.labels("sent").inc()

    return record


def _not_sent(page: Page, reason: str, unreachable: Unreachable) -> Done:
    async def record(tx: Transaction) -> None:
        if page.state is PageState.OPEN:
            # Its subject before the page, as everywhere: else two transactions may wait for each other.
            await unreachable(tx, page, reason)
            await store.answer(tx.connection, page.id, PageState.UNREACHABLE, None, tx.now)
            metrics.PAGES.labels("unreachable").inc()

    return Done(record, detail=f"unreachable: {reason}")
