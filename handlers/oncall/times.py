"""Stretches of time to come, as people type them."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.errors import UserError
from bot.mrkdwn import said

_SPAN = re.compile(r"(\d+)\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_POINT = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2}|today|tomorrow|yesterday)(?:[ T]+|$))?(?:(\d{1,2}):(\d{2}))?", re.IGNORECASE
)
_PLANNED = re.compile(
    r"(?:(?P<at>(?:(?:\d{4}-\d{2}-\d{2}|today|tomorrow)[ T]+)?\d{1,2}:\d{2})\s+)?"
    r"(?:(?:for\s+)?(?P<length>\d{1,4}\s*(?:minutes?|min|m|hours?|h|days?|d|weeks?|w))"
    r"|(?:until|to|-)\s*(?P<end>(?:(?:\d{4}-\d{2}-\d{2}|today|tomorrow)[ T]+)?\d{1,2}:\d{2}))"
    r"(?:\s+(?P<what>\S.*))?",
    re.IGNORECASE,
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


@dataclass(frozen=True)
class Planned:
    """A stretch of time, and the words that followed it. `says_start`: it was said when it begins."""

    start: datetime
    end: datetime
    words: str
    says_start: bool


def planned(text: str, now: datetime, zone: ZoneInfo) -> Planned | None:
    """`2h Why`, `until 04:00 Why`, `tomorrow 02:00 2h Why`, `02:00 to 04:00`; None for anything else.

    Raises UserError for a time that does not exist.
    """
    match = _PLANNED.fullmatch(text.strip())
    if match is None:
        return None
    start = point(match["at"], now, zone) if match["at"] else now
    end = start + span(match["length"]) if match["length"] else _end(match["end"], start, zone)
    return Planned(start, end, (match["what"] or "").strip(), match["at"] is not None)


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
