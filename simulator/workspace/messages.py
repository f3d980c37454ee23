"""What can happen to messages: posted, edited, deleted, reacted to, pinned. Events included."""

from simulator.errors import Json, SlackError
from simulator.workspace import render
from simulator.workspace.model import Channel, Message, Pin
from simulator.workspace.workspace import Workspace

CHANNEL_TYPES = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def get(channel: Channel, ts: str, code: str = "message_not_found") -> Message:
    """The message of that ts; SlackError with `code` otherwise."""
    if (found := channel.by_ts.get(ts)) is None:
        raise SlackError(code)
    return found


def thread_root(channel: Channel, ts: str) -> Message:
    """The message a reply to `ts` belongs under. SlackError cannot_reply_to_message."""
    found = get(channel, ts, "cannot_reply_to_message")
    if found.is_reply:
        return get(channel, found.thread_ts or "", "cannot_reply_to_message")
    return found


def post(workspace: Workspace, message: Message) -> Message:
    """Store a new message (its ts is set here) and tell everybody. A `thread_ts` is that of a root."""
    channel = workspace.channels[message.channel]
    message.ts = workspace.next_ts()
    root = None
    if message.thread_ts:
        root = channel.by_ts[message.thread_ts]
        root.thread_ts = root.ts
        root.replies.append(message.ts)
        if message.user not in root.reply_users:
            root.reply_users.append(message.user)
    channel.by_ts[message.ts] = message
    if root is None or message.broadcast:
        channel.timeline.append(message.ts)
    if message.broadcast:
        message.subtype = "thread_broadcast"
    channel.reads[message.user] = message.ts
    _tell(workspace, channel, render.message(workspace, message, metadata=True), message.ts)
    workspace.changed("message", channel, message)
    if root is not None:
        workspace.changed("changed", channel, root)
    _tell_mention(workspace, channel, message)
    return message


def _tell_mention(workspace: Workspace, channel: Channel, message: Message) -> None:
    if message.by_app or message.subtype or f"<@{workspace.app.user_id}>" not in message.text:
        return
    shape = render.message(workspace, message)
    event = {**shape, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}
    workspace.tell_app(event, channel)


def post_ephemeral(workspace: Workspace, message: Message) -> Message:
    """Show a message to one person only. It is in no history and no event."""
    channel = workspace.channels[message.channel]
    message.ts = workspace.next_ts()
    channel.ephemerals.append(message)
    workspace.changed("message", channel, message, {message.ephemeral_to or ""})
    return message


def note(workspace: Workspace, channel: Channel, user: str, subtype: str, text: str, **extra: object) -> None:
    """A message the workspace itself writes: somebody joined, the topic was set."""
    post(workspace, Message("", channel.id, user, text, subtype=subtype, extra=dict(extra)))


def edit(workspace: Workspace, message: Message, *, by: str, marked: bool = True, **changes: object) -> None:
    """Replace fields of a message: text, blocks, attachments, metadata. `marked`: it shows "edited"."""
    channel = workspace.channels[message.channel]
    before = render.message(workspace, message)
    for name, value in changes.items():
        setattr(message, name, value)
    message.seen_as = None
    ts = workspace.next_ts()
    if message.is_ephemeral:
        workspace.changed("changed", channel, message, {message.ephemeral_to or ""})
        return
    if marked:
        message.edited_by, message.edited_ts = by, ts
    event = {
        "subtype": "message_changed",
        "hidden": True,
        "message": render.message(workspace, message, metadata=True),
        "previous_message": before,
    }
    _tell(workspace, channel, event, ts)
    workspace.changed("changed", channel, message)


def delete(workspace: Workspace, message: Message) -> None:
    """Delete a message. A thread's first message leaves a tombstone, as its replies stay."""
    channel = workspace.channels[message.channel]
    if message.is_ephemeral:
        channel.ephemerals.remove(message)
        workspace.changed("deleted", channel, message, {message.ephemeral_to or ""})
        return
    before = render.message(workspace, message)
    channel.pins.pop(message.ts, None)
    if message.replies:
        stone = Message(
            message.ts,
            channel.id,
            "USLACKBOT",
            "This message was deleted.",
            thread_ts=message.ts,
            subtype="tombstone",
            replies=message.replies,
            reply_users=message.reply_users,
            extra={"hidden": True},
        )
        channel.by_ts[message.ts] = stone
    else:
        _forget(channel, message)
    ts = workspace.next_ts()
    event = {
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message.ts,
        "previous_message": before,
    }
    _tell(workspace, channel, event, ts)
    workspace.changed("deleted", channel, message)
    root = channel.by_ts.get(message.thread_ts or "")
    if root is not None:
        workspace.changed("changed", channel, root)


def _forget(channel: Channel, message: Message) -> None:
    del channel.by_ts[message.ts]
    at = channel.position(message.ts)
    if at < len(channel.timeline) and channel.timeline[at] == message.ts:
        del channel.timeline[at]
    root = channel.by_ts.get(message.thread_ts or "")
    if root is not None and message.ts in root.replies:
        root.replies.remove(message.ts)
        root.thread_ts = root.ts if root.replies else None
        users = [channel.by_ts[ts].user for ts in root.replies]
        root.reply_users = list(dict.fromkeys(users))


def _tell(workspace: Workspace, channel: Channel, event: Json, ts: str) -> None:
    shape = {"type": "message", "channel": channel.id, **event, "ts": ts, "event_ts": ts}
    workspace.tell_app({**shape, "channel_type": CHANNEL_TYPES[channel.kind]}, channel)


# Reactions


def react(workspace: Workspace, message: Message, name: str, by: str) -> None:
    """SlackError already_reacted."""
    users = message.reactions.setdefault(name, [])
    if by in users:
        raise SlackError("already_reacted")
    users.append(by)
    _tell_reaction(workspace, message, "reaction_added", name, by)


def unreact(workspace: Workspace, message: Message, name: str, by: str) -> None:
    """SlackError no_reaction."""
    users = message.reactions.get(name, [])
    if by not in users:
        raise SlackError("no_reaction")
    users.remove(by)
    if not users:
        del message.reactions[name]
    _tell_reaction(workspace, message, "reaction_removed", name, by)


def _tell_reaction(workspace: Workspace, message: Message, kind: str, name: str, by: str) -> None:
    channel = workspace.channels[message.channel]
    event = {
        "type": kind,
        "user": by,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": workspace.next_ts(),
    }
    workspace.tell_app(event, channel)
    workspace.changed("changed", channel, message)


# Pins


def pin(workspace: Workspace, message: Message, by: str) -> None:
    """SlackError already_pinned."""
    channel = workspace.channels[message.channel]
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins[message.ts] = Pin(by, workspace.now())
    message.pinned = True
    _tell_pin(workspace, channel, message, "pin_added", by)


def unpin(workspace: Workspace, message: Message, by: str) -> None:
    """SlackError no_pin."""
    channel = workspace.channels[message.channel]
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    _tell_pin(workspace, channel, message, "pin_removed", by)
    del channel.pins[message.ts]
    message.pinned = False
    workspace.changed("changed", channel, message)


def pinned_item(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """A pinned message as pins.list and the events show it."""
    held = channel.pins[message.ts]
    shape = render.message(workspace, message) | {"permalink": permalink(workspace, message)}
    return {
        "type": "message",
        "created": held.at,
        "created_by": held.by,
        "channel": channel.id,
        "message": shape,
    }


def _tell_pin(workspace: Workspace, channel: Channel, message: Message, kind: str, by: str) -> None:
    event = {
        "type": kind,
        "user": by,
        "channel_id": channel.id,
        "item": pinned_item(workspace, channel, message),
        "item_user": message.user,
        "pin_count": len(channel.pins),
        "pinned_info": {"channel": channel.id, "pinned_by": by, "pinned_ts": workspace.now()},
        "event_ts": workspace.next_ts(),
    }
    if kind == "pin_removed":
        event["has_pins"] = len(channel.pins) > 1
    workspace.tell_app(event, channel)
    workspace.changed("changed", channel, message)
    workspace.changed("channels", channel)


def permalink(workspace: Workspace, message: Message) -> str:
    """The address of a message, as chat.getPermalink gives it."""
    link = (
        f"https://{workspace.team.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    )
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link
