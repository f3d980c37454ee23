"""Writing a change: the one way an incident's rows and what follows from them come to be."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.queue import Transaction
from bot.incidents import store
from bot.incidents.model import queued
from bot.incidents.model.change import Change
from bot.incidents.model.incident import Incident, Number
from bot.messages import store as messages
from bot.model import ChannelId, Ts
from bot.paging.model import Subject


async def apply(tx: Transaction, change: Change) -> Incident:
    """Write a change of one incident, take back its stale timers, queue its effects."""
    await store.save(tx.connection, change.incident)
    await store.add_entries(tx.connection, change.entries)
    if change.cancelled:
        await tx.cancel(*change.cancelled)
    tx.queue(*change.effects, queued.changed(tx.now))
    return change.incident


async def announced_by(connection: AsyncConnection, channel: ChannelId, ts: Ts) -> Number | None:
    """The incident whose announcement this message is."""
    posted = await messages.find_at(connection, channel, ts)
    parts = posted.key.split(":") if posted else []
    is_announcement = len(parts) == 3 and parts[0] == "incident" and parts[2] == "announcement"
    return Number(int(parts[1])) if is_announcement else None


def subject(incident: Incident) -> Subject:
    """What a page about this incident says."""
    room = incident.room
    return Subject(incident.name, incident.severity, incident.title, room.channel, room.name)
