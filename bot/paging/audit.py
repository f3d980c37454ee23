"""Pages that have no next step: neither sent nor waiting to be, or with a ladder that stands still."""

from bot.delivery import store as delivery
from bot.delivery.audit import Finding
from bot.delivery.queue import Transaction
from bot.messages import store as messages
from bot.paging import store
from bot.paging.model import climb_due, page_key, show


async def repair(tx: Transaction) -> list[Finding]:
    """Queue every open page that was neither sent nor waits in the outbox, and start stopped ladders."""
    found = []
    for page in await store.open_ones(tx.connection):
        if await messages.find(tx.connection, page.key) is not None:
            continue
        if not await delivery.is_waiting(tx.connection, lane=page_key(page.id)):
            tx.queue(show(page.id))
            found.append(Finding("page_without_next_step", page.key))
    for climb in await store.climbing(tx.connection):
        if climb.due_at is not None and not await delivery.is_waiting(
            tx.connection, lane=climb_due(climb.id, climb.due_at).lane
        ):
            tx.queue(climb_due(climb.id, climb.due_at))
            found.append(Finding("ladder_without_timer", climb.subject))
    return found
