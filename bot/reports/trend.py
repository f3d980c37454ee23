"""Growth: how fast something rises, once there is enough of it to say. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# From fewer points, or over less than three weeks, no trend is told.
TREND_FROM = 4
_LEAST_SPAN = timedelta(days=21)
_DAY = timedelta(days=1)
MONTH = 30
# Farther ahead than two years a straight line says nothing.
_FARTHEST = timedelta(days=730)


def growth(points: Sequence[tuple[datetime, float]]) -> float | None:
    """By how much it rises a day, by least squares; None for too few points. `points`: oldest first."""
    if len(points) < TREND_FROM or points[-1][0] - points[0][0] < _LEAST_SPAN:
        return None
    days = [(at - points[0][0]) / _DAY for at, _ in points]
    values = [value for _, value in points]
    middle, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - middle) ** 2 for day in days)
    return sum((day - middle) * (value - mean) for day, value in zip(days, values, strict=True)) / spread


def reached_at(now: datetime, value: float, a_day: float | None, limit: float) -> datetime | None:
    """When it comes to `limit` if it goes on rising `a_day`; None if it does not, or not within two years."""
    if a_day is None or a_day <= 0 or value >= limit or (limit - value) / a_day > _FARTHEST / _DAY:
        return None
    return now + _DAY * ((limit - value) / a_day)
