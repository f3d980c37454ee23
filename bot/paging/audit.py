"""Pages that have no next step: neither sent nor waiting to be."""

from bot.delivery import store as delivery
from bot.delivery.audit import Finding
from bot.delivery.queue import Transaction
from bot.messages import store as messages
from bot.paging import store
from bot.paging.model import page_key, show


async def repair(tx: Transaction) -> list[Finding]:
    """Queue every open page that was neither sent nor waits in the outbox."""
    found = []
    for page in await store.open_ones(tx.connection):
        if await messages.find(tx.connection, page.key) is not None:
            continue
        if not await delivery.is_waiting(tx.connection, lane=page_key(page.id)):
            tx.queue(show(page.id))
            found.append(Finding("page_without_next_step", page.key))
    return found
