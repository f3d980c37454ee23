"""files.*: the external upload flow, and what was uploaded."""

from typing import Any

from simulator.blocks import check_message_blocks
from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace import files, render
from simulator.workspace.model import Channel, File, Message
from simulator.workspace.text import sent_by_app

# docs.slack.dev: an alternative text of 1,000 characters, a file of 1 GB, a hundred channels at once.
ALT_TEXT = 1000
BYTES = 1024**3
CHANNELS = 100
PAGE = 100

_TYPES = ("all", "spaces", "snippets", "images", "gdocs", "zips", "pdfs")


def upload_url(asked: Asked) -> Json:
    args = asked.args
    if not args.has("filename") or not args.has("length"):
        raise SlackError("missing_argument")
    if not args.text("length").isdigit() or not int(args.text("length")):
        raise invalid_arguments("must be a positive number [json-pointer:/length]")
    if int(args.text("length")) > BYTES:
        raise SlackError("file_upload_size_restricted")
    if len(args.text("alt_txt")) > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    made = files.begin(
        asked.workspace, asked.me, args.text("filename"), int(args.text("length")), args.text("alt_txt")
    )
    return {"upload_url": f"{asked.workspace.address}/upload/v1/{made.id}", "file_id": made.id}


def complete_upload(asked: Asked) -> Json:
    args, workspace = asked.args, asked.workspace
    given: Any = args.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(entry, dict) for entry in given):
        raise invalid_arguments("must be an array of objects [json-pointer:/files]")
    uploaded = [_uploaded(asked, str(entry.get("id"))) for entry in given]
    names = args.names("channels") or args.names("channel_id")
    if len(names) > CHANNELS:
        raise SlackError("channels_limit_exceeded")
    rooms = [_room(asked, name) for name in names]
    blocks = _blocks(asked)
    for entry, described in zip(uploaded, given, strict=True):
        entry.title = str(described.get("title") or entry.name)
        entry.complete = True
    for room in rooms:
        text = sent_by_app(args.text("initial_comment"))
        message = Message("", room.id, asked.me, text, blocks=blocks, by_app=True)
        if args.text("thread_ts") in room.by_ts:
            message.thread_ts = args.text("thread_ts")
        files.share(workspace, room, uploaded, message)
    return {"files": [render.file(workspace, entry) for entry in uploaded]}


def _blocks(asked: Asked) -> list[Json]:
    given = asked.args.json("blocks", "invalid_blocks")
    if given and not isinstance(given, list):
        raise SlackError("invalid_blocks")
    return check_message_blocks(given, too_long="invalid_blocks")


def _uploaded(asked: Asked, file_id: str) -> File:
    found = asked.workspace.files.get(file_id)
    if found is None or found.deleted or found.user != asked.me or not found.content:
        raise SlackError("file_not_found")
    return found


def _room(asked: Asked, name: str) -> Channel:
    channel = asked.workspace.channel_for(asked.me, name)
    if channel.is_archived:
        raise SlackError("posting_to_channel_denied")
    if asked.me not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _visible(asked: Asked, entry: File) -> bool:
    if not entry.complete or entry.deleted:
        return False
    rooms = [asked.workspace.channels[channel] for channel in entry.shared]
    return entry.user == asked.me or any(asked.workspace.can_see(asked.me, room) for room in rooms)


def _file(asked: Asked) -> File:
    found = asked.workspace.files.get(asked.args.required("file"))
    if found is None:
        raise SlackError("file_not_found")
    if found.deleted:
        raise SlackError("file_deleted")
    return found


def info(asked: Asked) -> Json:
    found = _file(asked)
    if not _visible(asked, found):
        raise SlackError("file_not_found")
    return {
        "file": render.file(asked.workspace, found),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def list_all(asked: Asked) -> Json:
    args, workspace = asked.args, asked.workspace
    if not set(args.names("types")) <= set(_TYPES):
        raise SlackError("unknown_type")
    if args.has("user") and args.text("user") not in workspace.people:
        raise SlackError("user_not_found")
    found = [entry for entry in reversed(workspace.files.values()) if _visible(asked, entry)]
    if args.has("user"):
        found = [entry for entry in found if entry.user == args.text("user")]
    if args.has("channel"):
        found = [entry for entry in found if args.text("channel") in entry.shared]
    if args.names("types") == ["images"]:
        found = [entry for entry in found if entry.mimetype.startswith("image/")]
    count, page = (
        max(1, int(args.text(name) or 0) or default) for name, default in (("count", PAGE), ("page", 1))
    )
    chosen = found[(page - 1) * count : page * count]
    return {
        "files": [render.file(workspace, entry) for entry in chosen],
        "paging": {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)},
    }


def delete(asked: Asked) -> Json:
    found = _file(asked)
    if found.user != asked.me:
        raise SlackError("cant_delete_file")
    files.delete(asked.workspace, found)
    return {}


METHODS = (
    Method("files.getUploadURLExternal", upload_url, ("files:write",), tier=4),
    Method("files.completeUploadExternal", complete_upload, ("files:write",), tier=4),
    Method("files.info", info, ("files:read",), tier=4),
    Method("files.list", list_all, ("files:read",)),
    Method("files.delete", delete, ("files:write",)),
)
