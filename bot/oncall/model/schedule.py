"""Who is on call: layers, and covers over them. Pure.

One function decides who is on call at an instant (`_answer`), one tells at which instants that may change
(`_changes`); `who`, `shifts` and `until` are made of these two, so they cannot disagree.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.oncall.model.covers import Override, covered, known_covers
from bot.oncall.model.rotation import Rotation, edges, handoffs, on_duty, turn_at
from bot.oncall.stretches import Stretches

LOOK_AHEAD = timedelta(days=400)
"""How far `until` looks at least: a year with a shift on either side of it."""
FARTHEST, HANDOFFS = timedelta(days=30 * 366), 200
"""Where there are few handoffs it looks at so many, up to there: a layer may begin in years."""


@dataclass(frozen=True)
class Schedule:
    """Layers in one zone. Where several are on duty the later one wins."""

    name: str
    zone: ZoneInfo
    layers: tuple[Rotation, ...]


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
    return covered(people, at, known_covers(in_force, as_known_at)) if in_force else people


def shifts(
    schedule: Schedule, start: datetime, end: datetime, overrides: Iterable[Override] = ()
) -> list[Shift]:
    """The whole of [start, end) in order, times without anybody included.

    Neighbours differ in people: a handoff to the same people does not end a shift.
    """
    start, end, known = start.astimezone(UTC), end.astimezone(UTC), known_covers(overrides, None)
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
    """The instant after `at` at which the answer of `who` first differs.

    None if it does not within LOOK_AHEAD, nor at the first HANDOFFS until FARTHEST.
    """
    at, known = at.astimezone(UTC), known_covers(overrides, None)
    people = _answer(schedule, at, known)
    for count, change in enumerate(_changes(schedule, at, known)):
        if change > at + (FARTHEST if count < HANDOFFS else LOOK_AHEAD):
            return None
        if _answer(schedule, change, known) != people:
            return change
    return None


@lru_cache(maxsize=64)
def _plan(schedule: Schedule) -> Stretches[tuple[str, ...]]:
    """What the layers say, worked out once for each stretch: the same schedules are asked again and again."""
    return Stretches(partial(_scheduled, schedule), partial(_changes, schedule, overrides=()))


def _answer(schedule: Schedule, at: datetime, known: Sequence[Override]) -> tuple[str, ...]:
    return covered(_scheduled(schedule, at), at, known)


def _scheduled(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """Who the layers put on call, before covers."""
    for layer in reversed(schedule.layers):
        turn = turn_at(layer, schedule.zone, at)
        if turn >= 0 and layer.rotate and on_duty(layer, schedule.zone, at):
            # Whoever was written down twice is one person.
            return tuple(dict.fromkeys(layer.rotate[turn % len(layer.rotate)]))
    return ()


def _changes(schedule: Schedule, after: datetime, overrides: Sequence[Override]) -> Iterator[datetime]:
    """Every instant later than `after` at which the answer may change, in order, without repeats.

    Endless as long as a layer has turns or hours.
    """
    sources = [handoffs(layer, schedule.zone, after) for layer in schedule.layers]
    for layer in schedule.layers:
        for hours in layer.hours:
            sources += [edges(hours, schedule.zone, after, edge) for edge in ("start", "end")]
    sources.append(
        iter(sorted(edge.astimezone(UTC) for each in overrides for edge in (each.start, each.end)))
    )
    last = after
    for change in heapq.merge(*sources):
        if change > last:
            last = change
            yield change
