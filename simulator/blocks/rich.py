"""Rich text: sections, lists, quotes and code, and what stands inside them.

Fields and words are those of docs.slack.dev (rich text block) and of Slack's published types.
"""

from typing import Any

from simulator.blocks.shapes import (
    Check,
    anything,
    boolean,
    by_type,
    integer,
    listing,
    number,
    one_of,
    shape,
    string,
)

BLOCK_ID = string(255)
LONG = 12_000
PARTS = 1000

_MARKS = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = shape({}, dict.fromkeys(_MARKS, boolean))


def _piece(required: dict[str, Check], **optional: Check) -> Check:
    return shape({"type": anything, **required}, {"style": _STYLE, **optional})


_TEXT = _piece({"text": string(LONG)})
_LINK = _piece({"url": string(3000)}, text=string(LONG), unsafe=boolean)

_PIECES = listing(
    by_type(
        {
            "text": _TEXT,
            "link": _LINK,
            "user": _piece({"user_id": string(255)}),
            "usergroup": _piece({"usergroup_id": string(255)}),
            "channel": _piece({"channel_id": string(255)}),
            "team": _piece({"team_id": string(255)}),
            "emoji": _piece(
                {"name": string(255)}, unicode=string(255), url=string(3000), skin_tone=integer(1, 6)
            ),
            "broadcast": _piece({"range": one_of("here", "channel", "everyone")}),
            "color": _piece({"value": string(255)}),
            "date": _piece(
                {"timestamp": number, "format": string(255)}, url=string(3000), fallback=string(LONG)
            ),
        }
    ),
    0,
    PARTS,
)
_CODE = listing(by_type({"text": _TEXT, "link": _LINK}), 0, PARTS)

_BORDER = integer(0, 1)


def _part(elements: Check, **optional: Check) -> Check:
    return shape({"type": anything, "elements": elements}, optional)


_SECTION = _part(_PIECES)
_LIST = shape(
    {
        "type": anything,
        "elements": listing(by_type({"rich_text_section": _SECTION}), 0, PARTS),
        "style": one_of("bullet", "ordered"),
    },
    {"indent": integer(0, 8), "offset": integer(0, 1_000_000), "border": _BORDER},
)

RICH_TEXT: Check = shape(
    {
        "type": anything,
        "elements": listing(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_preformatted": _part(_CODE, border=_BORDER, language=string(255)),
                    "rich_text_quote": _part(_PIECES, border=_BORDER),
                    "rich_text_list": _LIST,
                }
            ),
            0,
            PARTS,
        ),
    },
    {"block_id": BLOCK_ID},
)


def rich_text(value: Any, path: str, problems: list[str]) -> None:
    """A rich_text block where only that may stand."""
    by_type({"rich_text": RICH_TEXT})(value, path, problems)
