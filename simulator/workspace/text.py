"""Text as Slack stores it, and as a person reads it."""

import re
from typing import Any

from simulator.errors import Json
from simulator.workspace.workspace import Workspace

# docs.slack.dev: text beyond 40,000 characters is cut.
TEXT_LENGTH = 40_000

_MENTION = re.compile(r"(?<![\w@/])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_CHANNEL = re.compile(r"(?<![\w#/&])#([a-z0-9_-]+)")
_URL = re.compile(r"https?://[^\s<>|]+")
_BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
_STRAY_OPENING = re.compile(r"<(?![@#!]|[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
_MARKED = re.compile(r"<([^<>]*)>")
_EMPHASIS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
_BROADCASTS = ("here", "channel", "everyone")


def escape(text: str) -> str:
    """The three characters Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The reverse of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def sent_by_app(text: str) -> str:
    """Text from an app: stray `&` and `<` become escapes, and what is too long is cut."""
    if "&" in text:
        text = _BARE_AMPERSAND.sub("&amp;", text)
    if "<" in text:
        text = _STRAY_OPENING.sub("&lt;", text)
    return text[:TEXT_LENGTH]


def typed(workspace: Workspace, text: str, *, labels: bool = False, mentions: bool = True) -> str:
    """What a person typed, as Slack stores it: escaped, with mentions, channels and links marked up.

    With `mentions` off only the escapes are made. With `labels` a mention carries the name, as slash
    commands get it: `<@U01ANA|ana>`.
    """
    text = escape(text)
    if mentions:
        text = _MENTION.sub(lambda match: _mention(workspace, match, labels), text)
        text = _CHANNEL.sub(lambda match: _channel(workspace, match), text)
        text = _URL.sub(lambda match: f"<{match[0]}>", text)
    return text


def _mention(workspace: Workspace, match: re.Match[str], labels: bool) -> str:
    name = match[1].lower()
    rest = ""
    while name:
        if (person := workspace.person_named(name)) is not None:
            return f"<@{person.id}|{person.name}>{rest}" if labels else f"<@{person.id}>{rest}"
        if name in _BROADCASTS:
            return f"<!{name}>{rest}"
        for group in workspace.usergroups.values():
            if group.handle == name:
                return f"<!subteam^{group.id}|@{group.handle}>{rest}"
        if name[-1] not in "._-":
            break
        name, rest = name[:-1], name[-1] + rest
    return match[0]


def _channel(workspace: Workspace, match: re.Match[str]) -> str:
    channel = workspace.channel_named(match[1])
    if channel is None or channel.kind != "channel":
        return match[0]
    return f"<#{channel.id}|{channel.name}>"


def shown(workspace: Workspace, text: str) -> str:
    """Text as a person reads it: names instead of ids, no emphasis marks, no escapes."""
    text = _MARKED.sub(lambda match: _read_mark(workspace, match[1]), text)
    for _ in range(3):  # emphasis can be nested three deep: bold, italic, struck through
        text, found = _EMPHASIS.subn(lambda match: match[2], text)
        if not found:
            break
    return unescape(text)


def _read_mark(workspace: Workspace, mark: str) -> str:
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        person = workspace.people.get(target[1:])
        return f"@{person.name}" if person else label or target
    if target.startswith("#"):
        channel = workspace.channels.get(target[1:])
        return f"#{channel.name}" if channel else label or target
    if target.startswith("!subteam^"):
        group = workspace.usergroups.get(target.removeprefix("!subteam^"))
        return f"@{group.handle}" if group else label
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return label or target


def flatten(value: Any) -> str:
    """All text in blocks or attachments, in the order it stands, one line each."""
    lines: list[str] = []
    _collect(value, lines)
    return "\n".join(lines)


_TEXT_KEYS = ("text", "title", "alt_text", "placeholder", "label", "hint", "fallback", "pretext", "value")


def _collect(value: Any, lines: list[str]) -> None:
    match value:
        case list():
            for entry in value:
                _collect(entry, lines)
        case dict():
            _collect_mapping(value, lines)


def _collect_mapping(value: Json, lines: list[str]) -> None:
    kind = value.get("type")
    if kind in ("user", "channel", "usergroup", "broadcast", "emoji", "link") and "elements" not in value:
        lines.append(_rich_text(value))
        return
    for key, entry in value.items():
        if isinstance(entry, str):
            # A button's value is not shown; a table's or rich text's "text" and a label are.
            if key in _TEXT_KEYS and not (key == "value" and "action_id" in value):
                lines.append(entry)
        elif key not in ("metadata", "confirm", "state"):
            _collect(entry, lines)


def _rich_text(element: Json) -> str:
    match element.get("type"):
        case "user":
            return f"<@{element.get('user_id')}>"
        case "channel":
            return f"<#{element.get('channel_id')}>"
        case "usergroup":
            return f"<!subteam^{element.get('usergroup_id')}>"
        case "broadcast":
            return f"<!{element.get('range')}>"
        case "emoji":
            return f":{element.get('name')}:"
        case _:
            return str(element.get("text") or element.get("url", ""))
