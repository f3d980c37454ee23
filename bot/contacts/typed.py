"""Delays, quiet hours and zones as people type them. Pure."""

import re
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from bot.contacts.model import Quiet
from bot.errors import UserError
from bot.mrkdwn import said
from bot.playbook.fields import zone_name

# Whoever is to be reached tomorrow is not being paged.
LONGEST_DELAY = timedelta(hours=24)

_DELAY = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)?", re.IGNORECASE)
_QUIET = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:to|-|–|until)\s*(\d{1,2})(?:[:.](\d{2}))?", re.IGNORECASE
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def delay(text: str) -> timedelta | None:
    """`2m`, `90 s`, `0`; a bare number is minutes; None for an empty field. Raises UserError."""
    if not text:
        return None
    if text.lower() in ("now", "at once"):
        return timedelta()
    match = _DELAY.fullmatch(text)
    if match is None:
        raise UserError(
            f"“{said(text, 30)}” is no length of time. Write 0, 90s, 2m or 1h, or nothing for never."
        )
    span = timedelta(seconds=int(match.group(1)) * _SECONDS[(match.group(2) or "m")[0].lower()])
    if span > LONGEST_DELAY:
        raise UserError("At most 24h: a page that waits longer reaches nobody in time.")
    return span


def quiet(text: str) -> Quiet | None:
    """`22:00 to 07:00`, `22-7`; None for an empty field. Raises UserError."""
    if not text:
        return None
    match = _QUIET.fullmatch(text)
    if match is None:
        raise UserError(f"“{said(text, 40)}” is not understood. Write 22:00 to 07:00, or nothing for none.")
    begin_hour, begin_minute, end_hour, end_minute = match.groups()
    try:
        return Quiet(_time(begin_hour, begin_minute), _time(end_hour, end_minute))
    except ValueError:
        raise UserError("Give two different times of day, such as 22:00 to 07:00.") from None


def zone(text: str, default: ZoneInfo) -> ZoneInfo:
    """A zone of the IANA database; `default` for an empty field. Raises UserError with the nearest name."""
    if not text:
        return default
    try:
        return ZoneInfo(zone_name(text))
    except PydanticCustomError as mistake:
        context = mistake.context or {}
        close = context.get("suggestion")
        hint = f" Did you mean {close}?" if close else ""
        raise UserError(f"“{said(text, 60)}” {context.get('message')}.{hint}") from None


def _time(hour: str, minute: str | None) -> time:
    """`24:00` is the midnight that ends a day. Raises ValueError."""
    if (hour, minute or "00") == ("24", "00"):
        return time(0)
    return time(int(hour), int(minute or 0))
