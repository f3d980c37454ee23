"""People and their groups."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from simulator.errors import Json
from simulator.workspace.model import Person, UserGroup
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
