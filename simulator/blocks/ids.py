"""Filling in the ids that an app left out, as Slack does."""

from itertools import count
from typing import Any

from simulator.errors import Json

_NUMBERS = count(1)


def _fresh() -> str:
    number, text = next(_NUMBERS), ""
    for _ in range(5):
        number, digit = divmod(number, 62)
        text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit] + text
    return text


def fill_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks with a block_id each, and an action_id on each interactive element."""
    return [_block(block) for block in blocks]


def _block(block: Json) -> Json:
    filled = {**block, "block_id": block.get("block_id") or _fresh()}
    match block["type"]:
        case "actions" | "context_actions":
            filled["elements"] = [_element(element) for element in block["elements"]]
        case "input":
            filled["element"] = _element(block["element"])
        case "card" if block.get("actions"):
            filled["actions"] = [_element(element) for element in block["actions"]]
        case "carousel":
            filled["elements"] = fill_ids(block["elements"])
        case "container":
            filled["child_blocks"] = fill_ids(block["child_blocks"])
        case "section" if block.get("accessory"):
            filled["accessory"] = _element(block["accessory"])
    return filled


def _element(element: Any) -> Any:
    if element["type"] == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": _fresh()}
