"""Where wall-clock times become instants, by one rule. Only the standard library: rules may import it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


def instant(local: datetime, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """The instant (aware, UTC) at which clocks in `zone` show the naive time `local`.

    A time that clocks skip becomes the first instant after the gap. A time that occurs twice is its first
    occurrence, or its last with `end=True`, so that an interval never loses the repeated hour.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall-clock time carries no zone of its own")
    before = local.replace(tzinfo=zone, fold=0)
    after = local.replace(tzinfo=zone, fold=1)
    earlier, later = before.astimezone(UTC), after.astimezone(UTC)
    if earlier == later:
        return earlier
    if earlier < later:
        return later if end else earlier
    # PEP 495: in a gap fold=0 reads the clock as if it had not been moved, hence the later of the two.
    return _first_after_the_gap(later, earlier, zone)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in `zone` show (naive) at the instant `at`."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def days_between(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The days that clocks in `zone` show from `start` until before `end`."""
    first, last = wall(start, zone).date(), wall(end - timedelta.resolution, zone).date()
    return [first + _DAY * count for count in range((last - first).days + 1)]


def _first_after_the_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The change of offset in (low, high]. Zone files place changes on whole seconds."""
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    new_offset = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == new_offset:
            high = middle
        else:
            low = middle
    return high
