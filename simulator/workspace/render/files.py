"""Files."""

from urllib.parse import quote

from simulator.errors import Json
from simulator.workspace.model import File
from simulator.workspace.workspace import Workspace

# How much of a text file is shown beside it, in characters.
PREVIEW = 1000


def file(workspace: Workspace, what: File) -> Json:
    """A file object; of a deleted one only that it was."""
    if what.deleted:
        return {"id": what.id, "mode": "tombstone"}
    extension = what.name.rpartition(".")[2].lower() if "." in what.name else "text"
    address = f"{workspace.address}/files/{what.id}/{quote(what.name)}"
    rooms = [workspace.channels[channel] for channel in what.shared if channel in workspace.channels]
    shape = {
        "id": what.id,
        "created": what.created,
        "timestamp": what.created,
        "name": what.name,
        "title": what.title,
        "mimetype": what.mimetype,
        "filetype": {"jpeg": "jpg", "txt": "text"}.get(extension, extension),
        "pretty_type": extension.upper(),
        "user": what.user,
        "user_team": workspace.team.id,
        "editable": False,
        "size": what.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(room.kind == "channel" for room in rooms),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": f"{address}?download=1",
        "permalink": f"https://{workspace.team.domain}.slack.com/files/{what.user}/{what.id}/",
        "has_rich_preview": False,
        "channels": [room.id for room in rooms if room.kind == "channel"],
        "groups": [room.id for room in rooms if room.kind in ("private", "mpim")],
        "ims": [room.id for room in rooms if room.kind == "im"],
    }
    return {**shape, **_seen(what, address)}


def _seen(what: File, address: str) -> Json:
    """What is shown of it without opening it."""
    if what.mimetype.startswith("image/"):
        described = {"alt_txt": what.alt_text} if what.alt_text else {}
        return {**described, **{f"thumb_{size}": address for size in (64, 80, 160, 360)}}
    if what.mimetype.startswith("text/"):
        text = what.content.decode(errors="replace")
        return {"preview": text[:PREVIEW], "preview_is_truncated": len(text) > PREVIEW}
    return {}
