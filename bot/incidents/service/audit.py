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
        announced = await _shown(tx, queued.announcement(incident.number))
        for what, effect in _expected(incident, announced=announced):
            waits = await delivery.is_waiting(tx.connection, lane=effect.lane)
            if not waits and not await _shown(tx, effect):
                tx.queue(effect)
                found.append(Finding(what, incident.name))
    return found


def _expected(incident: Incident, *, announced: bool) -> list[tuple[str, Effect]]:
    """What every open incident has: shown already, or waiting in its lane."""
    number = incident.number
    expected: list[tuple[str, Effect]] = []
    if not incident.private:
        expected.append(("incident_without_announcement", queued.announcement(number)))
    if not incident.room.is_open:
        expected.append(("incident_without_room", queued.open_room(incident)))
    elif incident.room.kind is RoomKind.CHANNEL or (incident.room.kind is RoomKind.THREAD and announced):
        expected.append(("incident_without_card", queued.card(number)))
    if incident.next_update_at is not None:
        timer = queued.update_due(number, incident.next_update_at)
        expected.append(("incident_without_update_timer", timer))
    if incident.watch_until is not None:
        expected.append(("incident_without_watch", queued.watch_over(number, incident.watch_until)))
    return expected


async def _shown(tx: Transaction, effect: Effect) -> bool:
    return effect.key is not None and await messages.find(tx.connection, effect.key) is not None
