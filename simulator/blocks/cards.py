"""The newer blocks: cards and what holds them, alerts, plans, videos.

Limits are those of slack_sdk's models and of docs.slack.dev.
"""

from simulator.blocks.elements import BUTTON, IMAGE
from simulator.blocks.objects import ACTION_ID, CONFIRM, URL, plain, rich
from simulator.blocks.rich import BLOCK_ID, RICH_TEXT
from simulator.blocks.shapes import (
    Check,
    anything,
    at_least_one,
    boolean,
    both,
    by_type,
    listing,
    one_of,
    problem,
    shape,
    string,
)
from simulator.errors import Json

HEADLINE = 150
BODY = 200
ALERT_TEXT = 200
CHILDREN = 10
CARDS = 10


def _block(required: dict[str, Check], **optional: Check) -> Check:
    return shape({"type": anything, **required}, {"block_id": BLOCK_ID, **optional})


_IMAGE = by_type({"image": IMAGE})
_RICH_TEXT = by_type({"rich_text": RICH_TEXT})
_HTTPS = string(URL)

CARD = both(
    _block(
        {},
        hero_image=_IMAGE,
        icon=_IMAGE,
        title=rich(HEADLINE),
        subtitle=rich(HEADLINE),
        body=rich(BODY),
        actions=listing(by_type({"button": BUTTON}), 1, 25),
    ),
    at_least_one("hero_image", "title", "actions", "body"),
)

CAROUSEL = _block({"elements": listing(by_type({"card": CARD}), 1, CARDS)})

ALERT = _block({"text": rich(ALERT_TEXT)}, level=one_of("default", "info", "warning", "error", "success"))

_FEEDBACK_BUTTON = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_FEEDBACK = shape(
    {"type": anything, "positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
    {"action_id": ACTION_ID},
)
_ICON_BUTTON = shape(
    {"type": anything, "icon": one_of("trash"), "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "value": string(2000, 0),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": listing(string(255), 0, 100),
    },
)
CONTEXT_ACTIONS = _block(
    {"elements": listing(by_type({"feedback_buttons": _FEEDBACK, "icon_button": _ICON_BUTTON}), 1, 5)}
)

_SOURCE = by_type({"url": shape({"type": anything, "url": _HTTPS, "text": string(3000)})})
TASK_CARD = _block(
    {
        "task_id": string(255),
        "title": string(3000),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    details=_RICH_TEXT,
    output=_RICH_TEXT,
    sources=listing(_SOURCE, 0, 100),
)
PLAN = _block({"title": string(3000)}, tasks=listing(by_type({"task_card": TASK_CARD}), 0, 100))

VIDEO = _block(
    {
        "alt_text": string(2000),
        "title": plain(199),
        "video_url": _HTTPS,
        "thumbnail_url": _HTTPS,
    },
    title_url=_HTTPS,
    description=plain(200),
    author_name=string(49),
    provider_name=string(50),
    provider_icon_url=_HTTPS,
)

FILE = _block({"external_id": string(255), "source": one_of("remote")})


def container(children: dict[str, Check]) -> Check:
    """A container of these kinds of blocks."""
    return both(
        both(
            _block(
                {"child_blocks": listing(by_type(children), 1, CHILDREN)},
                title=plain(HEADLINE),
                rich_text_title=_RICH_TEXT,
                subtitle=rich(HEADLINE),
                width=one_of("narrow", "standard", "wide", "full"),
                icon=_IMAGE,
                is_collapsible=boolean,
                default_collapsed=boolean,
                has_header_divider=boolean,
            ),
            at_least_one("title", "rich_text_title"),
        ),
        _collapsing,
    )


def _collapsing(block: Json, path: str, problems: list[str]) -> None:
    if block.get("is_collapsible") and block.get("has_header_divider"):
        problem(problems, "has_header_divider cannot be set when is_collapsible is true", path)
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        problem(problems, "default_collapsed requires is_collapsible", path)
