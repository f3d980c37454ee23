"""Posting a message with its key in it, and finding it again by that key. Needs no database."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.errors import Refused
from bot.messages.store import Posted
from bot.model import ChannelId, Ts, UserId
from bot.slack.blocks import Content
from bot.slack.gateway import Slack

# What marks a message as ours in its metadata, with the message's key as `id`.
EVENT_TYPE = "watchbill_message"
# Slack's clock and ours may differ; a message older than this cannot be the one we look for.
CLOCKS_APART = timedelta(minutes=2)


@dataclass(frozen=True)
class Place:
    """Where a message goes: a channel's or a person's id, and the thread if it is a reply."""

    channel: ChannelId | UserId
    thread: Ts | None = None


async def post(slack: Slack, key: str, place: Place, content: Content, *, urgent: bool) -> Posted:
    """Post `content` under `key`; a public channel is entered for it. Raises what `Slack.call` raises."""
    given = {**arguments(content, place.channel), "metadata": marked(key)}
    if place.thread is not None:
        given["thread_ts"] = place.thread
    try:
        answer = await slack.call("chat.postMessage", urgent=urgent, **given)
    except Refused as refusal:
        if refusal.error != "not_in_channel":
            raise
        await slack.call("conversations.join", channel=place.channel)
        answer = await slack.call("chat.postMessage", urgent=urgent, **given)
    return Posted(key, ChannelId(answer["channel"]), Ts(answer["ts"]), digest_of(content))


async def search(slack: Slack, key: str, place: Place, made_at: datetime, *, urgent: bool) -> Posted | None:
    """The message under `key`, looked for from `made_at` on. Raises what `Slack.call` raises."""
    channel = place.channel
    if channel.startswith(("U", "W")):
        opened = await slack.call("conversations.open", users=channel)
        channel = ChannelId(opened["channel"]["id"])
    given: dict[str, Any] = {
        "channel": channel,
        "oldest": str((made_at - CLOCKS_APART).timestamp()),
        "include_all_metadata": True,
        "limit": 200,
    }
    method = "conversations.history"
    if place.thread is not None:
        method, given = "conversations.replies", {**given, "ts": place.thread}
    while True:
        answer = await slack.call(method, urgent=urgent, **given)
        for message in answer["messages"]:
            if mark_of(message).get("id") == key:
                return Posted(key, ChannelId(channel), Ts(message["ts"]), "")
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
        given["cursor"] = cursor


async def mark_at(slack: Slack, channel: ChannelId, ts: Ts) -> Mapping[str, Any]:
    """What is written into the metadata of one message of ours now. Raises what `Slack.call` raises."""
    there = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True, "limit": 1}
    answer = await slack.call("conversations.history", urgent=True, include_all_metadata=True, **there)
    return next((mark_of(message) for message in answer["messages"] if message["ts"] == ts), {})


def arguments(content: Content, channel: str) -> dict[str, Any]:
    return {
        "channel": channel,
        "text": content.text,
        "blocks": list(content.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def marked(key: str, **more: str) -> dict[str, Any]:
    """A message's metadata: its key, and what else is to be known of it by whoever finds it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"id": key, **more}}


def mark_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `marked` put into a message; empty for one that is not ours."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}) if metadata.get("event_type") == EVENT_TYPE else {}


def digest_of(content: Content) -> str:
    return hashlib.sha256(json.dumps([content.text, content.blocks]).encode()).hexdigest()
