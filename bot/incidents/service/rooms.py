"""Who is in an incident's room: for a private one, that is who may know of it."""

from bot.context import Context
from bot.incidents import store
from bot.incidents.model import queued
from bot.messages import store as messages
from bot.model import ChannelId, Ts, UserId


async def joined(context: Context, channel: ChannelId, user: UserId, told: Ts) -> None:
    """`told`: when, by Slack's clock; what it said later of the same person holds."""
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel)
        if incident is not None and await store.came_or_went(
            tx.connection, incident.number, user, present=True, told=told
        ):
            tx.queue(queued.changed(tx.now))


async def left(context: Context, channel: ChannelId, user: UserId, told: Ts) -> None:
    """As `joined`."""
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel)
        if incident is not None and await store.came_or_went(
            tx.connection, incident.number, user, present=False, told=told
        ):
            # Whoever left and takes a role later is invited anew.
            await messages.forget(tx.connection, f"incident:{incident.number}:invited")
            tx.queue(queued.changed(tx.now))


async def found_in(context: Context, channel: ChannelId | UserId, user: UserId) -> bool:
    """Whoever acts in a private room is in it, also when Slack's word of their coming was lost.

    True where that is news, and they may see the incident from now on.
    """
    async with context.queue.database.read() as connection:
        incident = await store.by_channel(connection, ChannelId(channel))
        if incident is None or await store.may_see(connection, incident, user):
            return False
    async with context.queue.transaction() as tx:
        await store.add_members(tx.connection, incident.number, [user])
        tx.queue(queued.changed(tx.now))
    return True
