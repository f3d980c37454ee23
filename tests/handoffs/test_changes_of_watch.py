"""When the watch changes hands: a table of the rule, and both clock changes."""

# ruff: noqa: DTZ001  Wall-clock times carry no zone.

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoffs.model import LEAST_SERVED, Change, Seen, at_watch, changes, due, now_seen, watches
from bot.oncall.model import Every, Hours, Override, Rotation, Schedule, Shift, shifts

CHICAGO = ZoneInfo("America/Chicago")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def day(*stretches: tuple[float, str]) -> list[Shift]:
    """Shifts one after another, each of so many hours; `""` is nobody, `"ana bo"` two people."""
    found, at = [], MIDNIGHT
    for hours, people in stretches:
        found.append(Shift(at, at + hours * HOUR, tuple(people.split())))
        at = found[-1].end
    return found


def handed_over(*stretches: tuple[float, str]) -> list[str]:
    """`9 ana>bo`: the hour of each change that makes a note, who goes and who comes."""
    found = day(*stretches)
    line = changes(watches(found), MIDNIGHT, found[-1].end)
    return [_told(each) for each in line if each.is_handed_over]


def _told(change: Change) -> str:
    hour = (change.at - MIDNIGHT) / HOUR
    return f"{hour:g} {'+'.join(change.outgoing)}>{'+'.join(change.incoming)}"


@pytest.mark.parametrize(
    ("stretches", "notes"),
    [
        # one after the other
        ([(9, "ana"), (15, "bo")], ["9 ana>bo"]),
        # the same two in another order are the same watch
        ([(9, "ana bo"), (15, "bo ana")], []),
        # one of two goes
        ([(9, "ana bo"), (15, "bo chen")], ["9 ana+bo>bo+chen"]),
        # business hours of one person, with nights in between
        ([(8, "ana"), (16, ""), (8, "ana"), (16, ""), (8, "ana")], []),
        # from one person's hours to another's: when the next one comes
        ([(8, "ana"), (16, ""), (8, "bo")], ["24 ana>bo"]),
        # a stand-in for half an hour is no change, and hides none
        ([(9, "ana"), (0.5, "bo"), (9, "ana")], []),
        ([(9, "ana"), (0.5, "bo"), (9, "chen")], ["9.5 ana>chen"]),
        # two hours of somebody else: told, and given back without a note
        ([(9, "ana"), (2, "bo"), (9, "ana"), (9, "chen")], ["9 ana>bo", "20 ana>chen"]),
        # the hour after somebody's short stint does not make the watch short
        ([(9, "ana"), (2, "bo"), (1, "ana"), (9, "chen")], ["9 ana>bo", "12 ana>chen"]),
        # five hours are a watch of their own: after them an hour is short
        ([(9, "ana"), (5, "bo"), (1, "ana"), (9, "chen")], ["9 ana>bo", "14 bo>ana"]),
        # nobody lasts four hours
        ([(3, "ana"), (3, "bo")] * 5, []),
        # a lunch hour in between does not make a day two mornings
        ([(3, "ana"), (1, "bo"), (3, "ana"), (3, "chen")], ["7 ana>chen"]),
        ([(3, "ana"), (3, "bo"), (3, "chen"), (3, "dee")], []),
        # nothing to hand over by nobody, or to nobody
        ([(9, ""), (9, "ana"), (9, "")], []),
    ],
)
def test_what_makes_a_handoff(stretches: list[tuple[float, str]], notes: list[str]) -> None:
    assert handed_over(*stretches) == notes


def test_pages_are_counted_since_whoever_goes_came_on() -> None:
    found = day((9, "ana"), (2, "bo"), (9, "ana"), (9, "chen"))
    last = changes(watches(found), MIDNIGHT, found[-1].end)[-1]
    assert (last.began, last.ended) == (MIDNIGHT, MIDNIGHT + 20 * HOUR)


def test_whoever_goes_off_before_the_next_comes_is_asked_before_they_go() -> None:
    found = day((8, "ana"), (16, ""), (8, "bo"))
    [change] = changes(watches(found), MIDNIGHT, found[-1].end)
    assert change.ask_at == MIDNIGHT + 7.5 * HOUR
    assert change.at == MIDNIGHT + 24 * HOUR


@pytest.mark.parametrize(
    ("hours", "playbook", "before"),
    [
        (72, None, 24.0),
        (71, None, 1.0),
        (4, None, 1.0),
        (3, None, None),
        (3, 2.0, 2.0),
        (72, 0.0, None),
        (None, None, 24.0),
    ],
)
def test_a_reminder_comes_a_day_or_an_hour_before(
    hours: float | None, playbook: float | None, before: float | None
) -> None:
    until = None if hours is None else MIDNIGHT + hours * HOUR
    change = Change(MIDNIGHT, ("ana",), MIDNIGHT, MIDNIGHT, ("bo",), until)
    at = change.remind_at(None if playbook is None else playbook * HOUR)
    assert at == (None if before is None else MIDNIGHT - before * HOUR)


def test_those_who_stay_are_not_reminded() -> None:
    change = Change(MIDNIGHT, ("ana", "bo"), MIDNIGHT, MIDNIGHT, ("bo", "chen"), None)
    assert change.coming_on == ("chen",)


# Clock changes: forward on 2026-03-08 08:00Z, back on 2026-11-01 07:00Z


def line_of(schedule: Schedule, start: datetime, days: int, *covers: Override) -> list[Change]:
    end = start + timedelta(days=days)
    return changes(watches(shifts(schedule, start, end, covers)), start, end)


def weekly(starts: datetime) -> Schedule:
    rotation = Rotation((("ana",), ("bo",)), Every(1, "weeks"), starts)
    return Schedule("primary", CHICAGO, (rotation,))


def test_a_handoff_in_the_hour_that_is_skipped_is_at_the_first_instant_after_it() -> None:
    line = line_of(weekly(datetime(2026, 3, 1, 2, 30)), datetime(2026, 3, 4, tzinfo=UTC), 10)
    assert line[0].at == datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
    assert line[0].ask_at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert line[0].remind_at(None) == datetime(2026, 3, 7, 8, 0, tzinfo=UTC)


def test_a_handoff_in_the_hour_that_comes_twice_is_at_the_first() -> None:
    line = line_of(weekly(datetime(2026, 10, 25, 1, 30)), datetime(2026, 10, 28, tzinfo=UTC), 10)
    assert [each.at for each in line] == [datetime(2026, 11, 1, 6, 30, tzinfo=UTC)]


def test_a_short_night_is_no_change_and_a_shortened_shift_is_one() -> None:
    """Three hours at 00:00 that last two, and a window of an hour that the clocks skip."""
    every_five = Rotation((("ana",), ("bo",)), Every(5, "hours"), datetime(2026, 3, 7, 20, 0))
    schedule = Schedule("primary", CHICAGO, (every_five,))
    [first, *_] = line_of(schedule, datetime(2026, 3, 8, 2, 0, tzinfo=UTC), 1)
    # 01:00 to 06:00 on the wall are four hours: still a watch that hands over.
    assert first.at == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert first.until == datetime(2026, 3, 8, 11, 0, tzinfo=UTC)
    skipped = Hours(frozenset(range(7)), time(2, 0), time(3, 0))
    night = Rotation((("chen",),), Every(1, "weeks"), datetime(2026, 1, 5), (skipped,))
    both = Schedule("primary", CHICAGO, (*weekly(datetime(2026, 1, 5)).layers, night))
    at_two = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
    assert not [each for each in line_of(both, datetime(2026, 3, 8, tzinfo=UTC), 1) if each.at == at_two]


# What is due


def seen(people: str, hours: float, looked_at: float) -> Seen:
    return Seen("primary", tuple(people.split()), MIDNIGHT + hours * HOUR, MIDNIGHT + looked_at * HOUR)


def due_at(hour: float, before: Seen, *stretches: tuple[float, str]) -> str | None:
    found = watches(day(*stretches))
    line = changes(found, MIDNIGHT, day(*stretches)[-1].end)
    change = due(before, found, line, MIDNIGHT + hour * HOUR)
    return _told(change) if change else None


TWO = ((9, "ana"), (9, "bo"), (9, "chen"))


def test_a_change_is_due_when_it_has_come_and_once() -> None:
    assert due_at(8.9, seen("ana", 0, 0), *TWO) is None
    assert due_at(9, seen("ana", 0, 0), *TWO) == "9 ana>bo"
    assert due_at(9.1, seen("bo", 9, 9), *TWO) is None


def test_of_several_changes_while_nobody_looked_the_last_is_due() -> None:
    assert due_at(19, seen("ana", 0, 1), *TWO) == "18 bo>chen"


def test_somebody_who_comes_on_again_takes_over_from_whoever_had_it_meanwhile() -> None:
    found = ((9, "ana"), (9, "bo"), (9, "ana"))
    assert due_at(19, seen("ana", 0, 1), *found) == "18 bo>ana"
    watch = at_watch(watches(day(*found)), MIDNIGHT + 19 * HOUR)
    assert watch is not None
    assert now_seen("primary", seen("ana", 0, 1), watch, MIDNIGHT + 19 * HOUR) == seen("ana", 18, 19)
    assert now_seen("primary", seen("ana", 17, 18.5), watch, MIDNIGHT + 19 * HOUR) == seen("ana", 17, 19)


def test_a_playbook_that_puts_somebody_else_on_changes_the_watch_now() -> None:
    assert due_at(7, seen("dee", 0, 6.9), *TWO) == "7 dee>ana"
    assert due_at(7, seen("dee", 5, 6.9), *TWO) is None


names = st.sampled_from(["", "ana", "bo", "chen", "ana bo"])
stretches_of_days = st.lists(st.tuples(st.sampled_from([0.5, 1, 2, 4, 8, 24, 168]), names), min_size=1)


@given(stretches_of_days, st.floats(0, 500))
def test_looking_again_finds_nothing_new(stretches: list[tuple[float, str]], hour: float) -> None:
    found = watches(day(*stretches))
    now = MIDNIGHT + hour * HOUR
    current = at_watch(found, now)
    if current is not None:
        line = changes(found, MIDNIGHT, day(*stretches)[-1].end)
        assert due(Seen("primary", current.people, current.start, now), found, line, now) is None


@given(stretches_of_days)
def test_every_note_is_between_different_people_after_a_real_watch(
    stretches: list[tuple[float, str]],
) -> None:
    found = day(*stretches)
    for change in changes(watches(found), MIDNIGHT, found[-1].end):
        assert change.incoming
        if change.is_handed_over:
            assert set(change.outgoing) != set(change.incoming)
            assert change.ended - change.began >= LEAST_SERVED
            assert change.began <= change.ended <= change.at
