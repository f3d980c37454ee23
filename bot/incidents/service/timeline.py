"""The timeline's own use cases: messages marked for it, and entries put right."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import change, queued
from bot.incidents.model.incident import Entry, EntryKind, Incident, Number, Source
from bot.incidents.record import announced_by, apply
from bot.incidents.service.work import work_on
from bot.messages import store as messages
from bot.model import Act, ChannelId, Ts


class NoIncidentThere(Exception):
    """The message is in no incident's room or thread."""


# The kinds whose text is somebody's words and may be corrected; what the bot observed stays as it was.
EDITABLE = (EntryKind.UPDATE, EntryKind.NOTE, EntryKind.MESSAGE)


@dataclass(frozen=True)
class Message:
    """A message that somebody holds in hands: Slack sent it along with the shortcut."""

    text: str
    source: Source
    thread: Ts | None = None


async def mark(context: Context, channel: ChannelId, ts: Ts, mark_: str, act: Act) -> None:
    """Mark a message for the timeline of the incident whose room or thread it is in, if it is in one.

    The message is read from Slack before it appears.
    """
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel)
        if incident is None and not await _hosts_threads(tx, channel):
            return
        number = incident.number if incident else None
        await store.add_mark(tx.connection, channel, ts, mark_, number)
        tx.queue(queued.read_message(number, channel, ts, act.by))


async def add(
    context: Context, message: Message, mark_: str, act: Act, number: Number | None = None
) -> Incident:
    """Put a message into the timeline of `number`, or of the incident whose room or thread it is in.

    It stays once, however often it is added. Raises NoIncidentThere where it is in none.
    """
    source = message.source
    async with context.queue.transaction() as tx:
        found = number or await _number_at(tx, source.channel, message.thread)
        incident = await store.lock(tx.connection, found) if found else None
        if incident is None or not await store.may_see(tx.connection, incident, act.by):
            raise NoIncidentThere
        await store.add_mark(tx.connection, source.channel, source.ts, mark_, incident.number)
        if await store.entry_of(tx.connection, incident.number, source.channel, source.ts) is None:
            incident = await apply(tx, change.keep_message(incident, act.by, message.text, source))
        return incident


async def _number_at(tx: Transaction, channel: ChannelId, thread: Ts | None) -> Number | None:
    incident = await store.by_channel(tx.connection, channel)
    if incident is not None:
        return incident.number
    return await announced_by(tx.connection, channel, thread) if thread else None


async def unmark(context: Context, channel: ChannelId, ts: Ts, mark_: str) -> None:
    """Take a mark back; with the last one the entry goes."""
    async with context.queue.transaction() as tx:
        await store.remove_mark(tx.connection, channel, ts, mark_)
        if await store.marks_of(tx.connection, channel, ts):
            return
        entry = await store.entry_from(tx.connection, channel, ts)
        if entry is not None:
            await store.remove_entry(tx.connection, entry.incident, entry.seq)
            tx.queue(queued.card(entry.incident))


async def edit_entry(
    context: Context, number: Number, seq: int, text: str | None, at: datetime, act: Act
) -> Entry:
    """Put the words or the time of an entry right; `text` None leaves the words."""
    async with work_on(context, number, act) as work:
        entry = await store.entry(work.tx.connection, number, seq)
        if entry is None:
            raise UserError("This entry is gone: somebody removed it from the timeline.")
        if text is not None and entry.kind not in EDITABLE:
            raise UserError("What Watchbill recorded keeps its words; its time can be changed.")
        if at > act.at:
            raise UserError("That time is in the future.")
        changed = replace(entry, text=entry.text if text is None else text, at=at)
        await store.save_entry(work.tx.connection, changed)
        await work.apply(change.corrected(work.incident, entry, changed))
        return changed


async def _hosts_threads(tx: Transaction, channel: ChannelId) -> bool:
    """Whether announcements are posted here, so that a message may be in an incident's thread."""
    return await messages.any_in(tx.connection, channel, "incident:%:announcement")
