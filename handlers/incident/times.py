"""Times as people type them."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.errors import UserError
from bot.mrkdwn import said

_AGO = re.compile(r"(\d+)\s*(m|min|mins|minutes?|h|hours?|d|days?)(?:\s+ago)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{4}-\d{2}-\d{2}|yesterday|today)[ T]+)?(\d{1,2}):(\d{2})", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_EXAMPLES = "Try: 14:05, yesterday 14:05, 2026-11-20 14:05, 20m ago"


def parse_time(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`20m ago`, `14:05` (the latest one past), `yesterday 14:05`, `2026-11-20 14:05`, in `zone`.

    Raises UserError.
    """
    text = text.strip()
    ago, clock = _AGO.fullmatch(text), _CLOCK.fullmatch(text)
    try:
        if ago is not None:
            return now - int(ago.group(1)) * _UNITS[ago.group(2)[0].lower()]
        if clock is not None:
            return _on_the_clock(clock, now, zone)
    except (ValueError, OverflowError):  # 25:99, the 31st of February, a million years ago
        raise UserError(f"There is no such time as {said(text, 50)}. {_EXAMPLES}") from None
    raise UserError(f"I don't understand that time. {_EXAMPLES}")


def _on_the_clock(clock: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime:
    day, hour, minute = (clock.group(1) or "").lower(), int(clock.group(2)), int(clock.group(3))
    today = now.astimezone(zone).date()
    match day:
        case "" | "today":
            date = today
        case "yesterday":
            date = today - timedelta(days=1)
        case _:
            date = datetime.fromisoformat(day).date()
    found = instant(datetime.combine(date, time(hour, minute)), zone)
    if not day and found > now:
        found = instant(datetime.combine(date - timedelta(days=1), time(hour, minute)), zone)
    return found
