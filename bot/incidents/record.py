"""Writing a change: the one way an incident's rows and what follows from them come to be."""

from bot.delivery.queue import Transaction
from bot.incidents import store
from bot.incidents.model import queued
from bot.incidents.model.change import Change
from bot.incidents.model.incident import Incident
from bot.paging.model import Subject


async def apply(tx: Transaction, change: Change) -> Incident:
    """Write a change of one incident, take back its stale timers, queue its effects."""
    await store.save(tx.connection, change.incident)
    await store.add_entries(tx.connection, change.entries)
    if change.cancelled:
        await tx.cancel(*change.cancelled)
    tx.queue(*change.effects, queued.changed(tx.now))
    return change.incident


def subject(incident: Incident) -> Subject:
    """What a page about this incident says."""
    return Subject(incident.name, incident.severity, incident.title, incident.room.channel)
