"""Files: uploaded in two steps, then shared with a conversation."""

import mimetypes

from simulator.errors import Json
from simulator.workspace import messages
from simulator.workspace.model import Channel, File, Message
from simulator.workspace.workspace import Workspace


def begin(workspace: Workspace, user: str, name: str, size: int, alt_text: str = "") -> File:
    """A file whose content is still to come; nobody sees it yet."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    made = File(workspace.new_id("F"), name, name, user, size, kind, workspace.now(), alt_text=alt_text)
    workspace.files[made.id] = made
    return made


def share(workspace: Workspace, channel: Channel, files: list[File], message: Message) -> Message:
    """Post a message that carries the files, and tell the app that they are shared."""
    message.files = files
    message.subtype = "file_share"
    for entry in files:
        entry.complete = True
        entry.shared[channel.id] = None
    messages.post(workspace, message)
    for entry in files:
        event = {
            "type": "file_shared",
            "file_id": entry.id,
            "user_id": entry.user,
            "file": {"id": entry.id},
            "channel_id": channel.id,
            "event_ts": workspace.next_ts(),
        }
        workspace.tell_app(event, channel)
    return message


def delete(workspace: Workspace, entry: File) -> None:
    """The file is gone; messages that carried it show where it was."""
    entry.deleted, entry.content = True, b""
    event: Json = {"type": "file_deleted", "file_id": entry.id, "event_ts": workspace.next_ts()}
    workspace.tell_app(event, None)
    for channel_id in entry.shared:
        channel = workspace.channels[channel_id]
        for message in channel.by_ts.values():
            if entry in message.files:
                workspace.changed("changed", channel, message)
