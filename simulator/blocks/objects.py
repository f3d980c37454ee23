"""Text, options and confirmation dialogs: what elements and blocks are made of.

The figures here and in the modules beside are Slack's: docs.slack.dev, Block Kit reference.
"""

from typing import Any

from simulator.blocks.shapes import (
    Check,
    anything,
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

OPTION_TEXT = 75
OPTION_VALUE = 150
URL = 3000
ACTION_ID = string(255)


def plain(most: int) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": _plain(most)})


def rich(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    return by_type({"plain_text": _plain(most), "mrkdwn": _marked(most)})


def _plain(most: int) -> Check:
    return shape({"type": anything, "text": string(most)}, {"emoji": boolean})


def _marked(most: int) -> Check:
    return shape({"type": anything, "text": string(most)}, {"verbatim": boolean})


CONFIRM = shape(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

OPTION = shape({"text": plain(OPTION_TEXT), "value": string(OPTION_VALUE)}, {"description": plain(75)})
# Radio buttons and checkboxes take mrkdwn as well.
MARKED_OPTION = shape({"text": rich(OPTION_TEXT), "value": string(OPTION_VALUE)}, {"description": rich(75)})
OVERFLOW_OPTION = shape(
    {"text": plain(OPTION_TEXT)},
    {"value": string(OPTION_VALUE), "description": plain(75), "url": string(URL)},
)
GROUP = shape({"label": plain(75), "options": listing(OPTION, 1, 100)})

SLACK_FILE = shape({}, {"url": string(URL), "id": string(255)})
CONVERSATION_FILTER = shape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH = shape({"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})


def initial_among_options(element: Json, path: str, problems: list[str]) -> None:
    """initial_option and initial_options must be among the options, word for word."""
    offered: list[Any] = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offered.extend(group["options"])
    chosen = [("initial_option", element.get("initial_option"))]
    chosen += [("initial_options", option) for option in element.get("initial_options") or []]
    for name, option in chosen:
        if option is not None and option not in offered:
            problem(problems, "must exactly match one of the provided options", f"{path}/{name}")


def different_values(element: Json, path: str, problems: list[str]) -> None:
    """Option values must differ."""
    seen: set[str] = set()
    for number, option in enumerate(element.get("options") or []):
        value = option.get("value")
        if value is not None and value in seen:
            problem(problems, "option values must be unique", f"{path}/options/{number}/value")
        seen.add(value)


CHOICE = both(initial_among_options, different_values)
