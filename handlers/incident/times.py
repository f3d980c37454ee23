"""Times as people type them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.errors import UserError

_AGO = re.compile(r"(\d+)\s*(m|min|mins|minutes?|h|hours?|d|days?)(?:\s+ago)?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{4}-\d{2}-\d{2}|yesterday|today)[ T]+)?(\d{1,2}):(\d{2})", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_time(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`20m ago`, `14:05` (the latest one past), `yesterday 14:05`, `2026-11-20 14:05`, in `zone`.

    Raises UserError.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return now - int(ago.group(1)) * _UNITS[ago.group(2)[0].lower()]
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        raise UserError(
            "I don't understand that time. Try: 14:05, yesterday 14:05, 2026-11-20 14:05, 20m ago"
        )
    day, hour, minute = clock.group(1), int(clock.group(2)), int(clock.group(3))
    today = now.astimezone(zone).date()
    try:
        match (day or "").lower():
            case "" | "today":
                date = today
            case "yesterday":
                date = today - timedelta(days=1)
            case _:
                date = datetime.fromisoformat(str(day)).date()
        found = instant(datetime(date.year, date.month, date.day, hour, minute), zone)  # noqa: DTZ001
        if not day and found > now:
            before = date - timedelta(days=1)
            found = instant(datetime(before.year, before.month, before.day, hour, minute), zone)  # noqa: DTZ001
    except ValueError:
        raise UserError(f"There is no such time as {text.strip()}. Try: 14:05, or 20m ago") from None
    return found
