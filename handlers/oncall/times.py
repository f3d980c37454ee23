"""Stretches of time to come, as people type them."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.errors import UserError
from bot.mrkdwn import said

_SPAN = re.compile(r"(\d+)\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_POINT = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2}|today|tomorrow|yesterday)(?:[ T]+|$))?(?:(\d{1,2}):(\d{2}))?", re.IGNORECASE
)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
EXAMPLES = "Try: 18:00 to 22:00, tomorrow 09:00 to 17:00, 2026-11-20 09:00 to 2026-11-21 09:00, for 2h"


def span(text: str) -> timedelta:
    """`2h`, `30 min`, `2w`. Raises UserError."""
    match = _SPAN.fullmatch(text.strip())
    if match is None or len(match.group(1)) > 4:
        raise UserError(f"I don't understand “{said(text.strip(), 50)}”. Try: 2h, 3d or 2w")
    return int(match.group(1)) * _UNITS[match.group(2)[0].lower()]


def stretch(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """`18:00 to 22:00`, `tomorrow 09:00 to 17:00`, `for 2h`, `until 22:00`, as instants. Raises UserError.

    A clock time without a day is the next one to come; an end without a day is the next after the start.
    """
    text = text.strip()
    if text.lower().startswith("for "):
        return now, now + span(text[4:])
    if text.lower().startswith("until "):
        return now, _end(text[6:], now, zone)
    begin, to, end = text.removeprefix("from ").partition(" to ")
    if not to:
        raise UserError(f"From when to when? {EXAMPLES}")
    start = point(begin, now, zone)
    return start, _end(end, start, zone)


def point(text: str, after: datetime, zone: ZoneInfo) -> datetime:
    """One instant: `18:00` (the next one), `tomorrow 09:00`, `2026-11-20`, `now`. Raises UserError."""
    if text.strip().lower() == "now":
        return after
    return instant(_local(text, after, zone), zone)


def _end(text: str, start: datetime, zone: ZoneInfo) -> datetime:
    # Of an hour that comes twice, an end is the second.
    return instant(_local(text, start, zone), zone, end=True)


def _local(text: str, after: datetime, zone: ZoneInfo) -> datetime:
    match = _POINT.fullmatch(text.strip())
    if match is None or not text.strip():
        raise UserError(f"I don't understand the time “{said(text.strip(), 50)}”. {EXAMPLES}")
    day, hour, minute = (match.group(1) or "").lower(), match.group(2), match.group(3)
    here = after.astimezone(zone)
    try:
        if day in _DAYS or not day:
            date = here.date() + timedelta(days=_DAYS.get(day, 0))
        else:
            date = datetime.fromisoformat(day).date()
        found = datetime.combine(date, time(int(hour), int(minute)) if hour else time(0))
    except (ValueError, OverflowError):
        raise UserError(f"There is no such time as {said(text.strip(), 50)}. {EXAMPLES}") from None
    if not day and found <= here.replace(tzinfo=None):
        found += timedelta(days=1)
    return found
