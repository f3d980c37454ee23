"""Who is in an incident's room: for a private one, that is who may know of it."""

from bot.context import Context
from bot.incidents import store
from bot.incidents.model import queued
from bot.messages import store as messages
from bot.model import ChannelId, UserId


async def joined(context: Context, channel: ChannelId, user: UserId) -> None:
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel)
        if incident is not None:
            await store.add_members(tx.connection, incident.number, [user])
            tx.queue(queued.changed(tx.now))


async def left(context: Context, channel: ChannelId, user: UserId) -> None:
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel)
        if incident is not None:
            await store.remove_member(tx.connection, incident.number, user)
            # Whoever left and takes a role later is invited anew.
            await messages.forget(tx.connection, f"incident:{incident.number}:invited")
            tx.queue(queued.changed(tx.now))
