"""One layer of a schedule: whose turn it is, and when it is on duty. Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from bot.walltime import instant, wall

Unit = Literal["hours", "days", "weeks", "months"]

_DAY = timedelta(days=1)
# A window is at most a day long, and clocks have been moved by up to a day (Apia, 2011-12-30).
_DAYS_A_WINDOW_REACHES = 3


@dataclass(frozen=True)
class Every:
    """The time from one handoff to the next, on the wall clock."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class Hours:
    """A daily window on the wall clock; `days` are those on which it begins, Monday is 0.

    An `end` at or before `start` is on the next day.
    """

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True)
class Rotation:
    """One layer: the groups of people who take turns, from `starts` (naive wall-clock time) on.

    Without `hours` it is on duty around the clock.
    """

    rotate: tuple[tuple[str, ...], ...]
    every: Every
    starts: datetime
    hours: tuple[Hours, ...] = ()


def turn_at(layer: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """The number of the last handoff at or before `at`, from 0; -1 before the first."""
    turn = max(_wall_turn(layer, wall(at, zone)), -1)
    # The wall clock is off by as much as clocks were moved: a few steps at most, whatever the age.
    while turn >= 0 and _handoff(layer, zone, turn) > at:
        turn -= 1
    while _handoff(layer, zone, turn + 1) <= at:
        turn += 1
    return turn


def _wall_turn(layer: Rotation, local: datetime) -> int:
    """The turn if `local` were the only time there is; for months possibly one too many."""
    match layer.every.unit:
        case "hours" | "days" | "weeks":
            return (local - layer.starts) // (timedelta(**{layer.every.unit: 1}) * layer.every.count)
        case "months":
            months = (local.year - layer.starts.year) * 12 + local.month - layer.starts.month
            return months // layer.every.count
        case _:
            assert_never(layer.every.unit)


def _handoff(layer: Rotation, zone: ZoneInfo, turn: int) -> datetime:
    """The instant of a handoff: counted from `starts` on the wall clock, then made an instant."""
    count = turn * layer.every.count
    if layer.every.unit == "months":
        return instant(_months_later(layer.starts, count), zone)
    return instant(layer.starts + timedelta(**{layer.every.unit: count}), zone)


def _months_later(local: datetime, months: int) -> datetime:
    """Clamped to the month's last day, always from `local`: Jan 31, Feb 28, Mar 31."""
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def handoffs(layer: Rotation, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    turn = turn_at(layer, zone, after)
    while True:
        turn += 1
        yield _handoff(layer, zone, turn)


def on_duty(layer: Rotation, zone: ZoneInfo, at: datetime) -> bool:
    if not layer.hours:
        return True
    today = wall(at, zone).date()
    days = [today - n * _DAY for n in range(-1, _DAYS_A_WINDOW_REACHES + 1)]
    return any(
        _edge(hours, zone, datetime.combine(day, time()), "start")
        <= at
        < _edge(hours, zone, datetime.combine(day, time()), "end")
        for hours in layer.hours
        for day in days
        if day.weekday() in hours.days
    )


def _edge(hours: Hours, zone: ZoneInfo, midnight: datetime, edge: str) -> datetime:
    """The instant at which the window of the day that begins at `midnight` (naive) begins or ends."""
    if edge == "start":
        return instant(datetime.combine(midnight, hours.start), zone)
    overnight = hours.end <= hours.start
    return instant(datetime.combine(midnight + overnight * _DAY, hours.end), zone, end=True)


def edges(hours: Hours, zone: ZoneInfo, after: datetime, edge: str) -> Iterator[datetime]:
    """The starts, or the ends, of the windows, from some days before `after` on."""
    day = datetime.combine(wall(after, zone), time()) - _DAYS_A_WINDOW_REACHES * _DAY
    while hours.days:
        if day.weekday() in hours.days:
            yield _edge(hours, zone, day, edge)
        day += _DAY
