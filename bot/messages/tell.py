"""Saying something to one person alone: an answer to what they did."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.delivery.errors import Refused
from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.worker import Done, Perform
from bot.model import ChannelId, Ts, UserId
from bot.slack.blocks import Content
from bot.slack.gateway import Slack

TELL = "answer.tell"


def tell(user: UserId, channel: ChannelId | UserId, content: Content, thread: Ts | None = None) -> Effect:
    """`channel`, and the `thread` in it: where they are looking; they alone see it there."""
    payload = told(user, channel, content, thread)
    return Effect(TELL, f"tell:{uuid4()}", Priority.ANSWER, payload)


def told(
    user: UserId, channel: ChannelId | UserId, content: Content, thread: Ts | None = None
) -> dict[str, Any]:
    """What `say` takes, as it is queued."""
    payload: dict[str, Any] = {"user": user, "channel": channel, "thread": thread}
    return payload | {"text": content.text, "blocks": list(content.blocks)}


async def say(slack: Slack, told: Mapping[str, Any]) -> None:
    """Say it now. Raises what `Slack.call` raises."""
    message = {"text": told["text"], **({"blocks": told["blocks"]} if told["blocks"] else {})}
    if told["channel"] == told["user"]:
        await slack.call("chat.postMessage", channel=told["user"], **message)
        return
    where = {"channel": told["channel"], **({"thread_ts": told["thread"]} if told["thread"] else {})}
    try:
        await slack.call("chat.postEphemeral", **where, user=told["user"], **message)
    except Refused:
        # The bot is not in that channel: the person has a direct message with it, always.
        await slack.call("chat.postMessage", channel=told["user"], **message)


def performers(slack: Slack) -> dict[str, Perform]:
    async def perform(effect: Leased) -> Done:
        if effect.uncertain:
            # What only one person sees cannot be looked up, and twice is worse than never for a hint.
            return Done(detail="dropped: it may have been shown")
        await say(slack, effect.payload)
        return Done()

    return {TELL: perform}
