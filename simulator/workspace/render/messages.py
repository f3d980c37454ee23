"""Messages, with all that others did to them."""

from simulator.errors import Json
from simulator.workspace.model import Message
from simulator.workspace.render.files import file
from simulator.workspace.workspace import Workspace


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
