"""What is posted and edited for an incident."""

from datetime import timedelta

from bot.delivery.errors import Busy
from bot.delivery.model import Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.incidents import store
from bot.incidents.cards import card as cards
from bot.incidents.cards import messages as said
from bot.incidents.cards.words import span
from bot.incidents.effects.outside import Outside
from bot.incidents.model import queued
from bot.incidents.model.incident import Entry, EntryKind, Incident, RoomKind
from bot.messages import store as messages_store
from bot.messages.show import Place
from bot.messages.store import Posted
from bot.model import WATCHBILL, UserId, outside_name
from bot.mrkdwn import escape, user
from bot.paging import store as pages
from bot.playbook import BusinessDays

# How often a message is edited at most.
REDRAW_EVERY = timedelta(seconds=0.5)
# The card shows the end of the timeline; all of it is one click away.
LINES_ON_CARD = 3


async def show_card(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    if not incident.room.is_open:
        return Done(detail="its room is being made, and its card after it")
    place = await outside.room(incident, effect)
    if place is None:
        return Done(detail="has no room")
    key = f"incident:{incident.number}:card"
    await _not_too_often(outside, key)
    async with outside.context.queue.database.read() as connection:
        newest = await store.entries(connection, incident.number, LINES_ON_CARD)
    content = cards.incident_card(
        incident,
        means=outside.means(incident),
        paged=await _paged(outside, incident),
        newest=newest,
        merged=await _merged(outside, incident),
    )

    async def posted(tx: Transaction, _: Posted) -> None:
        if incident.room.kind is RoomKind.CHANNEL:
            tx.queue(queued.pin(incident.number))

    return await outside.messages.show(effect, key, place, content, posted)


async def announce(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    key = f"incident:{incident.number}:announcement"
    await _not_too_often(outside, key)
    channel = await outside.context.directory.channel(outside.context.playbook.current.channels.incidents)
    content = cards.announcement(
        incident, means=outside.means(incident), paged=await _paged(outside, incident)
    )

    async def posted(tx: Transaction, _: Posted) -> None:
        if incident.room.kind is RoomKind.THREAD:
            tx.queue(queued.card(incident.number))

    return await outside.messages.show(effect, key, Place(channel), content, posted)


async def show_moved(outside: Outside, effect: Leased) -> Done:
    """The card that stood in the thread, now that the incident has a channel."""
    incident = await outside.incident(effect)
    key = f"incident:{incident.number}:left"
    async with outside.context.queue.database.read() as connection:
        left = await messages_store.find(connection, key)
    if left is None:
        return Done(detail="no card was left behind")
    return await outside.messages.show(effect, key, Place(left.channel), cards.moved_card(incident))


async def say(outside: Outside, effect: Leased) -> Done:
    """A change, in the room."""
    incident = await outside.incident(effect)
    if incident.room.is_open:
        place = await outside.room(incident, effect)
    else:
        # Its channel is made further down this lane: this was said while it lived in the thread.
        place = None if incident.private else await outside.thread(incident, effect)
    return await _say(outside, effect, incident, place, f"incident:{incident.number}:entry")


async def relay(outside: Outside, effect: Leased) -> Done:
    """The same for those who read the announcement's thread, unless that is where it is worked on."""
    incident = await outside.incident(effect)
    if await outside.room(incident, effect) is None or incident.room.kind is RoomKind.THREAD:
        return Done(detail="it is said in the thread already")
    async with outside.context.queue.database.read() as connection:
        announced = await messages_store.find(connection, f"incident:{incident.number}:announcement")
    # The announcement comes first in this lane: where there is none, Slack refused it.
    place = Place(announced.channel, announced.ts) if announced else None
    return await _say(outside, effect, incident, place, f"incident:{incident.number}:relayed")


async def _say(outside: Outside, effect: Leased, incident: Incident, place: Place | None, key: str) -> Done:
    entry = await _entry(outside, effect)
    if entry is None or place is None:
        return Done(detail="the entry is gone" if place else "there is no place to say it")
    content = said.entry_message(incident, entry, postmortem=_postmortem(outside, incident))
    return await outside.messages.show(effect, f"{key}:{entry.seq}", place, content)


async def _not_too_often(outside: Outside, key: str) -> None:
    """A burst of changes is a few edits. Raises Busy for a message that was edited a moment ago."""
    async with outside.context.queue.database.read() as connection:
        shown_at = await messages_store.shown_at(connection, key)
    now = outside.context.clock.now()
    if shown_at is not None and shown_at <= now < shown_at + REDRAW_EVERY:
        raise Busy(f"{key} was edited a moment ago", shown_at + REDRAW_EVERY)


async def sound_alarm(outside: Outside, effect: Leased) -> Done:
    """Loudly, where everybody looks; for a private incident, to whoever declared it."""
    incident = await outside.incident(effect)
    entry = await _entry(outside, effect)
    if entry is None:
        return Done(detail="the entry is gone")
    place = Place(incident.declared_by)
    if not incident.private:
        name = effect.payload.get("channel") or outside.context.playbook.current.channels.incidents
        place = Place(await outside.context.directory.channel(name))
    key = f"incident:{incident.number}:alarm:{entry.seq}"
    if effect.priority is not Priority.PAGE:
        async with outside.context.queue.database.read() as connection:
            if await messages_store.find(connection, key) is None:
                return Done(detail="it was never sounded")
    # After hours without Slack nobody is called together for what has been taken, or is over.
    is_stale = _has_answer(incident, entry)
    return await outside.messages.show(effect, key, place, said.alarm(incident, entry), is_stale=is_stale)


def _has_answer(incident: Incident, entry: Entry) -> bool:
    """Whether somebody has taken the incident, or it has ended, since an entry that called for anybody."""
    answers = (incident.acknowledged_at, incident.ended_at)
    return entry.kind is EntryKind.UNHEARD and any(at is not None and at > entry.at for at in answers)


async def show_nudge(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    place = await outside.room(incident, effect)
    nudge = effect.payload["nudge"]
    if place is None:
        return Done(detail="nowhere to show it")
    key = f"incident:{incident.number}:nudge:{nudge}"
    # One that may have been shown is found, so that the removal behind it knows what to remove.
    is_stale = incident.nudge != nudge
    return await outside.messages.show(effect, key, place, said.nudge(incident), is_stale=is_stale)


async def remove_nudge(outside: Outside, effect: Leased) -> Done:
    number, nudge = effect.payload["incident"], effect.payload["nudge"]
    return await outside.messages.remove(effect, f"incident:{number}:nudge:{nudge}")


async def show_all_clear(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    place = await outside.room(incident, effect)
    if place is None:
        return Done(detail="has no room")
    key = f"incident:{incident.number}:allclear:{effect.payload['asked']}"
    is_stale = not incident.asks_all_clear
    return await outside.messages.show(effect, key, place, said.all_clear(incident), is_stale=is_stale)


async def send_duties(outside: Outside, effect: Leased) -> Done:
    incident = await outside.incident(effect)
    role, holder = effect.payload["role"], UserId(effect.payload["user"])
    known = outside.context.playbook.current.incident_roles.get(role)
    content = said.duties(incident, role, known.duties if known else "")
    key = f"incident:{incident.number}:duties:{role}:{holder}:{effect.payload['seq']}"
    return await outside.messages.show(effect, key, Place(holder), content)


async def ask_still_there(outside: Outside, effect: Leased) -> Done:
    """Whether whoever answered is on it, asked of them alone; later, what came of asking.

    Who answered from outside Slack cannot be asked there: whoever is in the room is.
    """
    incident = await outside.incident(effect)
    since = effect.payload["since"]
    async with outside.context.queue.database.read() as connection:
        entries = await store.entries(connection, incident.number)
        asked = await messages_store.find(connection, key := f"incident:{incident.number}:still:{since}")
    answered = next((entry for entry in entries if entry.seq == since), None)
    later = [entry for entry in entries if entry.seq > since and entry.kind is not EntryKind.PAGED]
    over = not incident.is_open or any(entry.by != WATCHBILL for entry in later)
    if answered is None or (over and asked is None):
        return Done(detail="there is nothing to ask any more")
    place: Place | None = Place(answered.by)
    if outside_name(answered.by) is not None:
        place = await outside.room(incident, effect)
    if place is None:
        return Done(detail="there is nobody who could be asked")
    return await outside.messages.show(effect, key, place, said.still_there(incident, answered, later))


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


async def _merged(outside: Outside, incident: Incident) -> str:
    """The incident this one was merged into, unless that one is private."""
    if incident.merged_into is None:
        return ""
    async with outside.context.queue.database.read() as connection:
        into = await store.find(connection, incident.merged_into)
    return into.name if into is not None and not into.private else ""


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
