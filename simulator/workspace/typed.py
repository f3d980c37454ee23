"""The rich_text block that stands beside what a person typed, made from the text as stored."""

import re
from typing import Any

from simulator.errors import Json
from simulator.workspace.text import unescape

_CODE_BLOCK = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_PIECES = re.compile(
    r"<(?P<mark>[^<>]+)>"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+'-]+):(?![\w:])"
    r"|(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>\S(?:[^_\n]*\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>\S(?:[^~\n]*\S)?)~(?![\w~])"
)
_STYLES = ("code", "bold", "italic", "strike")
_QUOTE = "&gt;"


def as_block(text: str, block_id: str) -> Json:
    """The block for text as Slack stores it: mentions, links, emoji, simple styles, quotes and code."""
    elements: list[Json] = []
    end = 0
    for match in _CODE_BLOCK.finditer(text):
        elements += _lines(text[end : match.start()])
        code = [{"type": "text", "text": unescape(match[1])}]
        elements.append({"type": "rich_text_preformatted", "elements": code, "border": 0})
        end = match.end()
    return {"type": "rich_text", "block_id": block_id, "elements": elements + _lines(text[end:])}


def _lines(text: str) -> list[Json]:
    """Sections and quotes: lines that begin with a quote mark belong together."""
    parts: list[tuple[str, list[str]]] = []
    for line in text.strip("\n").split("\n") if text.strip() else []:
        quoted = line.startswith(_QUOTE)
        kind = "rich_text_quote" if quoted else "rich_text_section"
        if not parts or parts[-1][0] != kind:
            parts.append((kind, []))
        parts[-1][1].append(line.removeprefix(_QUOTE).lstrip() if quoted else line)
    return [{"type": kind, "elements": _pieces("\n".join(lines))} for kind, lines in parts]


def _pieces(text: str) -> list[Json]:
    found: list[Json] = []
    end = 0
    for match in _PIECES.finditer(text):
        found += _plain(text[end : match.start()])
        found.append(_piece(match))
        end = match.end()
    return found + _plain(text[end:])


def _plain(text: str) -> list[Json]:
    return [{"type": "text", "text": unescape(text)}] if text else []


def _piece(match: re.Match[str]) -> Json:
    if match["mark"]:
        return _mark(match["mark"])
    if match["emoji"]:
        return {"type": "emoji", "name": match["emoji"]}
    style = next(name for name in _STYLES if match[name])
    return {"type": "text", "text": unescape(match[style]), "style": {style: True}}


def _mark(mark: str) -> Json:
    target, _, label = mark.partition("|")
    kinds: tuple[tuple[str, str, str], ...] = (
        ("@", "user", "user_id"),
        ("#", "channel", "channel_id"),
        ("!subteam^", "usergroup", "usergroup_id"),
        ("!", "broadcast", "range"),
    )
    for sign, kind, key in kinds:
        if target.startswith(sign):
            return {"type": kind, key: target.removeprefix(sign)}
    link: dict[str, Any] = {"type": "link", "url": unescape(target)}
    return link | ({"text": unescape(label)} if label else {})
