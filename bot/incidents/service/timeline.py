"""The timeline's own use cases: messages marked for it, and entries put right."""

from dataclasses import replace
from datetime import datetime

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import queued
from bot.incidents.model.incident import Entry, EntryKind, Number
from bot.incidents.service.queries import look_at
from bot.incidents.service.work import work_on
from bot.messages import store as messages
from bot.model import Act, ChannelId, Ts

# The kinds whose text is somebody's words and may be corrected; what the bot observed stays as it was.
EDITABLE = (EntryKind.UPDATE, EntryKind.NOTE, EntryKind.MESSAGE)


async def mark(
    context: Context, channel: ChannelId, ts: Ts, mark_: str, act: Act, number: Number | None = None
) -> bool:
    """Mark a message for the timeline of the incident whose room (or thread) it is in, or of `number`.

    False when it is in no incident's room. The message is read from Slack before it appears.
    """
    if number is not None:
        await look_at(context, number, act.by)
    async with context.queue.transaction() as tx:
        incident = await store.by_channel(tx.connection, channel) if number is None else None
        found = incident.number if incident else number
        if found is None and not await _hosts_threads(tx, channel):
            return False
        await store.add_mark(tx.connection, channel, ts, mark_, found)
        tx.queue(queued.read_message(found, channel, ts, act.by))
        return True


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
        work.tx.queue(queued.card(number))
        if entry.kind is EntryKind.UPDATE:
            work.tx.queue(queued.say(number, seq))
        return changed


async def _hosts_threads(tx: Transaction, channel: ChannelId) -> bool:
    """Whether announcements are posted here, so that a message may be in an incident's thread."""
    return await messages.any_in(tx.connection, channel, "incident:%:announcement")
