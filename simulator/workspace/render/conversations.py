"""Conversations and what is fixed to their heads."""

from simulator.errors import Json
from simulator.workspace.model import Bookmark, Channel, Note
from simulator.workspace.workspace import Workspace


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
        "topic": _note(which.topic_note),
        "purpose": _note(which.purpose_note),
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


def _note(value: Note) -> Json:
    return {"value": value.value, "creator": value.creator, "last_set": value.last_set}


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
