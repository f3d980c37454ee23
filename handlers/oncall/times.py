"""Stretches of time to come, as people type them."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.errors import UserError
from bot.mrkdwn import said

_UNIT = r"(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)"
_PART = re.compile(rf"(\d{{1,4}})\s*({_UNIT})", re.IGNORECASE)
_SPAN = re.compile(rf"\d{{1,4}}\s*{_UNIT}(?:\s*\d{{1,4}}\s*{_UNIT})?", re.IGNORECASE)
_POINT = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2}|today|tomorrow|yesterday)(?:[ T]+|$))?(?:(\d{1,2}):(\d{2}))?", re.IGNORECASE
)
_DATED = r"(?:(?:\d{4}-\d{2}-\d{2}|today|tomorrow)[ T]+)?\d{1,2}:\d{2}"
_PLANNED = re.compile(
    rf"(?:(?:from\s+|at\s+)?(?P<at>{_DATED})\s*)?"
    rf"(?:(?:for\s+)?(?P<length>{_SPAN.pattern})|(?:until|to|-|–)\s*(?P<end>{_DATED}))"
    r"(?:\s+(?P<what>\S.*))?",
    re.IGNORECASE,
)
# Words that are meant as the time, and stand where nobody looks for one.
_MEANT_AS_TIME = re.compile(
    r"(?:(?:at|from|starting|on)\s+)?(?:(?:today|tomorrow|\d{4}-\d{2}-\d{2})\b|\d{1,2}:\d{2})", re.IGNORECASE
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
    """`2h`, `30 min`, `1h30m`, `2w`. Raises UserError."""
    if not _SPAN.fullmatch(text.strip()):
        raise UserError(f"I don't understand “{said(text.strip(), 50)}”. Try: 2h, 3d or 2w")
    parts = (int(count) * _UNITS[unit[0].lower()] for count, unit in _PART.findall(text))
    return sum(parts, timedelta())


def stretch(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """`18:00 to 22:00`, `tomorrow 09:00 to 17:00`, `for 2h`, `until 22:00`, as instants. Raises UserError.

    A clock time without a day is the next one to come; an end without a day is the next after the start.
    """
    text = text.strip()
    if text.lower().startswith("for "):
        return now, now + span(text[4:])
    if text.lower().startswith("until "):
        return now, _end(text[6:], now, now, zone)
    begin, to, end = text.removeprefix("from ").partition(" to ")
    if not to:
        raise UserError(f"From when to when? {EXAMPLES}")
    start = point(begin, now, zone)
    return start, _end(end, start, now, zone)


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
    end = start + span(match["length"]) if match["length"] else _end(match["end"], start, now, zone)
    words = (match["what"] or "").strip()
    if misplaced := _MEANT_AS_TIME.match(words):
        raise UserError(
            f"Is “{said(misplaced[0], 50)}” a time? It comes first: tomorrow 02:00 2h, until tomorrow 04:00"
        )
    return Planned(start, end, words, match["at"] is not None)


def point(text: str, after: datetime, zone: ZoneInfo) -> datetime:
    """One instant: `18:00` (the next one), `tomorrow 09:00`, `2026-11-20`, `now`. Raises UserError."""
    if text.strip().lower() == "now":
        return after
    return instant(_local(text, after, after, zone), zone)


def _end(text: str, start: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    # Of an hour that comes twice, an end is the second.
    return instant(_local(text, start, now, zone), zone, end=True)


def _local(text: str, after: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """A clock time alone is the next one after `after`; today and tomorrow are those of `now`."""
    match = _POINT.fullmatch(text.strip())
    if match is None or not text.strip():
        raise UserError(f"I don't understand the time “{said(text.strip(), 50)}”. {EXAMPLES}")
    day, hour, minute = (match.group(1) or "").lower(), match.group(2), match.group(3)
    try:
        if day in _DAYS:
            date = now.astimezone(zone).date() + timedelta(days=_DAYS[day])
        elif day:
            date = datetime.fromisoformat(day).date()
        else:
            date = after.astimezone(zone).date()
        found = datetime.combine(date, time(int(hour), int(minute)) if hour else time(0))
    except (ValueError, OverflowError):
        raise UserError(f"There is no such time as {said(text.strip(), 50)}. {EXAMPLES}") from None
    if not day and found <= after.astimezone(zone).replace(tzinfo=None):
        found += timedelta(days=1)
    return found
