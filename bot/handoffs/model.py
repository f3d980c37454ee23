"""When the watch changes hands, and what is remembered of that. Pure.

A *watch* here is longer than a shift: times without anybody do not end it, nor do stretches too short to hand
anything over. So business hours worked by one person all week are one watch, and so is a week with a cover
of half an hour in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from bot.model import UserId
from bot.oncall.model import Shift

HandoffId = NewType("HandoffId", int)

# Somebody who stands in for less than this is told nothing and tells nothing.
SHORTEST_WATCH = timedelta(hours=1)
# Whoever was on for less has little to hand over.
LEAST_SERVED = timedelta(hours=4)
# The outgoing person is asked for their words this long before.
ASK_BEFORE = timedelta(minutes=30)
WORDS_UNTIL = timedelta(hours=24)  # after the handoff
NUDGE_EVERY = timedelta(minutes=15)
NUDGES = 4
# After everybody was told. More often would wake whoever is on call for a formality.
NUDGE_LATER_EVERY = timedelta(days=1)
LATE = timedelta(minutes=1)
# A long shift is prepared the day before, another one within the hour.
LONG_SHIFT, REMIND_OF_LONG = timedelta(days=3), timedelta(hours=24)
SHORTEST_REMINDED, REMIND_OF_SHORT = timedelta(hours=4), timedelta(hours=1)


@dataclass(frozen=True)
class Change:
    """The watch goes from `outgoing` to `incoming` at `at`.

    `began` is when the outgoing came on, `ended` when they went off: before `at` where nobody was on between.
    `until`: when the incoming watch ends; None where that is too far ahead to be looked for.
    """

    at: datetime
    outgoing: tuple[str, ...]
    began: datetime
    ended: datetime
    incoming: tuple[str, ...]
    until: datetime | None

    @property
    def is_handed_over(self) -> bool:
        """Whether there is something to hand over, and somebody to do it."""
        return bool(self.outgoing) and self.ended - self.began >= LEAST_SERVED

    @property
    def ask_at(self) -> datetime:
        return min(self.at, self.ended) - ASK_BEFORE

    @property
    def coming_on(self) -> tuple[str, ...]:
        return tuple(each for each in self.incoming if each not in self.outgoing)

    def remind_at(self, remind_before: timedelta | None) -> datetime | None:
        """When those coming on are reminded; None for never, which `remind_before` can say with zero."""
        if remind_before is not None:
            return self.at - remind_before if remind_before else None
        length = self.until - self.at if self.until is not None else LONG_SHIFT
        if length >= LONG_SHIFT:
            return self.at - REMIND_OF_LONG
        return self.at - REMIND_OF_SHORT if length >= SHORTEST_REMINDED else None


def watches(shifts: Sequence[Shift]) -> list[Shift]:
    """The shifts as watches: without what is empty or too short, and neighbours of the same people as one."""
    found: list[Shift] = []
    for each in shifts:
        if not each.people or each.end - each.start < SHORTEST_WATCH:
            continue
        if found and set(found[-1].people) == set(each.people):
            found[-1] = replace(found[-1], end=each.end)
        else:
            found.append(each)
    return found


def changes(found: Sequence[Shift], since: datetime, until: datetime) -> list[Change]:
    """Every change between watches, in order. The watches were asked from `since` to `until`: one that had
    begun before is nobody's change, and one that is cut off ends some time.
    """
    changed = []
    for index, watch in enumerate(found):
        ends = watch.end if watch.end < until else None
        if index > 0:
            gone = found[index - 1]
            began = _on_since(found, index - 1)
            changed.append(Change(watch.start, gone.people, began, gone.end, watch.people, ends))
        elif watch.start > since:
            changed.append(Change(watch.start, (), watch.start, watch.start, watch.people, ends))
    return changed


def _on_since(found: Sequence[Shift], index: int) -> datetime:
    """When those of a watch came on. A stint of others in between does not count if it is shorter than
    LEAST_SERVED and than what it interrupts: people who take turns by the hour have short watches.
    """
    people, began = set(found[index].people), found[index].start
    for earlier in reversed(found[:index]):
        away = began - earlier.end
        if set(earlier.people) == people and away < earlier.end - earlier.start:
            began = earlier.start
        elif began - earlier.start >= LEAST_SERVED:
            break
    return began


def at_watch(found: Sequence[Shift], now: datetime) -> Shift | None:
    """The watch that began last: who has it, or had it last where nobody is on."""
    return next((watch for watch in reversed(found) if watch.start <= now), None)


@dataclass(frozen=True, order=True)
class Reminded:
    """Somebody who was reminded of the watch that begins then."""

    begins: datetime
    person: str


@dataclass(frozen=True)
class Seen:
    """Who had the watch of a schedule when it was last looked at, and who was reminded of one to come."""

    schedule: str
    people: tuple[str, ...]
    since: datetime
    looked_at: datetime
    reminded: tuple[Reminded, ...] = ()


def due(seen: Seen, found: Sequence[Shift], line: Sequence[Change], now: datetime) -> Change | None:
    """The change of watch that came about since it was last looked at; of several, the last.

    The playbook may put somebody else on call and say that they have been for long: that change is now.
    """
    current = at_watch(found, now)
    if current is None:
        return None
    if current.start > seen.looked_at:
        change = next((each for each in line if each.at == current.start), None)
    elif set(current.people) != set(seen.people):
        change = Change(now, seen.people, seen.since, now, current.people, current.end)
    else:
        return None
    return change if change is not None and change.is_handed_over else None


def now_seen(
    schedule: str, before: Seen | None, current: Shift, now: datetime, reminded: tuple[Reminded, ...] = ()
) -> Seen:
    """What is kept of a look at the watch that is `current`."""
    is_same = before is not None and set(before.people) == set(current.people)
    since = current.start
    if before is not None and is_same and current.start <= before.looked_at:
        since = min(before.since, current.start)
    return Seen(schedule, current.people, since, now, reminded)


@dataclass(frozen=True)
class Part:
    """One part of a handoff note. `nothing` is said where there are no lines, in a sentence."""

    title: str
    lines: tuple[str, ...] = ()
    nothing: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "lines": list(self.lines), "nothing": self.nothing}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Part":
        return cls(stored["title"], tuple(stored["lines"]), stored["nothing"])


class HandoffState(StrEnum):
    PLANNED = "planned"
    POSTED = "posted"  # the watch changed; nobody has said yet that they have it
    TAKEN = "taken"
    PASSED_ON = "passed_on"  # it went on to somebody else before anybody said so
    DROPPED = "dropped"  # there will be no such change


@dataclass(frozen=True)
class Handoff:
    """One change of watch, from the moment it is planned."""

    id: HandoffId
    schedule: str
    announce: str
    change: Change
    state: HandoffState = HandoffState.PLANNED
    overlap: timedelta = timedelta()
    asked: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # of those who go, by their names
    parts: tuple[Part, ...] | None = None  # as it was when the note was posted
    posted_at: datetime | None = None
    nudges: int = 0
    unheard_at: datetime | None = None  # when everybody was told that nobody answers
    taken_by: UserId | None = None
    ended_at: datetime | None = None

    @property
    def stays_until(self) -> datetime | None:
        """Until when the outgoing are there as well."""
        return self.change.at + self.overlap if self.overlap else None
