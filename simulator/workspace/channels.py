"""What can happen to channels, with Slack's rules and refusals. Events included."""

import re

from simulator.errors import Json, SlackError
from simulator.workspace import messages
from simulator.workspace.model import Channel, Note
from simulator.workspace.workspace import Workspace

# docs.slack.dev: channel names are lower-case letters, digits, hyphens and underscores, 80 at most.
NAME_LENGTH = 80
TOPIC_LENGTH = 250
_PUNCTUATION = re.compile(r"^[\W_]+$", re.UNICODE)
_NAME = re.compile(r"^[a-z0-9_-]+$")


def check_name(workspace: Workspace, name: str) -> str:
    """The name without `#`. SlackError invalid_name_* or name_taken (archived channels keep theirs)."""
    name = name.strip().removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > NAME_LENGTH:
        raise SlackError("invalid_name_maxlength")
    if _PUNCTUATION.match(name):
        raise SlackError("invalid_name_punctuation")
    if not _NAME.match(name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if name in workspace.channel_ids:
        raise SlackError("name_taken")
    return name


def create(workspace: Workspace, name: str, creator: str, *, private: bool) -> Channel:
    """A new channel with its creator in it."""
    channel = workspace.add_channel(check_name(workspace, name), "private" if private else "channel", creator)
    channel.members[creator] = None
    if not private:
        shape = {key: getattr(channel, key) for key in ("id", "name", "created", "creator")}
        event = {"type": "channel_created", "channel": shape, "event_ts": workspace.next_ts()}
        workspace.tell_app(event, None)
    workspace.changed("channels", channel)
    return channel


def join(workspace: Workspace, channel: Channel, user: str, inviter: str | None = None) -> None:
    """Put somebody in, with the message and the event that say so. No-op for a member."""
    if user in channel.members:
        return
    channel.members[user] = None
    subtype = "channel_join" if channel.kind == "channel" else "group_join"
    extra: Json = {"inviter": inviter} if inviter else {}
    messages.note(workspace, channel, user, subtype, f"<@{user}> has joined the channel", **extra)
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": workspace.team.id,
        "event_ts": workspace.next_ts(),
        **extra,
    }
    workspace.tell_app(event, channel)
    _members_changed(workspace, channel, user)


def remove(workspace: Workspace, channel: Channel, user: str) -> None:
    """Take somebody out; the caller has checked the rules."""
    subtype = "channel_leave" if channel.kind == "channel" else "group_leave"
    messages.note(workspace, channel, user, subtype, f"<@{user}> has left the channel")
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": workspace.team.id,
        "event_ts": workspace.next_ts(),
    }
    workspace.tell_app(event, channel)
    del channel.members[user]
    _members_changed(workspace, channel, user)


def _members_changed(workspace: Workspace, channel: Channel, user: str) -> None:
    if channel.kind == "channel":
        workspace.changed("channels", channel)
    else:
        workspace.changed("channels", channel, to={*channel.members, user})


def require_member(channel: Channel, user: str) -> None:
    if user not in channel.members:
        raise SlackError("not_in_channel")


def require_open(channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")


def set_topic(workspace: Workspace, channel: Channel, topic: str, by: str) -> None:
    """SlackError too_long."""
    if len(topic) > TOPIC_LENGTH:
        raise SlackError("too_long")
    channel.topic_note = Note(topic, by, workspace.now())
    text = f"<@{by}> set the channel topic: {topic}" if topic else f"<@{by}> cleared the channel topic"
    messages.note(workspace, channel, by, _subtype(channel, "topic"), text, topic=topic)
    workspace.changed("channels", channel)


def set_purpose(workspace: Workspace, channel: Channel, purpose: str, by: str) -> None:
    """SlackError too_long."""
    if len(purpose) > TOPIC_LENGTH:
        raise SlackError("too_long")
    channel.purpose_note = Note(purpose, by, workspace.now())
    text = f"<@{by}> set the channel description: {purpose}"
    messages.note(workspace, channel, by, _subtype(channel, "purpose"), text, purpose=purpose)
    workspace.changed("channels", channel)


def _subtype(channel: Channel, what: str) -> str:
    return f"channel_{what}" if channel.kind == "channel" else f"group_{what}"


def rename(workspace: Workspace, channel: Channel, name: str, by: str) -> None:
    """Give it a new name; the old one becomes free."""
    name = check_name(workspace, name)
    old = channel.name
    del workspace.channel_ids[old]
    workspace.channel_ids[name] = channel.id
    channel.name = name
    channel.previous_names = [old, *channel.previous_names]
    text = f'<@{by}> has renamed the channel from "{old}" to "{name}"'
    messages.note(workspace, channel, by, _subtype(channel, "name"), text, old_name=old, name=name)
    shape = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": channel.kind == "channel",
        "is_mpim": False,
    }
    kind = "channel_rename" if channel.kind == "channel" else "group_rename"
    workspace.tell_app({"type": kind, "channel": shape, "event_ts": workspace.next_ts()}, channel)
    workspace.changed("channels", channel)


def set_archived(workspace: Workspace, channel: Channel, archived: bool, by: str) -> None:
    """Archive or bring back; the caller has checked the rules."""
    verb = "archive" if archived else "unarchive"
    if not archived:
        channel.is_archived = False
    text = f"<@{by}> {'archived' if archived else 'un-archived'} the channel"
    messages.note(workspace, channel, by, _subtype(channel, verb), text)
    channel.is_archived = archived
    kind = f"channel_{verb}" if channel.kind == "channel" else f"group_{verb}"
    event = {"type": kind, "channel": channel.id, "user": by, "event_ts": workspace.next_ts()}
    workspace.tell_app(event, channel)
    workspace.changed("channels", channel)


def direct(workspace: Workspace, users: list[str]) -> tuple[Channel, bool]:
    """The direct or group conversation of exactly these people, and whether it was there before."""
    wanted = dict.fromkeys(users)
    kind = "im" if len(wanted) <= 2 else "mpim"
    key = "-".join(sorted(wanted))
    found = workspace.directs.get(key)
    if found is not None:
        return found, True
    names = sorted(workspace.people[user].name for user in wanted)
    name = "" if kind == "im" else "mpdm-" + "--".join(names) + "-1"
    channel = workspace.add_channel(name, "im" if kind == "im" else "mpim", users[0])
    channel.members = wanted
    workspace.directs[key] = channel
    workspace.changed("channels", channel)
    return channel, False


def as_listed(workspace: Workspace, viewer: str, kinds: set[str], *, members_only: bool) -> list[Channel]:
    """The conversations `viewer` may know of, of these kinds, in the order they were made."""
    found = []
    for channel in workspace.channels.values():
        if channel.kind not in kinds or not workspace.can_see(viewer, channel):
            continue
        if members_only and viewer not in channel.members:
            continue
        found.append(channel)
    return found
