"""Figures out of few numbers, said no more certainly than they allow. Pure."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

# What is usual is told from the eight periods before, once at least half of them are on record.
PERIODS_COMPARED = 8
LEAST_COMPARED = 4
# The 90th percentile of fewer is little else than the longest.
LEAST_FOR_P90 = 5


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie, between neighbours in a straight line (R's type 7).

    Raises ValueError for no values.
    """
    if not values:
        raise ValueError("a quantile of nothing")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def usual(before: Sequence[float], periods: str) -> str:
    """What it was before, in words: "2, from 0 to 5 in 8 weeks"; empty where too little is known."""
    if len(before) < LEAST_COMPARED:
        return ""
    least, most = number(min(before)), number(max(before))
    if least == most:
        return f"{least} in each of {len(before)} {periods}"
    return f"{number(median(before))}, from {least} to {most} in {len(before)} {periods}"


def covered(stretches: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long at least one of the stretches lasted: what overlaps counts once."""
    total, reached = timedelta(), None
    for start, end in sorted(stretches):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
            reached = end
    return total


def number(value: float, decimals: int | None = None) -> str:
    """As people write it: three digits that count, and no zeros behind the point."""
    if decimals is None:
        decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def in_words(span: timedelta) -> str:
    """About how long: "40 s", "12 min", "3 h 20 min", "2 d 4 h"."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    total, _ = divmod(seconds + 30, 60)
    hours, rest = divmod(total, 60)
    if hours == 0:
        return f"{rest} min"
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, left = divmod(hours, 24)
    return f"{days} d {left} h" if left else f"{days} d"
