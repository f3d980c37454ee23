"""Checks of whole messages and views."""

from typing import Any

from simulator.blocks.ids import fill_ids
from simulator.errors import Json, SlackError


def check_message_blocks(blocks: Any) -> list[Json]:
    """The blocks with ids filled in. SlackError invalid_blocks and its like."""
    if not isinstance(blocks or [], list):
        raise SlackError("invalid_blocks_format")
    return fill_ids(blocks or [])


def check_view(view: Any, kind: str | None) -> Json:
    """The view with ids filled in; `kind` is the type it must have. SlackError invalid_arguments."""
    return {**view, "blocks": fill_ids(view["blocks"])}
