"""Who is on call: pure rules of rotations, hours, layers and overrides.

One function decides who is on call at an instant (`_answer`), one tells at which instants that may change
(`_changes`); `who`, `shifts` and `until` are made of these two, so they cannot disagree.
Intervals are half-open: the start belongs, the end does not. Instants are aware.
"""

import calendar
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import takewhile
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from bot.oncall.stretches import Stretches
from bot.walltime import instant, wall

Unit = Literal["hours", "days", "weeks", "months"]

LOOK_AHEAD = timedelta(days=400)
"""How far `until` looks: a year with a shift on either side of it."""

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


@dataclass(frozen=True)
class Schedule:
    """Layers in one zone. Where several are on duty the later one wins."""

    name: str
    zone: ZoneInfo
    layers: tuple[Rotation, ...]


@dataclass(frozen=True)
class Override:
    """A cover: `by` stand in for `instead_of`, or for everybody, from `start` to `end`.

    `made_at` and `removed_at` are when it became known and was taken back. A cover that was taken back
    still counts for the time during which it was in force.
    """

    start: datetime
    end: datetime
    by: tuple[str, ...]
    instead_of: str | None
    made_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True)
class Shift:
    """Who is on call from `start` to `end` (aware, UTC). Nobody is an empty tuple."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


def who(
    schedule: Schedule,
    at: datetime,
    overrides: Iterable[Override] = (),
    as_known_at: datetime | None = None,
) -> tuple[str, ...]:
    """The people on call at `at`, in the schedule's order; empty when nobody is.

    With `as_known_at`, what was believed at that instant: covers made later do not count yet, and covers
    taken back later still count in full.
    """
    in_force = [each for each in overrides if each.start <= at < each.end]
    people = _plan(schedule).at(at)
    return _covered(people, at, _known(in_force, as_known_at)) if in_force else people


def shifts(
    schedule: Schedule, start: datetime, end: datetime, overrides: Iterable[Override] = ()
) -> list[Shift]:
    """The whole of [start, end) in order, times without anybody included.

    Neighbours differ in people: a handoff to the same people does not end a shift.
    """
    start, end, known = start.astimezone(UTC), end.astimezone(UTC), _known(overrides, None)
    found: list[Shift] = []
    if start >= end:
        return found
    since, people = start, _answer(schedule, start, known)
    for change in takewhile(lambda change: change < end, _changes(schedule, start, known)):
        now_on_call = _answer(schedule, change, known)
        if now_on_call != people:
            found.append(Shift(since, change, people))
            since, people = change, now_on_call
    found.append(Shift(since, end, people))
    return found


def until(schedule: Schedule, at: datetime, overrides: Iterable[Override] = ()) -> datetime | None:
    """The instant after `at` at which the answer of `who` first differs; None if not within LOOK_AHEAD."""
    at, known = at.astimezone(UTC), _known(overrides, None)
    people = _answer(schedule, at, known)
    for change in takewhile(lambda change: change <= at + LOOK_AHEAD, _changes(schedule, at, known)):
        if _answer(schedule, change, known) != people:
            return change
    return None


@lru_cache(maxsize=64)
def _plan(schedule: Schedule) -> Stretches[tuple[str, ...]]:
    """What the layers say, worked out once for each stretch: the same schedules are asked again and again."""
    return Stretches(partial(_scheduled, schedule), partial(_changes, schedule, overrides=()))


def _answer(schedule: Schedule, at: datetime, known: Sequence[Override]) -> tuple[str, ...]:
    return _covered(_scheduled(schedule, at), at, known)


def _scheduled(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """Who the layers put on call, before covers."""
    for layer in reversed(schedule.layers):
        turn = _turn(layer, schedule.zone, at)
        if turn >= 0 and layer.rotate and _on_duty(layer, schedule.zone, at):
            return layer.rotate[turn % len(layer.rotate)]
    return ()


def _changes(schedule: Schedule, after: datetime, overrides: Sequence[Override]) -> Iterator[datetime]:
    """Every instant later than `after` at which the answer may change, in order, without repeats.

    Endless as long as a layer has turns or hours.
    """
    sources = [_handoffs(layer, schedule.zone, after) for layer in schedule.layers]
    for layer in schedule.layers:
        for hours in layer.hours:
            sources += [_edges(hours, schedule.zone, after, edge) for edge in ("start", "end")]
    sources.append(
        iter(sorted(edge.astimezone(UTC) for each in overrides for edge in (each.start, each.end)))
    )
    last = after
    for change in heapq.merge(*sources):
        if change > last:
            last = change
            yield change


# Rotations


def _turn(layer: Rotation, zone: ZoneInfo, at: datetime) -> int:
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


def _handoffs(layer: Rotation, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    turn = _turn(layer, zone, after)
    while True:
        turn += 1
        yield _handoff(layer, zone, turn)


# Hours


def _on_duty(layer: Rotation, zone: ZoneInfo, at: datetime) -> bool:
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


def _edges(hours: Hours, zone: ZoneInfo, after: datetime, edge: str) -> Iterator[datetime]:
    """The starts, or the ends, of the windows, from some days before `after` on."""
    day = datetime.combine(wall(after, zone), time()) - _DAYS_A_WINDOW_REACHES * _DAY
    while hours.days:
        if day.weekday() in hours.days:
            yield _edge(hours, zone, day, edge)
        day += _DAY


# Overrides


@dataclass(frozen=True)
class _Place:
    """One place on the watch: who holds it, and whom covers have sent home from it."""

    person: str
    before: frozenset[str] = frozenset()


def _known(overrides: Iterable[Override], as_known_at: datetime | None) -> list[Override]:
    """The covers known at that instant (None: all), oldest first, cut to the time they were in force."""
    known = []
    for each in sorted(overrides, key=lambda each: each.made_at):
        if as_known_at is not None and each.made_at > as_known_at:
            continue
        removed_at = each.removed_at
        if removed_at is None or (as_known_at is not None and removed_at > as_known_at):
            known.append(each)
            continue
        start, end = max(each.start, each.made_at), min(each.end, removed_at)
        if start < end:
            known.append(Override(start, end, each.by, each.instead_of, each.made_at))
    return known


def _covered(people: tuple[str, ...], at: datetime, overrides: Sequence[Override]) -> tuple[str, ...]:
    """`people` after the covers in force, oldest first.

    A cover takes the places its person holds, and those an older cover has taken from that person: so the
    newest wins, and whoever stands in can be covered in turn.
    """
    places = [_Place(person) for person in people]
    for each in overrides:
        if each.start <= at < each.end:
            places = _cover(places, each)
    return tuple(dict.fromkeys(place.person for place in places))


def _cover(places: list[_Place], override: Override) -> list[_Place]:
    def is_taken(place: _Place) -> bool:
        absent = override.instead_of
        return absent is None or absent == place.person or absent in place.before

    taken = [place for place in places if is_taken(place)]
    if not taken and override.instead_of is not None:
        return places
    before = frozenset().union(*(place.before | {place.person} for place in taken))
    stand_ins = [_Place(person, before) for person in override.by]
    first = places.index(taken[0]) if taken else 0
    return places[:first] + stand_ins + [place for place in places[first:] if not is_taken(place)]
