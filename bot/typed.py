"""Times as they are typed on the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import ConfigError
from bot.walltime import instant


def typed_instant(text: str, option: str, zone: ZoneInfo) -> datetime:
    """`2026-03-08T08:00:00Z`, or a wall-clock time in `zone`. Raises ConfigError that names the option."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{option} {text}: write a time such as 2026-03-08T08:00:00Z") from None
    if found.tzinfo is None:
        return instant(found, zone)
    return found.astimezone(UTC)
