"""users.* and usergroups.*"""

from simulator.errors import Json, SlackError
from simulator.web_api.asked import Asked, Method, family
from simulator.web_api.conversations import kinds
from simulator.web_api.paging import page
from simulator.workspace import channels, render
from simulator.workspace.model import UserGroup


def info(asked: Asked) -> Json:
    person = asked.workspace.person(asked.args.required("user"))
    return {"user": _user(asked, person.id)}


def _user(asked: Asked, user_id: str) -> Json:
    shape = render.person(asked.workspace, asked.workspace.people[user_id])
    if "users:read.email" not in asked.scopes:
        shape["profile"].pop("email", None)
    if asked.args.flag("include_locale"):
        shape["locale"] = "en-US"
    return shape


def list_all(asked: Asked) -> Json:
    found = list(asked.workspace.people)
    limit = asked.args.limit(len(found), 1000, "invalid_arguments")
    entries, metadata = page(found, asked.args.text("cursor"), limit)
    return {
        "members": [_user(asked, user_id) for user_id in entries],
        "cache_ts": asked.workspace.now(),
        "response_metadata": metadata,
    }


def lookup_by_email(asked: Asked) -> Json:
    email = asked.args.required("email").lower()
    for person in asked.workspace.people.values():
        if person.email.lower() == email and not person.deleted:
            return {"user": _user(asked, person.id)}
    raise SlackError("users_not_found")


def conversations(asked: Asked) -> Json:
    wanted = kinds(asked)
    workspace = asked.workspace
    user = asked.args.text("user", asked.me) or asked.me
    visible = channels.as_listed(workspace, asked.me, wanted, members_only=False)
    found = [channel for channel in visible if user in channel.members]
    if asked.args.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    entries, metadata = page(found, asked.args.text("cursor"), asked.args.limit(100, 1000))
    return {
        "channels": [render.channel(workspace, channel, asked.me) for channel in entries],
        "response_metadata": metadata,
    }


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


METHODS = (
    Method("users.info", info, ("users:read",), tier=4),
    Method("users.list", list_all, ("users:read",), tier=2),
    Method("users.lookupByEmail", lookup_by_email, ("users:read.email",)),
    Method("users.conversations", conversations, family("read")),
    Method("usergroups.list", usergroups_list, ("usergroups:read",), tier=2),
    Method("usergroups.users.list", usergroups_users_list, ("usergroups:read",), tier=2),
    Method("usergroups.users.update", usergroups_users_update, ("usergroups:write",), tier=2),
)
