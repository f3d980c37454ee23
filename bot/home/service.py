"""Home tabs: drawn when somebody looks, and kept fresh for them."""

from bot.context import Context
from bot.delivery.model import Priority
from bot.home import store
from bot.home.model import publish
from bot.incidents.model import queued
from bot.model import UserId
from bot.oncall.watching import watch_changed
from bot.people.model import look_up


async def opened(context: Context, user: UserId) -> None:
    """Somebody is looking: draw it now, and again when something changes."""
    async with context.queue.transaction() as tx:
        await store.opened(tx.connection, user, tx.now)
        tx.queue(publish(user, Priority.ANSWER))


async def playbook_changed(context: Context) -> None:
    """Meet the people it names, and show who is on call by it, in the user groups as well."""
    playbook = context.playbook.current
    async with context.queue.transaction() as tx:
        for schedule in playbook.schedules:
            await watch_changed(tx, playbook, schedule)
        tx.queue(look_up(), queued.changed(tx.now))
