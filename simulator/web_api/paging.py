"""Cursors: opaque to the client, the id or position to go on from within."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from simulator.errors import Json, SlackError

Entry = TypeVar("Entry")


def encode(position: str) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def decode(cursor: str) -> str:
    """SlackError invalid_cursor."""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SlackError("invalid_cursor") from error
    if not text.startswith("next:"):
        raise SlackError("invalid_cursor")
    return text.removeprefix("next:")


def page(entries: Sequence[Entry], cursor: str, limit: int) -> tuple[Sequence[Entry], Json]:
    """One page of a list that only grows, and its response_metadata. SlackError invalid_cursor."""
    start = 0
    if cursor:
        position = decode(cursor)
        if not position.isdigit() or int(position) > len(entries):
            raise SlackError("invalid_cursor")
        start = int(position)
    end = start + limit
    return entries[start:end], {"next_cursor": encode(str(end)) if end < len(entries) else ""}
