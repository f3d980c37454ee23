"""canvases.*, conversations.canvases.create: documents of sections, written in markdown."""

import re
from typing import Any

from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace.model import Canvas
from simulator.workspace.workspace import Workspace

_HEADER = re.compile(r"^(#{1,3}) ")
_BLANK = re.compile(r"\n\s*\n")
_PLACED = ("insert_at_start", "insert_at_end", "insert_before", "insert_after", "replace", "delete", "rename")
_CRITERIA = ("h1", "h2", "h3", "any_header")


def _sections(workspace: Workspace, content: Any) -> dict[str, str]:
    """The sections of `document_content`, with fresh ids."""
    if content is None:
        return {}
    if not isinstance(content, dict) or content.get("type") != "markdown":
        raise invalid_arguments("must be of type markdown [json-pointer:/document_content/type]")
    parts = _BLANK.split(str(content.get("markdown", "")).strip())
    return {f"temp:C:{workspace.new_id('')}": part for part in parts if part.strip()}


def _new(asked: Asked, channel: str | None) -> Canvas:
    workspace = asked.workspace
    sections = _sections(workspace, asked.args.json("document_content", "invalid_arguments"))
    made = Canvas(workspace.new_id("F"), asked.args.text("title"), asked.me, channel, sections)
    workspace.canvases[made.id] = made
    return made


def create(asked: Asked) -> Json:
    if asked.workspace.team.plan == "free":
        raise SlackError("free_teams_cannot_create_non_tabbed_canvases")
    return {"canvas_id": _new(asked, None).id}


def create_in_channel(asked: Asked) -> Json:
    wanted = asked.args.required("channel_id")
    channel = asked.workspace.channels.get(wanted)
    if channel is None or asked.me not in channel.members or channel.is_archived:
        # The method reference names no code for a channel the app is not in; this is the one that fits.
        raise SlackError("channel_canvas_creation_failed")
    if any(canvas.channel == wanted for canvas in asked.workspace.canvases.values()):
        free = asked.workspace.team.plan == "free"
        raise SlackError("free_team_canvas_tab_already_exists" if free else "channel_canvas_already_exists")
    made = _new(asked, wanted)
    asked.workspace.changed("channels", channel)
    return {"canvas_id": made.id}


def _canvas(asked: Asked) -> Canvas:
    found = asked.workspace.canvases.get(asked.args.required("canvas_id"))
    if found is None:
        raise SlackError("canvas_not_found")
    return found


def edit(asked: Asked) -> Json:
    canvas = _canvas(asked)
    if asked.workspace.team.plan == "free" and canvas.channel is None:
        raise SlackError("free_teams_cannot_edit_standalone_canvases")
    changes: Any = asked.args.json("changes", "invalid_arguments")
    if not isinstance(changes, list) or len(changes) != 1 or not isinstance(changes[0], dict):
        raise invalid_arguments("must provide one change [json-pointer:/changes]")
    change: Json = changes[0]
    operation = change.get("operation")
    if operation not in _PLACED:
        raise invalid_arguments("unknown operation [json-pointer:/changes/0/operation]")
    if operation == "rename":
        canvas.title = str((change.get("title_content") or {}).get("markdown", canvas.title))
        return {}
    canvas.sections = _edited(asked.workspace, canvas, str(operation), change)
    return {}


def _edited(workspace: Workspace, canvas: Canvas, operation: str, change: Json) -> dict[str, str]:
    """The sections after one change. SlackError canvas_editing_failed for a section that is not there."""
    at = change.get("section_id")
    made = {} if operation == "delete" else _sections(workspace, change.get("document_content"))
    if operation == "replace" and at is None:
        return made
    if operation in ("insert_at_start", "insert_at_end"):
        held = canvas.sections
        return made | held if operation == "insert_at_start" else held | made
    if at not in canvas.sections:
        raise SlackError("canvas_editing_failed", detail="section not found")
    result: dict[str, str] = {}
    for section_id, text in canvas.sections.items():
        if section_id != at:
            result[section_id] = text
        elif operation == "insert_before":
            result |= made | {section_id: text}
        elif operation == "insert_after":
            result |= {section_id: text} | made
        elif operation == "replace":
            result |= made
    return result


def lookup(asked: Asked) -> Json:
    canvas = _canvas(asked)
    criteria: Any = asked.args.json("criteria", "invalid_arguments")
    if not isinstance(criteria, dict):
        raise invalid_arguments("must provide an object [json-pointer:/criteria]")
    kinds = criteria.get("section_types") or []
    if not set(kinds) <= set(_CRITERIA):
        raise invalid_arguments("unknown section type [json-pointer:/criteria/section_types]")
    words = str(criteria.get("contains_text") or "")
    found = [at for at, text in canvas.sections.items() if words in text and _is_of(text, kinds)]
    return {"sections": [{"id": at} for at in found]}


def _is_of(text: str, kinds: list[str]) -> bool:
    if not kinds:
        return True
    header = _HEADER.match(text)
    return header is not None and ("any_header" in kinds or f"h{len(header[1])}" in kinds)


METHODS = (
    Method("canvases.create", create, ("canvases:write",), tier=2),
    Method("canvases.edit", edit, ("canvases:write",)),
    Method("canvases.sections.lookup", lookup, ("canvases:read",)),
    Method("conversations.canvases.create", create_in_channel, ("canvases:write",), tier=2),
)
