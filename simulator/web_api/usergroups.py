"""usergroups.*: groups of people that can be mentioned, on paid plans."""

import re

from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace import render
from simulator.workspace.model import UserGroup
from simulator.workspace.workspace import Workspace

# Lengths and the form of a handle are those of Slack's own dialog.
NAME_LENGTH = 80
DESCRIPTION_LENGTH = 140
_HANDLE = re.compile(r"^[a-z0-9][a-z0-9._-]{0,20}$")
_FORBIDDEN = frozenset({"here", "channel", "everyone"})


def _require_plan(asked: Asked) -> None:
    if asked.workspace.team.plan == "free":
        raise SlackError("plan_upgrade_required")


def usergroups_list(asked: Asked) -> Json:
    _require_plan(asked)
    users, counts = asked.args.flag("include_users"), asked.args.flag("include_count")
    disabled = asked.args.flag("include_disabled")
    groups = [
        render.usergroup(asked.workspace, group, users=users, counts=counts)
        for group in asked.workspace.usergroups.values()
        if disabled or not group.disabled
    ]
    return {"usergroups": groups}


def _group(asked: Asked) -> UserGroup | None:
    _require_plan(asked)
    return asked.workspace.usergroups.get(asked.args.required("usergroup"))


def usergroups_users_list(asked: Asked) -> Json:
    if (group := _group(asked)) is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def usergroups_users_update(asked: Asked) -> Json:
    group = _group(asked)
    if group is None:
        # The method reference names no code for an unknown group here; this is the one that fits.
        raise SlackError("permission_denied")
    users = list(dict.fromkeys(asked.args.names("users")))
    if not users:
        raise SlackError("no_users_provided")
    workspace = asked.workspace
    if any(user not in workspace.people or workspace.people[user].deleted for user in users):
        raise SlackError("invalid_users")
    before, group.users = group.users, users
    previous, group.updated = group.updated, workspace.now()
    added = [user for user in users if user not in before]
    removed = [user for user in before if user not in users]
    event = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": workspace.team.id,
        "date_previous_update": previous,
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": workspace.next_ts(),
    }
    workspace.tell_app(event, None)
    workspace.changed("people")
    counts = asked.args.flag("include_count")
    return {"usergroup": render.usergroup(workspace, group, users=True, counts=counts)}


def create(asked: Asked) -> Json:
    _require_plan(asked)
    args, workspace = asked.args, asked.workspace
    name = args.text("name").strip()
    if not name:
        raise SlackError("missing_subteam_name")
    if len(name) > NAME_LENGTH:
        raise SlackError("name_too_long")
    if any(group.name == name for group in workspace.usergroups.values()):
        raise SlackError("name_already_exists")
    handle = args.text("handle").strip().removeprefix("@") or re.sub(r"[^a-z0-9]+", "-", name.lower())
    if handle in _FORBIDDEN:
        raise SlackError("forbidden_handle")
    if not _HANDLE.match(handle):
        raise SlackError("bad_handle")
    if _taken(workspace, handle):
        raise SlackError("handle_already_exists")
    description = args.text("description")
    if len(description) > DESCRIPTION_LENGTH:
        raise SlackError("description_too_long")
    channels = args.names("channels")
    if any(channel not in workspace.channels for channel in channels):
        raise SlackError("invalid_channel_provided")
    now = workspace.now()
    group = UserGroup(workspace.new_id("S"), handle, name, [], asked.me, now, now)
    group.description, group.channels = description, channels
    workspace.usergroups[group.id] = group
    return _told(asked, group, "subteam_created")


def _taken(workspace: Workspace, handle: str, but: UserGroup | None = None) -> bool:
    people = any(person.name == handle for person in workspace.people.values())
    groups = (group for group in workspace.usergroups.values() if group is not but)
    return people or any(group.handle == handle for group in groups)


def update(asked: Asked) -> Json:
    args, workspace = asked.args, asked.workspace
    if workspace.team.plan == "free":
        raise SlackError("paid_teams_only")
    group = workspace.usergroups.get(args.required("usergroup"))
    if group is None:
        # The method reference names no code for an unknown group here; this is the one that fits.
        raise SlackError("permission_denied")
    handle = args.text("handle", group.handle).removeprefix("@")
    if not _HANDLE.match(handle) or _taken(workspace, handle, but=group):
        raise invalid_arguments("handle is not to be had [json-pointer:/handle]")
    group.handle = handle
    group.name = args.text("name", group.name) or group.name
    group.description = args.text("description", group.description)
    if "channels" in args.values:
        group.channels = [channel for channel in args.names("channels") if channel in workspace.channels]
    group.updated = workspace.now()
    return _told(asked, group, "subteam_updated")


def _told(asked: Asked, group: UserGroup, kind: str) -> Json:
    """The group as the answer has it, after telling the app."""
    workspace = asked.workspace
    shape = render.usergroup(workspace, group, users=True, counts=asked.args.flag("include_count"))
    workspace.tell_app({"type": kind, "subteam": shape, "event_ts": workspace.next_ts()}, None)
    workspace.changed("people")
    return {"usergroup": shape}


METHODS = (
    Method("usergroups.create", create, ("usergroups:write",), tier=2),
    Method("usergroups.list", usergroups_list, ("usergroups:read",), tier=2),
    Method("usergroups.update", update, ("usergroups:write",), tier=2),
    Method("usergroups.users.list", usergroups_users_list, ("usergroups:read",), tier=2),
    Method("usergroups.users.update", usergroups_users_update, ("usergroups:write",), tier=2),
)
