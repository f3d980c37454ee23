"""chat.postMessage, postEphemeral, update, delete, getPermalink."""

from typing import Any

from simulator.blocks import check_message_blocks
from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace import channels, messages, render
from simulator.workspace.model import Channel, Message
from simulator.workspace.text import sent_by_app

# docs.slack.dev (chat.update): text of more than 4,000 characters is refused there.
UPDATE_TEXT_LENGTH = 4000
METADATA_LENGTH = 8192
ATTACHMENTS = 100

_ANSWERED = frozenset(
    {"type", "subtype", "text", "user", "team", "bot_id", "app_id", "bot_profile", "blocks", "attachments"}
    | {"edited", "metadata", "username", "icons"}
)


def content(asked: Asked, too_long: str = "msg_too_long") -> Json:
    """The fields of the message that the call gives, checked; what it leaves out is not a key."""
    args = asked.args
    given: Json = {}
    if args.has("markdown_text"):
        if args.has("text") or args.has("blocks"):
            raise SlackError("markdown_text_conflict")
        given["text"] = sent_by_app(args.text("markdown_text"))
    if "text" in args.values:
        given["text"] = sent_by_app(args.text("text"))
    if "blocks" in args.values:
        given["blocks"] = check_message_blocks(
            args.json("blocks", "invalid_blocks_format"), too_long=too_long
        )
    if "attachments" in args.values:
        given["attachments"] = _attachments(asked, too_long)
    return given


def _attachments(asked: Asked, too_long: str) -> list[Json]:
    attachments = asked.args.json("attachments", "invalid_arguments") or []
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        raise invalid_arguments("must be an array of objects [json-pointer:/attachments]")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for number, attachment in enumerate(attachments, start=1):
        attachment.setdefault("id", number)
        if "blocks" in attachment:
            at = f"/attachments/{number - 1}/blocks"
            attachment["blocks"] = check_message_blocks(attachment["blocks"], at, too_long=too_long)
    return attachments


def metadata(asked: Asked) -> Json:
    """The metadata given, as a field of the message; an empty object takes what was there away."""
    if not asked.args.has("metadata"):
        return {}
    value: Any = asked.args.json("metadata", "invalid_metadata_format")
    if value == {}:
        return {"metadata": None}
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(value.get("event_payload", {}), dict):
        raise SlackError("invalid_metadata_format")
    if len(str(value)) > METADATA_LENGTH:
        raise SlackError("metadata_too_large")
    kept = {"event_type": value["event_type"], "event_payload": value.get("event_payload", {})}
    return {"metadata": kept}


def require_something(given: Json) -> None:
    """SlackError no_text."""
    if not (given.get("text") or given.get("blocks") or given.get("attachments")):
        raise SlackError("no_text")


def destination(asked: Asked) -> Channel:
    """A channel by id or name, or a person by id, whose direct conversation is opened."""
    workspace = asked.workspace
    wanted = asked.args.text("channel")
    if wanted in workspace.people:
        person = workspace.people[wanted]
        if person.deleted or person.id == asked.me:
            raise SlackError("channel_not_found")
        return channels.direct(workspace, [asked.me, wanted])[0]
    channel = workspace.channel_named(wanted) if wanted else None
    if channel is None or not workspace.can_see(asked.me, channel):
        raise SlackError("channel_not_found")
    return channel


def open_destination(asked: Asked) -> Channel:
    """A destination one can post to. SlackError is_archived, not_in_channel."""
    channel = destination(asked)
    if channel.is_archived:
        raise SlackError("is_archived")
    if asked.me not in channel.members and "chat:write.public" not in asked.scopes:
        raise SlackError("not_in_channel")
    return channel


def new_message(asked: Asked, channel: Channel, given: Json) -> Message:
    """The app's message, outside of threads so far; it is not posted yet."""
    args = asked.args
    message = Message("", channel.id, asked.me, by_app=True, **given)
    if "chat:write.customize" in asked.scopes:
        message.username = args.text("username") or None
        if args.has("icon_emoji"):
            message.icons = {"emoji": args.text("icon_emoji")}
        elif args.has("icon_url"):
            message.icons = {"image_64": args.text("icon_url")}
    return message


def _into_thread(asked: Asked, channel: Channel, message: Message) -> Message:
    if asked.args.has("thread_ts"):
        message.thread_ts = messages.thread_root(channel, asked.args.text("thread_ts")).ts
        message.broadcast = asked.args.flag("reply_broadcast")
    return message


def post_message(asked: Asked) -> Json:
    channel = open_destination(asked)
    given = content(asked, "msg_blocks_too_long") | metadata(asked)
    require_something(given)
    message = _into_thread(asked, channel, new_message(asked, channel, given))
    messages.post(asked.workspace, message)
    shape = render.message(asked.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def post_ephemeral(asked: Asked) -> Json:
    channel = open_destination(asked)
    user = asked.args.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    given = content(asked)
    require_something(given)
    message = _into_thread(asked, channel, new_message(asked, channel, given))
    message.ephemeral_to = user
    messages.post_ephemeral(asked.workspace, message)
    return {"message_ts": message.ts}


def update(asked: Asked) -> Json:
    channel = asked.workspace.channel_for(asked.me, asked.args.required("channel"))
    message = messages.get(channel, asked.args.required("ts"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    if not message.by_app or message.user != asked.me:
        raise SlackError("cant_update_message")
    given = content(asked) | metadata(asked)
    if len(given.get("text", "")) > UPDATE_TEXT_LENGTH:
        raise SlackError("msg_too_long")
    if not given:
        raise SlackError("no_text")
    # docs.slack.dev (chat.update): text without blocks takes the old blocks away.
    if given.get("text") and "blocks" not in given:
        given["blocks"] = []
    after = {"text": message.text, "attachments": message.attachments, "blocks": message.blocks, **given}
    require_something(after)
    messages.edit(asked.workspace, message, by=asked.me, marked=not given.get("blocks"), **given)
    shape = render.message(asked.workspace, message, metadata=True)
    # Slack's answer has the content only: neither where the message stands nor its thread.
    kept = {key: value for key, value in shape.items() if key in _ANSWERED}
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": kept}


def delete(asked: Asked) -> Json:
    channel = asked.workspace.channel_for(asked.me, asked.args.required("channel"))
    message = messages.get(channel, asked.args.required("ts"))
    if not message.by_app or message.user != asked.me:
        raise SlackError("cant_delete_message")
    messages.delete(asked.workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(asked: Asked) -> Json:
    channel = asked.workspace.channel_for(asked.me, asked.args.required("channel"))
    message = messages.get(channel, asked.args.required("message_ts"))
    return {"channel": channel.id, "permalink": messages.permalink(asked.workspace, message)}


METHODS = (
    Method("chat.postMessage", post_message, ("chat:write",), tier=0),
    Method("chat.postEphemeral", post_ephemeral, ("chat:write",), tier=4),
    Method("chat.update", update, ("chat:write",)),
    Method("chat.delete", delete, ("chat:write",)),
    Method("chat.getPermalink", get_permalink, tier=0),
)
