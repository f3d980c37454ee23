"""Reading a message that somebody marked for the timeline."""

from collections.abc import Mapping
from typing import Any

from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.incidents import store
from bot.incidents.effects.outside import Outside
from bot.incidents.model import change
from bot.incidents.model.incident import Number, Source
from bot.incidents.record import announced_by, apply
from bot.model import ChannelId, Ts, UserId
from bot.mrkdwn import plain
from bot.slack.authors import author_of

# One is asked for; of a thread Slack gives the first message as well.
FETCHED = 5


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
    author, name = author_of(message)
    source = Source(channel, ts, author, answer["permalink"], name)
    by = UserId(effect.payload["by"])

    async def record(tx: Transaction) -> None:
        incident = await store.lock(tx.connection, number)
        # Its marks may have been taken back meanwhile, or it may be there already.
        if incident is None or not await store.hold_marks(tx.connection, channel, ts):
            return
        if await store.entry_of(tx.connection, number, channel, ts) is not None:
            return
        await apply(
            tx,
            change.keep_message(
                incident, by, plain(message.get("text") or "", outside.context.directory.name_of), source
            ),
        )

    return Done(record, detail=f"INC-{number}")


async def _fetch(outside: Outside, channel: ChannelId, ts: Ts) -> Mapping[str, Any] | None:
    """A message by its id, in the channel or in one of its threads."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("conversations.history", {"latest": ts, "oldest": ts}),
        ("conversations.replies", {"ts": ts, "latest": ts, "oldest": ts}),
    )
    for method, more in asked:
        try:
            answer = await outside.slack.call(method, channel=channel, inclusive=True, limit=FETCHED, **more)
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
        return await announced_by(connection, channel, Ts(message.get("thread_ts") or ""))
