"""Posting a message once and editing it ever after, whatever dies in between."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.db import Database
from bot.delivery.errors import Refused
from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.messages import store
from bot.messages.store import Posted
from bot.model import ChannelId, Ts, UserId
from bot.slack.blocks import Content
from bot.slack.gateway import Slack

# What marks a message as ours in its metadata, with the message's key as `id`.
EVENT_TYPE = "watchbill_message"
# Slack's clock and ours may differ; a message older than this cannot be the one we look for.
CLOCKS_APART = timedelta(minutes=2)

OnPosted = Callable[[Transaction, Posted], Awaitable[None]]


@dataclass(frozen=True)
class Place:
    """Where a message goes: a channel's or a person's id, and the thread if it is a reply."""

    channel: ChannelId | UserId
    thread: Ts | None = None


class Messages:
    """Shows content under a key: posts it the first time, edits it after."""

    def __init__(self, database: Database, slack: Slack) -> None:
        self._database = database
        self._slack = slack

    async def show(
        self, effect: Leased, key: str, place: Place, content: Content, on_posted: OnPosted | None = None
    ) -> Done:
        """Make the message `key` show `content`.

        `on_posted` is written in the transaction that records a first post. Raises what `Slack.call` raises.
        """
        async with self._database.read() as connection:
            posted = await store.find(connection, key)
        if posted is not None:
            edited = await self._edit(effect, posted, content)
            if edited is not None:
                return edited
        found: Posted | None = None
        if effect.uncertain:
            found = await self._look(effect, key, place)
            if found is None and effect.priority is Priority.COSMETIC:
                return Done(detail="dropped: it may have been posted, and it is not worth saying twice")
        fresh = found or await self._post(effect, key, place, content)

        async def record(tx: Transaction) -> None:
            await store.keep(tx.connection, fresh, tx.now)
            if on_posted is not None:
                await on_posted(tx, fresh)
            if found is not None:
                # It may show an older state of things. An edit of its own, so that what was found is on
                # record whatever becomes of that.
                again = (effect.kind, effect.lane, effect.priority, effect.payload, effect.key)
                tx.queue(Effect(*again))

        return Done(record, detail=f"{fresh.channel} {fresh.ts}" + (" found" if found else ""))

    async def remove(self, effect: Leased, key: str) -> Done:
        """Delete the message `key`, if it is still there."""
        async with self._database.read() as connection:
            posted = await store.find(connection, key)
        if posted is None:
            return Done(detail="nothing to remove")
        try:
            await self._slack.call("chat.delete", channel=posted.channel, ts=posted.ts)
        except Refused as refusal:
            if refusal.error not in ("message_not_found", "channel_not_found", "is_archived"):
                raise

        async def record(tx: Transaction) -> None:
            await store.forget(tx.connection, key)

        return Done(record)

    async def once_changed(
        self,
        effect: Leased,
        key: str,
        channel: ChannelId,
        text: str,
        change: Callable[[], Awaitable[object]],
        is_set: Callable[[], Awaitable[bool]] | None = None,
    ) -> Done:
        """Something that is set rather than posted, such as a topic: `change` it only if it is not `text`.

        `is_set` looks whether an attempt whose answer was lost did it; None: doing it again does no harm.
        """
        async with self._database.read() as connection:
            shown = await store.find(connection, key)
        fresh = Posted(key, channel, Ts(""), _digest(Content(text)))
        # After a lost answer, what is shown may be newer than what is on record here.
        if shown is not None and shown.digest == fresh.digest and not effect.uncertain:
            return Done(detail="already set")
        if not (effect.uncertain and is_set is not None and await is_set()):
            await change()

        async def record(tx: Transaction) -> None:
            await store.keep(tx.connection, fresh, tx.now)

        return Done(record)

    async def _edit(self, effect: Leased, posted: Posted, content: Content) -> Done | None:
        """None: the message is gone, somebody deleted it."""
        digest = _digest(content)
        # After a lost answer, what is shown may be newer than what is on record here.
        if posted.digest == digest and not effect.uncertain:
            return Done(detail="already shows this")
        try:
            await self._slack.call(
                "chat.update",
                urgent=effect.priority is Priority.PAGE,
                **self._arguments(content, posted.channel),
                ts=posted.ts,
            )
        except Refused as refusal:
            if refusal.error == "message_not_found":
                return None
            raise

        async def record(tx: Transaction) -> None:
            await store.keep(tx.connection, replace(posted, digest=digest), tx.now)

        return Done(record, detail="edited")

    async def _post(self, effect: Leased, key: str, place: Place, content: Content) -> Posted:
        arguments = self._arguments(content, place.channel)
        arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": key}}
        if place.thread is not None:
            arguments["thread_ts"] = place.thread
        urgent = effect.priority is Priority.PAGE
        try:
            answer = await self._slack.call("chat.postMessage", urgent=urgent, **arguments)
        except Refused as refusal:
            if refusal.error != "not_in_channel":
                raise
            await self._slack.call("conversations.join", channel=place.channel)
            answer = await self._slack.call("chat.postMessage", urgent=urgent, **arguments)
        return Posted(key, ChannelId(answer["channel"]), Ts(answer["ts"]), _digest(content))

    async def _look(self, effect: Leased, key: str, place: Place) -> Posted | None:
        """Find the message an earlier attempt may have posted.

        None where it is not there, or, for a page, where Slack will not let us look: a page twice is better
        than none.
        """
        try:
            return await self._search(effect, key, place)
        except Refused as refusal:
            if refusal.error == "not_in_channel":
                return None  # nor was the earlier attempt, so it said nothing there
            if effect.priority is Priority.COSMETIC or effect.priority is Priority.PAGE:
                return None
            raise

    async def _search(self, effect: Leased, key: str, place: Place) -> Posted | None:
        channel = place.channel
        if channel.startswith(("U", "W")):
            opened = await self._slack.call("conversations.open", users=channel)
            channel = ChannelId(opened["channel"]["id"])
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": str((effect.made_at - CLOCKS_APART).timestamp()),
            "include_all_metadata": True,
            "limit": 200,
        }
        method = "conversations.history"
        if place.thread is not None:
            method, arguments = "conversations.replies", {**arguments, "ts": place.thread}
        while True:
            answer = await self._slack.call(method, urgent=effect.priority is Priority.PAGE, **arguments)
            for message in answer["messages"]:
                if _key(message) == key:
                    return Posted(key, ChannelId(channel), Ts(message["ts"]), "")
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            arguments["cursor"] = cursor

    def _arguments(self, content: Content, channel: str) -> dict[str, Any]:
        return {
            "channel": channel,
            "text": content.text,
            "blocks": list(content.blocks),
            "unfurl_links": False,
            "unfurl_media": False,
        }


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    found = (metadata.get("event_payload") or {}).get("id")
    return found if isinstance(found, str) else None


def _digest(content: Content) -> str:
    return hashlib.sha256(json.dumps([content.text, content.blocks]).encode()).hexdigest()
