"""Reading a message that somebody marked for the timeline."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.incidents import store
from bot.incidents.effects.outside import Outside
from bot.incidents.model import change, queued
from bot.incidents.model.incident import EntryKind, Number, Source
from bot.incidents.record import apply
from bot.messages import store as messages_store
from bot.model import ChannelId, Ts, UserId
from bot.mrkdwn import plain


async def read_message(outside: Outside, effect: Leased) -> Done:
    """Fetch words, author, time and link, then put the message into its incident's timeline, once."""
    channel, ts = ChannelId(effect.payload["channel"]), Ts(effect.payload["ts"])
    message = await _fetch(outside, channel, ts)
    if message is None:
        return Done(detail="the message is gone")
    number = Number(effect.payload["incident"]) or await _number(outside, channel, message)
    if number is None:
        return Done(detail="in no incident's thread")
    answer = await outside.slack.call("chat.getPermalink", channel=channel, message_ts=ts)
    author = message.get("user")
    source = Source(channel, ts, UserId(author) if author else None, answer["permalink"])
    by = UserId(effect.payload["by"])

    async def record(tx: Transaction) -> None:
        incident = await store.lock(tx.connection, number)
        # Its marks may have been taken back meanwhile, or it may be there already.
        if incident is None or not await store.marks_of(tx.connection, channel, ts):
            return
        if await store.entry_of(tx.connection, number, channel, ts) is not None:
            return
        said_at = datetime.fromtimestamp(float(ts), UTC)
        text = plain(message.get("text") or "(no words)")
        found = change.note(incident, EntryKind.MESSAGE, by, said_at, text, source)
        await apply(tx, found.also(queued.card(number)))

    return Done(record, detail=f"INC-{number}")


async def _fetch(outside: Outside, channel: ChannelId, ts: Ts) -> Mapping[str, Any] | None:
    """A message by its id, in the channel or in one of its threads."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("conversations.history", {"latest": ts, "oldest": ts}),
        ("conversations.replies", {"ts": ts, "latest": ts, "oldest": ts}),
    )
    for method, more in asked:
        try:
            answer = await outside.slack.call(method, channel=channel, inclusive=True, limit=1, **more)
        except Refused as refusal:
            if refusal.error in ("thread_not_found", "message_not_found"):
                continue
            raise
        for message in answer["messages"]:
            if message["ts"] == ts:
                found: Mapping[str, Any] = message
                return found
    return None


async def _number(outside: Outside, channel: ChannelId, message: Mapping[str, Any]) -> Number | None:
    """The incident announced by the message this one's thread hangs under."""
    async with outside.context.queue.database.read() as connection:
        posted = await messages_store.find_at(connection, channel, Ts(message.get("thread_ts") or ""))
    parts = posted.key.split(":") if posted else []
    is_announcement = len(parts) == 3 and parts[0] == "incident" and parts[2] == "announcement"
    return Number(int(parts[1])) if is_announcement else None
