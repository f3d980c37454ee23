"""users.*: who there is."""

from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method, family
from simulator.web_api.conversations import kinds
from simulator.web_api.paging import page
from simulator.workspace import channels, render


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


def presence(asked: Asked) -> Json:
    user = asked.args.text("user", asked.me) or asked.me
    if user not in asked.workspace.people:
        raise invalid_arguments("user not found [json-pointer:/user]")
    return {"presence": "away" if asked.workspace.people[user].deleted else "active"}


def profile(asked: Asked) -> Json:
    person = asked.workspace.person(asked.args.text("user", asked.me) or asked.me)
    return {"profile": _user(asked, person.id)["profile"]}


METHODS = (
    Method("users.info", info, ("users:read",), tier=4),
    Method("users.list", list_all, ("users:read",), tier=2),
    Method("users.lookupByEmail", lookup_by_email, ("users:read.email",)),
    Method("users.conversations", conversations, family("read")),
    Method("users.getPresence", presence, ("users:read",)),
    Method("users.profile.get", profile, ("users.profile:read",), tier=4),
)
