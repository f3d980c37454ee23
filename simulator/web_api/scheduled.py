"""chat.scheduleMessage, chat.deleteScheduledMessage: what is posted later."""

from simulator.errors import Json, SlackError
from simulator.web_api import chat
from simulator.web_api.asked import Asked, Method
from simulator.workspace import render
from simulator.workspace.model import Scheduled

# docs.slack.dev: 120 days ahead at most, and 30 messages to a channel within five minutes.
AHEAD_SECONDS = 120 * 24 * 3600
CROWD = 30
CROWD_SECONDS = 300

_ANSWERED = ("bot_id", "type", "text", "user", "team", "bot_profile", "blocks", "attachments")


def schedule(asked: Asked) -> Json:
    workspace = asked.workspace
    channel = chat.open_destination(asked)
    text = asked.args.text("post_at")
    if not text.isdigit():
        raise SlackError("invalid_time")
    post_at = int(text)
    if post_at <= workspace.now():
        raise SlackError("time_in_past")
    if post_at > workspace.now() + AHEAD_SECONDS:
        raise SlackError("time_too_far")
    near = [
        entry
        for entry in workspace.scheduled.values()
        if entry.message.channel == channel.id and abs(entry.post_at - post_at) < CROWD_SECONDS
    ]
    if len(near) >= CROWD:
        raise SlackError("restricted_too_many")
    given = chat.content(asked) | chat.metadata(asked)
    chat.require_something(given)
    message = chat.new_message(asked, channel, given)
    # Whether the thread is there still is seen when the time has come.
    message.thread_ts = asked.args.text("thread_ts") or None
    message.broadcast = asked.args.flag("reply_broadcast")
    made = Scheduled(workspace.new_id("Q"), post_at, message)
    workspace.scheduled[made.id] = made
    workspace.rescheduled()
    shape = render.message(workspace, message)
    kept = {key: shape[key] for key in _ANSWERED if key in shape}
    return {
        "channel": channel.id,
        "scheduled_message_id": made.id,
        "post_at": post_at,
        "message": kept | {"type": "delayed_message"},
    }


def delete(asked: Asked) -> Json:
    channel = asked.workspace.channel_for(asked.me, asked.args.required("channel"))
    found = asked.workspace.scheduled.get(asked.args.required("scheduled_message_id"))
    if found is None or found.message.channel != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    del asked.workspace.scheduled[found.id]
    return {}


METHODS = (
    Method("chat.scheduleMessage", schedule, ("chat:write",)),
    Method("chat.deleteScheduledMessage", delete, ("chat:write",)),
)
