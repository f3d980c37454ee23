"""Pages that have no next step: notices neither sent nor waiting to be, or a ladder that stands still."""

from bot.contacts.model import SLACK
from bot.delivery import store as delivery
from bot.delivery.audit import Finding
from bot.delivery.queue import Transaction
from bot.messages import store as messages
from bot.paging import store
from bot.paging.model import climb_due, page_key
from bot.paging.notice import send


async def repair(tx: Transaction) -> list[Finding]:
    """Queue what an open page has to send and what does not wait in the outbox, and start stopped ladders."""
    found = []
    waiting = await delivery.lanes_waiting(tx.connection)
    for notice in await store.unsent(tx.connection):
        effect = send(notice)
        if effect.lane in waiting:
            continue
        if notice.method == SLACK and await messages.find(tx.connection, page_key(notice.page)) is not None:
            continue
        tx.queue(effect)
        found.append(Finding("page_without_next_step", effect.lane))
    for climb in await store.climbing(tx.connection):
        if climb.due_at is not None and climb_due(climb.id, climb.due_at).lane not in waiting:
            tx.queue(climb_due(climb.id, climb.due_at))
            found.append(Finding("ladder_without_timer", climb.subject))
    return found
