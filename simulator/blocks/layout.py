"""Blocks, and which of them may stand where."""

from simulator.blocks.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from simulator.blocks.objects import SLACK_FILE, URL, plain, rich
from simulator.blocks.shapes import (
    Check,
    anything,
    at_least_one,
    boolean,
    both,
    by_type,
    exactly_one,
    listing,
    one_of,
    shape,
    string,
)

BLOCK_ID = string(255)
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

# What stands inside rich text is looked at lightly: the kind of each part, not its styles.
_PARTS = listing(anything, 0, 1000)


def _part(**optional: Check) -> Check:
    return shape({"type": anything, "elements": _PARTS}, optional)


_RICH_PART = by_type(
    {
        "rich_text_section": _part(),
        "rich_text_preformatted": _part(border=anything, language=anything),
        "rich_text_quote": _part(border=anything),
        "rich_text_list": _part(
            style=one_of("bullet", "ordered"), indent=anything, offset=anything, border=anything
        ),
    }
)

EVERYWHERE: dict[str, Check] = {
    "section": SECTION,
    "header": _block({"text": plain(150)}),
    "divider": _block({}),
    "context": CONTEXT,
    "actions": _block({"elements": listing(by_type(IN_ACTIONS), 1, 25)}),
    "image": IMAGE_BLOCK,
    "input": INPUT,
    "rich_text": _block({"elements": listing(_RICH_PART, 0, 1000)}),
}

IN_MESSAGES: dict[str, Check] = {
    **EVERYWHERE,
    "markdown": _block({"text": string(MARKDOWN_LENGTH)}),
    "table": _block(
        {"rows": listing(listing(anything, 1, 20), 1, 100)}, column_settings=listing(anything, 0, 20)
    ),
}
