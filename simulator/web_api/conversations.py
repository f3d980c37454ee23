"""conversations.*: what is done to a conversation. What is read from it is in `history.py`."""

from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import FAMILIES, Asked, Method, family
from simulator.web_api.paging import page
from simulator.workspace import channels, render
from simulator.workspace.model import Channel

INVITED_AT_ONCE = 100
DIRECT_SIZE = 8

# The `types` argument: which kind of conversation each word stands for.
TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def _shape(asked: Asked, channel: Channel, *, num_members: bool = False) -> Json:
    shape = render.channel(asked.workspace, channel, asked.me, num_members=num_members)
    if asked.me in channel.members:
        shape["last_read"] = channel.reads.get(asked.me, "0000000000.000000")
    return {"channel": shape}


def create(asked: Asked) -> Json:
    private = asked.args.flag("is_private")
    asked.require(*FAMILIES["manage"]["private" if private else "channel"])
    name = asked.args.text("name")
    return _shape(asked, channels.create(asked.workspace, name, asked.me, private=private))


def info(asked: Asked) -> Json:
    channel = asked.channel("read")
    return _shape(asked, channel, num_members=asked.args.flag("include_num_members"))


def kinds(asked: Asked) -> set[str]:
    """The kinds of the `types` argument. SlackError invalid_types, missing_scope."""
    names = asked.args.names("types") or ["public_channel"]
    if not set(names) <= TYPES.keys():
        raise SlackError("invalid_types")
    wanted = {TYPES[name] for name in names}
    for kind in sorted(wanted):
        asked.require(*FAMILIES["read"][kind])
    return wanted


def list_all(asked: Asked) -> Json:
    found = channels.as_listed(asked.workspace, asked.me, kinds(asked), members_only=False)
    if asked.args.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    entries, metadata = page(found, asked.args.text("cursor"), asked.args.limit(100, 1000))
    shapes = [render.channel(asked.workspace, channel, asked.me, num_members=True) for channel in entries]
    return {"channels": shapes, "response_metadata": metadata}


def join(asked: Asked) -> Json:
    channel = asked.named_channel("join")
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    channels.require_open(channel)
    if asked.me in channel.members:
        shape = _shape(asked, channel)
        return shape | {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    channels.join(asked.workspace, channel, asked.me)
    return _shape(asked, channel)


def leave(asked: Asked) -> Json:
    channel = asked.named_channel("manage")
    channels.require_open(channel)
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if asked.me not in channel.members:
        return {"not_in_channel": True}
    channels.remove(asked.workspace, channel, asked.me)
    return {}


def _refusal(asked: Asked, channel: Channel, user: str) -> str | None:
    """Why this person cannot be invited, in Slack's code."""
    person = asked.workspace.people.get(user)
    if person is None:
        return "user_not_found"
    if user == asked.me:
        return "cant_invite_self"
    if user in channel.members:
        return "already_in_channel"
    if person.deleted:
        return "cant_invite"
    return None


def invite(asked: Asked) -> Json:
    channel = asked.named_channel("invite")
    channels.require_open(channel)
    channels.require_member(channel, asked.me)
    users = list(dict.fromkeys(asked.args.names("users")))
    if not users:
        raise SlackError("no_user")
    if len(users) > INVITED_AT_ONCE:
        raise invalid_arguments(f"no more than {INVITED_AT_ONCE} items allowed [json-pointer:/users]")
    refused = {user: code for user in users if (code := _refusal(asked, channel, user))}
    errors = [{"user": user, "ok": False, "error": code} for user, code in refused.items()]
    if refused and not (asked.args.flag("force") and len(refused) < len(users)):
        first = next(iter(refused.values()))
        raise SlackError(first, errors=errors) if len(users) > 1 else SlackError(first)
    for user in users:
        if user not in refused:
            channels.join(asked.workspace, channel, user, asked.me)
    return _shape(asked, channel) | ({"errors": errors} if errors else {})


def kick(asked: Asked) -> Json:
    channel = asked.named_channel("manage")
    channels.require_member(channel, asked.me)
    user = asked.workspace.person(asked.args.text("user")).id
    if user == asked.me:
        raise SlackError("cant_kick_self")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    channels.require_member(channel, user)
    channels.remove(asked.workspace, channel, user)
    return {"errors": {}}


def open_direct(asked: Asked) -> Json:
    args, workspace = asked.args, asked.workspace
    if args.has("channel"):
        channel = workspace.channel_for(asked.me, args.text("channel"))
        if channel.kind not in ("im", "mpim"):
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(asked, channel, already=True)
    users = [user for user in args.names("users") if user != asked.me]
    if not args.has("users"):
        raise SlackError("users_list_not_supplied")
    if not users:
        raise SlackError("not_enough_users")
    if len(users) > DIRECT_SIZE:
        raise SlackError("too_many_users")
    if any(workspace.person(user).deleted for user in users):
        raise SlackError("user_disabled")
    asked.require("im:write" if len(users) == 1 else "mpim:write")
    channel, already = channels.direct(workspace, [asked.me, *users])
    return _opened(asked, channel, already=already)


def _opened(asked: Asked, channel: Channel, *, already: bool) -> Json:
    full = asked.args.flag("return_im") or channel.kind == "mpim"
    shape = render.channel(asked.workspace, channel, asked.me) if full else {"id": channel.id}
    shape.pop("is_user_deleted", None)
    return {"channel": shape} | ({"no_op": True, "already_open": True} if already else {})


def close(asked: Asked) -> Json:
    channel = asked.channel("manage")
    if channel.kind not in ("im", "mpim"):
        raise SlackError("method_not_supported_for_channel_type")
    return {}


def set_topic(asked: Asked) -> Json:
    channel = _writable(asked, "topic")
    channels.set_topic(asked.workspace, channel, asked.args.text("topic"), asked.me)
    return _shape(asked, channel)


def set_purpose(asked: Asked) -> Json:
    channel = _writable(asked, "purpose")
    channels.set_purpose(asked.workspace, channel, asked.args.text("purpose"), asked.me)
    return _shape(asked, channel) | {"purpose": channel.purpose}


def _writable(asked: Asked, argument: str) -> Channel:
    channel = asked.named_channel("topic")
    if argument not in asked.args.values:
        asked.args.required(argument)
    channels.require_open(channel)
    channels.require_member(channel, asked.me)
    return channel


def rename(asked: Asked) -> Json:
    channel = asked.named_channel("manage")
    channels.require_open(channel)
    channels.require_member(channel, asked.me)
    if channel.creator != asked.me:
        raise SlackError("not_authorized")
    channels.rename(asked.workspace, channel, asked.args.text("name"), asked.me)
    return _shape(asked, channel)


def archive(asked: Asked) -> Json:
    channel = asked.named_channel("manage")
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.is_general:
        raise SlackError("cant_archive_general")
    channels.require_member(channel, asked.me)
    channels.set_archived(asked.workspace, channel, True, asked.me)
    return {}


def unarchive(asked: Asked) -> Json:
    channel = asked.named_channel("manage")
    if not channel.is_archived:
        raise SlackError("not_archived")
    channels.set_archived(asked.workspace, channel, False, asked.me)
    return {}


METHODS = (
    Method("conversations.create", create, family("manage"), tier=2),
    Method("conversations.info", info, family("read")),
    Method("conversations.list", list_all, family("read"), tier=2),
    Method("conversations.join", join, family("join")),
    Method("conversations.leave", leave, family("manage")),
    Method("conversations.invite", invite, family("invite")),
    Method("conversations.kick", kick, family("manage")),
    Method("conversations.open", open_direct, ("im:write", "mpim:write", "groups:write", "channels:manage")),
    Method("conversations.close", close, family("manage"), tier=2),
    Method("conversations.setTopic", set_topic, family("topic"), tier=2),
    Method("conversations.setPurpose", set_purpose, family("topic"), tier=2),
    Method("conversations.rename", rename, family("manage"), tier=2),
    Method("conversations.archive", archive, family("manage"), tier=2),
    Method("conversations.unarchive", unarchive, family("manage"), tier=2),
)
