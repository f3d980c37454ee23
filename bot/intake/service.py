"""Which requests were carried out already."""

from datetime import datetime

from bot.delivery.queue import Transaction
from bot.intake import store


async def forget_before(tx: Transaction, at: datetime) -> None:
    await store.forget_before(tx.connection, at)


async def note(tx: Transaction, request_id: str) -> bool:
    """Note a request; False if it was noted before."""
    return await store.first_time(tx.connection, request_id, tx.now)
