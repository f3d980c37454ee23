"""What happens in Slack without anybody asking us: reactions, pins, comings and goings."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.context import Context
from bot.home import service as home
from bot.incidents.service import rooms, timeline
from bot.model import Act, ChannelId, Ts, UserId

# The reaction that puts a message into the timeline.
PUSHPIN = "pushpin"

Happen = Callable[[Context, Mapping[str, Any], Act], Awaitable[None]]


async def home_opened(context: Context, event: Mapping[str, Any], act: Act) -> None:
    if event.get("tab", "home") == "home":
        await home.opened(context, act.by)


async def reaction_added(context: Context, event: Mapping[str, Any], act: Act) -> None:
    item = event["item"]
    if event["reaction"] == PUSHPIN and item["type"] == "message":
        mark = f"reaction:{act.by}"
        await timeline.mark(context, ChannelId(item["channel"]), Ts(item["ts"]), mark, act)


async def reaction_removed(context: Context, event: Mapping[str, Any], act: Act) -> None:
    item = event["item"]
    if event["reaction"] == PUSHPIN and item["type"] == "message":
        await timeline.unmark(context, ChannelId(item["channel"]), Ts(item["ts"]), f"reaction:{act.by}")


async def pin_added(context: Context, event: Mapping[str, Any], act: Act) -> None:
    """Not the card, which the bot pins itself."""
    message = event["item"].get("message")
    if message is not None and act.by != await context.directory.me():
        await timeline.mark(context, ChannelId(event["channel_id"]), Ts(message["ts"]), "pin", act)


async def pin_removed(context: Context, event: Mapping[str, Any], act: Act) -> None:
    message = event["item"].get("message")
    if message is not None:
        await timeline.unmark(context, ChannelId(event["channel_id"]), Ts(message["ts"]), "pin")


async def joined(context: Context, event: Mapping[str, Any], act: Act) -> None:
    await rooms.joined(context, ChannelId(event["channel"]), act.by, Ts(event["event_ts"]))


async def left(context: Context, event: Mapping[str, Any], act: Act) -> None:
    await rooms.left(context, ChannelId(event["channel"]), act.by, Ts(event["event_ts"]))


EVENTS: tuple[tuple[str, Happen], ...] = (
    ("app_home_opened", home_opened),
    ("reaction_added", reaction_added),
    ("reaction_removed", reaction_removed),
    ("pin_added", pin_added),
    ("pin_removed", pin_removed),
    ("member_joined_channel", joined),
    ("member_left_channel", left),
)


def act_of(body: Mapping[str, Any], context: Context) -> Act:
    """Who did it; events carry an id that stays the same when they are delivered again."""
    user = UserId(body["event"].get("user") or "")
    return Act(user, context.clock.now(), f"event:{body['event_id']}")
