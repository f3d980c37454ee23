"""Checks of whole messages and views."""

from collections.abc import Iterator
from typing import Any

from simulator.blocks.ids import fill_ids
from simulator.blocks.layout import IN_MESSAGES, IN_VIEWS, MARKDOWN_LENGTH
from simulator.blocks.objects import GROUP, OPTION, plain
from simulator.blocks.shapes import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    exactly_one,
    listing,
    one_of,
    problem,
    shape,
    string,
)
from simulator.errors import Json, SlackError

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
CHARTS = 2
# Measured by others: the text of a message's blocks together fails near 13,200 characters.
MESSAGE_CHARACTERS = 13_200

_MESSAGE = listing(by_type(IN_MESSAGES), 0, MESSAGE_BLOCKS)
_VIEW_BLOCKS = listing(by_type(IN_VIEWS), 0, VIEW_BLOCKS)

_IN_EVERY_VIEW: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {"type": one_of("modal"), "title": plain(24), "blocks": _VIEW_BLOCKS},
    {
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
        **_IN_EVERY_VIEW,
    },
)
_HOME = shape({"type": one_of("home"), "blocks": _VIEW_BLOCKS}, {"title": anything, **_IN_EVERY_VIEW})


_OPTIONS = both(
    shape({}, {"options": listing(OPTION, 0, 100), "option_groups": listing(GROUP, 0, 100)}),
    exactly_one("options", "option_groups"),
)


def check_message_blocks(
    blocks: Any, at: str = "/blocks", *, too_long: str = "msg_blocks_too_long"
) -> list[Json]:
    """The blocks with ids filled in.

    SlackError invalid_blocks_format, invalid_blocks with Slack's texts, or `too_long` (methods differ).
    """
    if not blocks:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems: list[str] = []
    _MESSAGE(blocks, at, problems)
    if not problems:
        _check_ids(blocks, at, problems)
        _check_once(blocks, at, problems)
    if problems:
        raise SlackError("invalid_blocks", errors=_bare(problems), response_metadata={"messages": problems})
    if characters(blocks) > MESSAGE_CHARACTERS:
        raise SlackError(too_long)
    return fill_ids(blocks)


def check_options(answer: Any) -> Json:
    """What an app answers an external select with: 100 options or groups. SlackError invalid_options."""
    problems: list[str] = []
    _OPTIONS(answer, "", problems)
    if problems:
        raise SlackError("invalid_options", response_metadata={"messages": problems})
    checked: Json = answer
    return checked


def check_view(view: Any, kind: str | None) -> Json:
    """The view with ids filled in; `kind` is the type it must have. SlackError invalid_arguments."""
    problems: list[str] = []
    given = view.get("type") if isinstance(view, dict) else None
    if not isinstance(view, dict):
        problem(problems, "must provide an object", "/view")
    elif given not in ("modal", "home") or kind not in (None, given):
        problem(problems, f"must be of type {kind or 'modal or home'}", "/view/type")
    else:
        (_MODAL if given == "modal" else _HOME)(view, "/view", problems)
        if problems:
            problems.insert(0, "[ERROR] failed to match all allowed schemas [json-pointer:/view]")
    if not problems:
        _check_ids(view["blocks"], "/view/blocks", problems)
        _check_submit(view, problems)
    if problems:
        raise SlackError("invalid_arguments", response_metadata={"messages": problems})
    return {**view, "blocks": fill_ids(view["blocks"])}


def _check_submit(view: Json, problems: list[str]) -> None:
    if view["type"] != "modal" or view.get("submit"):
        return
    for number, block in enumerate(view["blocks"]):
        if block["type"] == "input":
            problem(problems, "must define `submit` to use `input` block", f"/view/blocks/{number}/input")


def _check_ids(blocks: list[Json], at: str, problems: list[str]) -> None:
    """block_ids differ in a message or view, action_ids within their block."""
    seen: set[str] = set()
    for path, block in _placed(blocks, at):
        block_id = block.get("block_id")
        if block_id in seen:
            problem(problems, f"`block_id` {block_id} already exists", f"{path}/block_id")
        if block_id:
            seen.add(block_id)
        if block["type"] in ("actions", "context_actions"):
            _check_action_ids(block["elements"], f"{path}/elements", problems)


def _placed(blocks: list[Json], at: str) -> Iterator[tuple[str, Json]]:
    """Every block with its place, those inside containers and carousels included."""
    for number, block in enumerate(blocks):
        yield f"{at}/{number}", block
        if block["type"] == "container":
            yield from _placed(block["child_blocks"], f"{at}/{number}/child_blocks")
        elif block["type"] == "carousel":
            yield from _placed(block["elements"], f"{at}/{number}/elements")


def _check_action_ids(elements: list[Json], at: str, problems: list[str]) -> None:
    seen: set[str] = set()
    for number, element in enumerate(elements):
        action_id = element.get("action_id")
        if action_id in seen:
            problem(problems, f"`action_id` {action_id} already exists", f"{at}/{number}/action_id")
        if action_id:
            seen.add(action_id)


def _check_once(blocks: list[Json], at: str, problems: list[str]) -> None:
    """One table and two charts a message, and markdown of 12,000 characters in all."""
    kinds = [block["type"] for _, block in _placed(blocks, at)]
    if kinds.count("table") > 1:
        problem(problems, "only one table block is allowed", at)
    if kinds.count("data_visualization") > CHARTS:
        problem(problems, f"no more than {CHARTS} data_visualization blocks allowed", at)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_LENGTH:
        problem(problems, f"markdown must be less than {MARKDOWN_LENGTH + 1} characters in all", at)


def characters(value: Any) -> int:
    """How much text blocks hold: the lengths of all their `text` strings."""
    if isinstance(value, list):
        return sum(characters(entry) for entry in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    rest = sum(characters(entry) for entry in value.values() if isinstance(entry, dict | list))
    return rest + (len(own) if isinstance(own, str) else 0)


def _bare(problems: list[str]) -> list[str]:
    """As Slack gives them a second time, under `errors`: without the level."""
    return [text.removeprefix("[ERROR] ") for text in problems]
