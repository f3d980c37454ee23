"""The workspace's state in the JSON shapes of Slack's Web API and events."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from simulator.errors import Json
from simulator.workspace.file_shape import file
from simulator.workspace.model import Bookmark, Channel, Message, Note, Person, UserGroup, View
from simulator.workspace.workspace import Workspace

AVATARS = (24, 32, 48, 72, 192, 512)


def person(workspace: Workspace, who: Person) -> Json:
    """A user object. Offsets in seconds, at the workspace's current instant."""
    offset, label = _zone(who.tz, workspace.now() // 900 * 900)
    return {
        "id": who.id,
        "team_id": workspace.team.id,
        "name": who.name,
        "deleted": who.deleted,
        "color": "4bbe2e",
        "real_name": who.real_name,
        "tz": who.tz,
        "tz_label": label,
        "tz_offset": offset,
        "profile": _profile(workspace, who),
        "is_admin": who.is_admin,
        "is_owner": who.is_admin,
        "is_primary_owner": False,
        "is_restricted": who.is_restricted,
        "is_ultra_restricted": who.is_ultra_restricted,
        "is_bot": who.is_bot,
        "is_app_user": False,
        "updated": who.updated,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(workspace: Workspace, who: Person) -> Json:
    first, _, last = who.real_name.partition(" ")
    profile: Json = {
        "title": who.title,
        "phone": "",
        "skype": "",
        "real_name": who.real_name,
        "real_name_normalized": who.real_name,
        "display_name": who.name,
        "display_name_normalized": who.name,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "status_text_canonical": "",
        "avatar_hash": who.id.lower(),
        "team": workspace.team.id,
        "first_name": first,
        "last_name": last,
        **{f"image_{size}": f"https://example.com/people/{who.id}/{size}.png" for size in AVATARS},
    }
    if who.is_bot:
        profile |= {"api_app_id": workspace.app.id, "always_active": True, "bot_id": who.bot_id}
    else:
        profile["email"] = who.email
    return profile


@lru_cache(maxsize=512)
def _zone(name: str, at: int) -> tuple[int, str]:
    moment = datetime.fromtimestamp(at, ZoneInfo(name))
    offset = moment.utcoffset()
    return int(offset.total_seconds()) if offset else 0, moment.tzname() or name


def channel(workspace: Workspace, which: Channel, viewer: str, *, num_members: bool = False) -> Json:
    """A conversation object as `viewer` gets it."""
    if which.kind == "im":
        return _direct(workspace, which, viewer)
    shape: Json = {
        "id": which.id,
        "name": which.name,
        "is_channel": which.kind == "channel",
        "is_group": which.kind == "private",
        "is_im": False,
        "is_mpim": which.kind == "mpim",
        "is_private": which.is_private,
        "created": which.created,
        "is_archived": which.is_archived,
        "is_general": which.is_general,
        "unlinked": 0,
        "name_normalized": which.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [workspace.team.id],
        "context_team_id": workspace.team.id,
        "updated": which.updated * 1000,
        "creator": which.creator,
        "is_member": viewer in which.members,
        "topic": note(which.topic_note),
        "purpose": note(which.purpose_note),
        "previous_names": list(which.previous_names),
    }
    if num_members:
        shape["num_members"] = len(which.members)
    return shape


def _direct(workspace: Workspace, which: Channel, viewer: str) -> Json:
    other = next((user for user in which.members if user != viewer), viewer)
    found = workspace.people.get(other)
    return {
        "id": which.id,
        "created": which.created,
        "is_archived": which.is_archived,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": workspace.team.id,
        "updated": which.updated * 1000,
        "user": other,
        "is_user_deleted": bool(found and found.deleted),
        "is_open": True,
        "priority": 0,
    }


def note(value: Note) -> Json:
    return {"value": value.value, "creator": value.creator, "last_set": value.last_set}


def bot_profile(workspace: Workspace) -> Json:
    icons = {f"image_{size}": f"https://example.com/app/{size}.png" for size in (36, 48, 72)}
    return {
        "id": workspace.app.bot_id,
        "deleted": False,
        "name": workspace.app.name,
        "updated": 0,
        "app_id": workspace.app.id,
        "icons": icons,
        "team_id": workspace.team.id,
    }


def message(workspace: Workspace, what: Message, *, metadata: bool = False) -> Json:
    """A message object. Its metadata only on request, as Slack does."""
    shape: Json = {"type": "message", "user": what.user, "ts": what.ts, "text": what.text}
    if what.subtype:
        shape["subtype"] = what.subtype
    if what.client_msg_id:
        shape["client_msg_id"] = what.client_msg_id
    shape["team"] = workspace.team.id
    if what.by_app:
        shape |= {
            "bot_id": workspace.app.bot_id,
            "app_id": workspace.app.id,
            "bot_profile": bot_profile(workspace),
        }
    for key in ("username", "icons", "blocks", "attachments"):
        if value := getattr(what, key):
            shape[key] = value
    if what.files:
        files = [file(workspace, entry) for entry in what.files]
        shape |= {"files": files, "upload": True, "display_as_bot": False}
    shape |= what.extra
    if what.thread_ts:
        shape |= _thread(workspace, what)
    shape |= _marks(what)
    if metadata and what.metadata:
        shape["metadata"] = what.metadata
    return shape


def _marks(what: Message) -> Json:
    """What others did to a message: edits, reactions, pins."""
    marks: Json = {}
    if what.edited_ts:
        marks["edited"] = {"user": what.edited_by, "ts": what.edited_ts}
    if what.reactions:
        marks["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in what.reactions.items()
        ]
    if what.pinned:
        marks["pinned_to"] = [what.channel]
    if what.is_ephemeral:
        marks |= {"is_ephemeral": True, "ephemeral": True}
    return marks


def _thread(workspace: Workspace, what: Message) -> Json:
    if not what.is_reply:
        return {
            "thread_ts": what.thread_ts,
            "reply_count": len(what.replies),
            "reply_users_count": len(what.reply_users),
            "latest_reply": what.replies[-1] if what.replies else what.ts,
            "reply_users": list(what.reply_users),
            "is_locked": False,
            "subscribed": False,
        }
    shape: Json = {"thread_ts": what.thread_ts}
    room = workspace.channels.get(what.channel)
    parent = room.by_ts.get(what.thread_ts or "") if room else None
    if parent is not None:
        shape["parent_user_id"] = parent.user
        if what.broadcast:
            shape["root"] = {
                "type": "message",
                "user": parent.user,
                "text": parent.text,
                "ts": parent.ts,
                "thread_ts": parent.ts,
                "reply_count": len(parent.replies),
            }
    return shape


def bookmark(workspace: Workspace, what: Bookmark) -> Json:
    return {
        "id": what.id,
        "channel_id": what.channel,
        "title": what.title,
        "link": what.link,
        "emoji": what.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": what.created,
        "date_updated": what.updated,
        "rank": "U",
        "last_updated_by_user_id": what.updated_by,
        "last_updated_by_team_id": workspace.team.id,
        "shortcut_id": None,
        "app_id": None,
    }


def usergroup(workspace: Workspace, group: UserGroup, *, users: bool, counts: bool) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.created,
        "date_update": group.updated,
        "date_delete": group.updated if group.disabled else 0,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "is_section": False,
        "is_visible": True,
        "is_idp_group": False,
        "is_editing_restricted": False,
        "is_membership_locked": False,
        "is_org_level": False,
        "created_by": group.created_by,
        "updated_by": group.created_by,
        "prefs": {"channels": list(group.channels), "groups": []},
        "channel_count": len(group.channels),
    }
    if users:
        shape["users"] = list(group.users)
    if counts:
        shape["user_count"] = len(group.users)
    return shape


def _plain(text: Json | None) -> Json | None:
    """Plain text as Slack gives it back: it says whether `:emoji:` in it are drawn."""
    return None if text is None else {"emoji": True, **text}


def view(workspace: Workspace, what: View) -> Json:
    """A view object, its state included."""
    body = what.body
    shape: Json = {
        "id": what.id,
        "team_id": workspace.team.id,
        "type": body["type"],
        "blocks": what.blocks,
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": what.values},
        "hash": what.hash,
        "title": _plain(body.get("title") or {"type": "plain_text", "text": workspace.app.name}),
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "close": _plain(body.get("close")),
        "submit": _plain(body.get("submit")),
        "previous_view_id": what.previous,
        "root_view_id": what.root,
        "app_id": workspace.app.id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.app.bot_id,
    }
    if body["type"] == "modal":
        shape["submit_disabled"] = bool(body.get("submit_disabled", False))
    return shape
