"""Modals and home tabs."""

from simulator.errors import Json
from simulator.workspace.model import View
from simulator.workspace.workspace import Workspace


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


def _plain(text: Json | None) -> Json | None:
    """Plain text as Slack gives it back: it says whether `:emoji:` in it are drawn."""
    return None if text is None else {"emoji": True, **text}
