"""Blocks, and which of them may stand where."""

from simulator.blocks.cards import (
    ALERT,
    CARD,
    CAROUSEL,
    CONTEXT_ACTIONS,
    FILE,
    PLAN,
    TASK_CARD,
    VIDEO,
    container,
)
from simulator.blocks.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from simulator.blocks.objects import SLACK_FILE, URL, plain, rich
from simulator.blocks.rich import BLOCK_ID, RICH_TEXT
from simulator.blocks.shapes import (
    Check,
    anything,
    at_least_one,
    boolean,
    both,
    by_type,
    exactly_one,
    listing,
    shape,
    string,
)
from simulator.blocks.tables import DATA_TABLE, DATA_VISUALIZATION, TABLE

MARKDOWN_LENGTH = 12_000


def _block(required: dict[str, Check], **optional: Check) -> Check:
    return shape({"type": anything, **required}, {"block_id": BLOCK_ID, **optional})


SECTION = both(
    _block(
        {},
        text=rich(3000),
        fields=listing(rich(2000), 1, 10),
        accessory=by_type(IN_SECTION),
        expand=boolean,
    ),
    at_least_one("text", "fields"),
)

CONTEXT_TEXT = rich(3000)
CONTEXT = _block(
    {
        "elements": listing(
            by_type({"image": IMAGE, "plain_text": CONTEXT_TEXT, "mrkdwn": CONTEXT_TEXT}), 1, 10
        )
    }
)

IMAGE_BLOCK = both(
    _block(
        {"alt_text": string(2000)},
        image_url=string(URL),
        slack_file=SLACK_FILE,
        title=plain(2000),
    ),
    exactly_one("image_url", "slack_file"),
)

INPUT = _block(
    {"label": plain(2000), "element": by_type(IN_INPUT)},
    hint=plain(2000),
    optional=boolean,
    dispatch_action=boolean,
)

EVERYWHERE: dict[str, Check] = {
    "section": SECTION,
    "header": _block({"text": plain(150)}),
    "divider": _block({}),
    "context": CONTEXT,
    "actions": _block({"elements": listing(by_type(IN_ACTIONS), 1, 25)}),
    "image": IMAGE_BLOCK,
    "input": INPUT,
    "rich_text": RICH_TEXT,
    "video": VIDEO,
}

IN_VIEWS: dict[str, Check] = {**EVERYWHERE, "alert": ALERT}

_IN_CONTAINERS: dict[str, Check] = {**EVERYWHERE, "file": FILE, "table": TABLE}

IN_MESSAGES: dict[str, Check] = {
    **EVERYWHERE,
    "markdown": _block({"text": string(MARKDOWN_LENGTH)}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "card": CARD,
    "carousel": CAROUSEL,
    "container": container(_IN_CONTAINERS),
    "context_actions": CONTEXT_ACTIONS,
    "task_card": TASK_CARD,
    "plan": PLAN,
    "file": FILE,
}
