"""Home tabs: drawn when somebody looks, and kept fresh for them."""

from bot.context import Context
from bot.delivery.model import Priority
from bot.home import store
from bot.home.model import publish
from bot.model import UserId


async def opened(context: Context, user: UserId) -> None:
    """Somebody is looking: draw it now, and again when something changes."""
    async with context.queue.transaction() as tx:
        await store.opened(tx.connection, user, tx.now)
        tx.queue(publish(user, Priority.ANSWER))
