"""Questions about delivery as a whole."""

from datetime import datetime

from bot import metrics
from bot.delivery import store
from bot.delivery.queue import Queue, Transaction
from bot.delivery.store import Backlog
from bot.delivery.store.stuck import pages_left_lying


async def backlog(queue: Queue) -> tuple[Backlog, datetime | None]:
    """What is due and not done, also kept where Prometheus reads it; and when the next of the rest is due.

    Both of one instant: between two looks, what is done in the first may queue what the other missed.
    """
    now = queue.clock.now()
    async with queue.database.read() as connection:
        found = await store.backlog(connection, now)
        next_at = (await store.outlook(connection, now)).next_at
    metrics.BACKLOG.set(found.size)
    metrics.BACKLOG_AGE.set((now - found.oldest).total_seconds() if found.oldest else 0)
    return found, next_at


async def is_stuck(queue: Queue, since: datetime) -> bool:
    """Whether a page that was due at `since` has been left lying until now."""
    async with queue.database.read() as connection:
        return await pages_left_lying(connection, since)


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Drop the record of what was done with before `at`."""
    await store.forget_before(tx.connection, at)
