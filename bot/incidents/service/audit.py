"""Open incidents that lack what every open incident has."""

from bot.delivery import store as delivery
from bot.delivery.audit import Finding
from bot.delivery.model import Effect
from bot.delivery.queue import Transaction
from bot.incidents import store
from bot.incidents.model import queued
from bot.incidents.model.incident import Incident, RoomKind
from bot.messages import store as messages


async def repair(tx: Transaction) -> list[Finding]:
    """Queue rooms, cards and announcements that are neither there nor on their way, and stopped clocks."""
    found = []
    for incident in await store.open_ones(tx.connection, None):
        if await delivery.is_waiting(tx.connection, lane=f"incident:{incident.number}"):
            continue
        for what, effect in await _missing(tx, incident):
            tx.queue(effect)
            found.append(Finding(what, incident.name))
    return found


async def _missing(tx: Transaction, incident: Incident) -> list[tuple[str, Effect]]:
    number = incident.number
    missing: list[tuple[str, Effect]] = []
    if not incident.room.is_open:
        missing.append(("incident_without_room", queued.open_room(incident)))
    elif incident.room.kind is not RoomKind.NONE and not await _shown(tx, f"incident:{number}:card"):
        missing.append(("incident_without_card", queued.card(number)))
    announcement = queued.announcement(incident)
    waits = await delivery.is_waiting(tx.connection, lane=announcement.lane)
    if not incident.private and not waits and not await _shown(tx, f"incident:{number}:announcement"):
        missing.append(("incident_without_announcement", announcement))
    if incident.next_update_at is not None:
        timer = queued.update_due(number, incident.next_update_at)
        if not await delivery.is_waiting(tx.connection, lane=timer.lane):
            missing.append(("incident_without_update_timer", timer))
    return missing


async def _shown(tx: Transaction, key: str) -> bool:
    return await messages.find(tx.connection, key) is not None
