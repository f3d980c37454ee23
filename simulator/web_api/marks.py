"""What is attached to messages and channels: reactions.*, pins.*, bookmarks.*"""

import re

from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace import channels, messages, render
from simulator.workspace.model import Bookmark, Channel, Message

BOOKMARKS = 100
PINS = 100
REACTIONS = 50  # distinct emoji on one message

_TS = re.compile(r"^\d{9,}\.\d{1,6}$")
_EMOJI = re.compile(r"^[a-z0-9_+'-]+(::skin-tone-[2-6])?$")
_LINK = re.compile(r"^[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)


def _item(asked: Asked) -> tuple[Channel, Message]:
    channel = asked.workspace.channel_for(asked.me, asked.args.required("channel"))
    if not asked.args.has("timestamp"):
        raise SlackError("no_item_specified")
    ts = asked.args.text("timestamp")
    if not _TS.match(ts):
        raise SlackError("bad_timestamp")
    return channel, messages.get(channel, ts)


def _emoji(asked: Asked) -> str:
    name = asked.args.required("name").strip(":")
    if not _EMOJI.match(name):
        raise SlackError("invalid_name")
    return name


def reactions_add(asked: Asked) -> Json:
    name = _emoji(asked)
    channel, message = _item(asked)
    channels.require_open(channel)
    if asked.me not in channel.members and channel.is_private:
        raise SlackError("no_access")
    if name not in message.reactions and len(message.reactions) >= REACTIONS:
        raise SlackError("too_many_emoji")
    messages.react(asked.workspace, message, name, asked.me)
    return {}


def reactions_get(asked: Asked) -> Json:
    channel, message = _item(asked)
    return {
        "type": "message",
        "channel": channel.id,
        "message": render.message(asked.workspace, message)
        | {"permalink": messages.permalink(asked.workspace, message)},
    }


def reactions_remove(asked: Asked) -> Json:
    name = _emoji(asked)
    _, message = _item(asked)
    messages.unreact(asked.workspace, message, name, asked.me)
    return {}


def pins_add(asked: Asked) -> Json:
    channel, message = _item(asked)
    channels.require_member(channel, asked.me)
    if channel.is_archived:
        raise SlackError("restricted_action")
    if len(channel.pins) >= PINS:
        raise SlackError("too_many_pins")
    messages.pin(asked.workspace, message, asked.me)
    return {}


def pins_list(asked: Asked) -> Json:
    workspace = asked.workspace
    channel = workspace.channel_for(asked.me, asked.args.required("channel"))
    items = [messages.pinned_item(workspace, channel, channel.by_ts[ts]) for ts in reversed(channel.pins)]
    return {"items": items}


def pins_remove(asked: Asked) -> Json:
    _, message = _item(asked)
    messages.unpin(asked.workspace, message, asked.me)
    return {}


def _bookmarked(asked: Asked) -> Channel:
    return asked.workspace.channel_for(asked.me, asked.args.required("channel_id"))


def _link(asked: Asked) -> str:
    link = asked.args.text("link")
    if not _LINK.match(link):
        raise SlackError("invalid_link")
    return link


def bookmarks_add(asked: Asked) -> Json:
    channel = _bookmarked(asked)
    title = asked.args.required("title")
    if asked.args.required("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link = _link(asked)
    if asked.me not in channel.members:
        raise SlackError("permission_denied")
    if len(channel.bookmarks_by_id) >= BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    workspace = asked.workspace
    now = workspace.now()
    emoji = asked.args.text("emoji")
    made = Bookmark(workspace.new_id("Bk"), channel.id, title, link, emoji, now, now, asked.me)
    channel.bookmarks_by_id[made.id] = made
    workspace.changed("channels", channel)
    return {"bookmark": render.bookmark(workspace, made)}


def _bookmark(asked: Asked) -> tuple[Channel, Bookmark]:
    channel = _bookmarked(asked)
    found = channel.bookmarks_by_id.get(asked.args.required("bookmark_id"))
    if found is None:
        raise SlackError("not_found")
    return channel, found


def bookmarks_edit(asked: Asked) -> Json:
    channel, found = _bookmark(asked)
    if asked.args.has("link"):
        found.link = _link(asked)
    found.title = asked.args.text("title", found.title)
    found.emoji = asked.args.text("emoji", found.emoji)
    found.updated, found.updated_by = asked.workspace.now(), asked.me
    asked.workspace.changed("channels", channel)
    return {"bookmark": render.bookmark(asked.workspace, found)}


def bookmarks_list(asked: Asked) -> Json:
    channel = _bookmarked(asked)
    return {"bookmarks": [render.bookmark(asked.workspace, entry) for entry in channel.bookmarks]}


def bookmarks_remove(asked: Asked) -> Json:
    if not asked.args.has("bookmark_id"):
        raise invalid_arguments("missing required field: bookmark_id")
    channel, found = _bookmark(asked)
    del channel.bookmarks_by_id[found.id]
    asked.workspace.changed("channels", channel)
    return {}


METHODS = (
    Method("reactions.add", reactions_add, ("reactions:write",)),
    Method("reactions.get", reactions_get, ("reactions:read",)),
    Method("reactions.remove", reactions_remove, ("reactions:write",), tier=2),
    Method("pins.add", pins_add, ("pins:write",), tier=2),
    Method("pins.list", pins_list, ("pins:read",), tier=2),
    Method("pins.remove", pins_remove, ("pins:write",), tier=2),
    Method("bookmarks.add", bookmarks_add, ("bookmarks:write",), tier=2),
    Method("bookmarks.edit", bookmarks_edit, ("bookmarks:write",), tier=2),
    Method("bookmarks.list", bookmarks_list, ("bookmarks:read",)),
    Method("bookmarks.remove", bookmarks_remove, ("bookmarks:write",), tier=2),
)
