"""Times as they are typed on the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import ConfigError
from bot.walltime import instant

# Clocks were set by the sun before, and beyond it the end of the calendar is within reach of a rotation.
FIRST_YEAR, LAST_YEAR = 1800, 3000


def typed_instant(text: str, option: str, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """`2026-03-08T08:00:00Z`, or a wall-clock time in `zone`; to the second.

    `end`: it ends a stretch of time. Raises ConfigError that names the option.
    """
    try:
        found = datetime.fromisoformat(text.strip()).replace(microsecond=0)
    except ValueError:
        raise ConfigError(f"{option} {text}: write a time such as 2026-03-08T08:00:00Z") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ConfigError(f"{option} {text}: the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    if found.tzinfo is None:
        return instant(found, zone, end=end)
    return found.astimezone(UTC)
