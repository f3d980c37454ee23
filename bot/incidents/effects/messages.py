"""What is posted and edited for an incident."""

from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.incidents import store
from bot.incidents.cards import card as cards
from bot.incidents.cards import messages as said
from bot.incidents.cards.words import span
from bot.incidents.effects.outside import Outside
from bot.incidents.model import queued
from bot.incidents.model.incident import Entry, Incident, RoomKind
from bot.messages.show import Place
from bot.messages.store import Posted
from bot.model import UserId
from bot.mrkdwn import escape, user
from bot.paging import store as pages
from bot.playbook import BusinessDays

# The card shows the end of the timeline; all of it is one click away.
LINES_ON_CARD = 3


async def show_card(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    place = await outside.room(incident)
    if place is None:
        return Done(detail="has no room")
    async with outside.context.queue.database.read() as connection:
        newest = await store.entries(connection, incident.number, LINES_ON_CARD)
    content = cards.incident_card(
        incident, means=outside.means(incident), paged=await _paged(outside, incident), newest=newest
    )

    async def posted(tx: Transaction, _: Posted) -> None:
        if incident.room.kind is RoomKind.CHANNEL:
            tx.queue(queued.pin(incident.number))

    return await outside.messages.show(effect, f"incident:{incident.number}:card", place, content, posted)


async def announce(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    channel = await outside.context.directory.channel(outside.context.playbook.current.channels.incidents)
    content = cards.announcement(
        incident, means=outside.means(incident), paged=await _paged(outside, incident)
    )
    key = f"incident:{incident.number}:announcement"
    return await outside.messages.show(effect, key, Place(channel), content)


async def say(outside: Outside, effect: Leased) -> Done:
    """A change, in the room."""
    incident = await outside.incident(effect)
    place = await outside.room(incident)
    return await _say(outside, effect, incident, place, f"incident:{incident.number}:entry")


async def relay(outside: Outside, effect: Leased) -> Done:
    """The same for those who read the announcement's thread."""
    incident = await outside.incident(effect)
    place = await outside.thread(incident)
    return await _say(outside, effect, incident, place, f"incident:{incident.number}:relayed")


async def _say(outside: Outside, effect: Leased, incident: Incident, place: Place | None, key: str) -> Done:
    entry = await _entry(outside, effect)
    if entry is None or place is None:
        return Done(detail="the entry is gone" if place else "has no room")
    content = said.entry_message(incident, entry, postmortem=_postmortem(outside, incident))
    return await outside.messages.show(effect, f"{key}:{entry.seq}", place, content)


async def sound_alarm(outside: Outside, effect: Leased) -> Done:
    """Loudly, where everybody looks; for a private incident, to whoever declared it."""
    incident = await outside.incident(effect)
    entry = await _entry(outside, effect)
    if entry is None:
        return Done(detail="the entry is gone")
    place = Place(incident.declared_by)
    if not incident.private:
        name = outside.context.playbook.current.channels.incidents
        place = Place(await outside.context.directory.channel(name))
    key = f"incident:{incident.number}:alarm:{entry.seq}"
    return await outside.messages.show(effect, key, place, said.alarm(incident, entry))


async def show_nudge(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    place = await outside.room(incident)
    if place is None or incident.nudge != effect.payload["nudge"]:
        return Done(detail="answered before it was shown, or nowhere to show it")
    key = f"incident:{incident.number}:nudge:{incident.nudge}"
    return await outside.messages.show(effect, key, place, said.nudge(incident))


async def remove_nudge(outside: Outside, effect: Leased) -> Done:
    number, nudge = effect.payload["incident"], effect.payload["nudge"]
    return await outside.messages.remove(effect, f"incident:{number}:nudge:{nudge}")


async def show_all_clear(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    place = await outside.room(incident)
    if place is None:
        return Done(detail="has no room")
    key = f"incident:{incident.number}:allclear:{effect.payload['asked']}"
    return await outside.messages.show(effect, key, place, said.all_clear(incident))


async def send_duties(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    role, holder = effect.payload["role"], UserId(effect.payload["user"])
    known = outside.context.playbook.current.incident_roles.get(role)
    content = said.duties(incident, role, known.duties if known else "")
    key = f"incident:{incident.number}:duties:{role}:{holder}"
    return await outside.messages.show(effect, key, Place(holder), content)


async def _entry(outside: Outside, effect: Leased) -> Entry | None:
    async with outside.context.queue.database.read() as connection:
        return await store.entry(connection, effect.payload["incident"], effect.payload["seq"])


async def _paged(outside: Outside, incident: Incident) -> list[str]:
    """Who was paged, as mentions where their Slack id is known."""
    async with outside.context.queue.database.read() as connection:
        sent = await pages.of_subject(connection, incident.name)
    shown = []
    for page in sent:
        known = page.user or outside.context.directory.known_user(page.person)
        shown.append(user(known) if known else escape(page.person))
    return list(dict.fromkeys(shown))


def _postmortem(outside: Outside, incident: Incident) -> str:
    """When the post-mortem is due, in words; empty where the severity asks for none."""
    try:
        rule = outside.context.playbook.current.severity(incident.severity)[1].postmortem
    except KeyError:
        return ""
    if rule is None:
        return ""
    if isinstance(rule.due, BusinessDays):
        return f"due within {rule.due.count} business days"
    return f"due within {span(rule.due)}"
