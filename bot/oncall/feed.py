"""The watch as a calendar that Google, Outlook and phones subscribe to. Pure.

An event is a stretch in which the same people are on call, covers included; times in which nobody is have no
event. Its UID is made of schedule, start and people, so it stays while a cover moves its end. Nothing depends
on the moment of asking but the window, whose outer edges move once a month: a calendar that has not changed
is the same to the byte.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.links import Links
from bot.oncall.model import Override, Schedule, Shift, shifts, who

PATH = "/calendar/"
SUFFIX = ".ics"
BACK, AHEAD = timedelta(days=30), timedelta(days=180)
# How much earlier than the window is looked, in months, so that a shift's start is its own and not an edge.
_MARGIN = 2
# Subscribers ask again this often if they heed it; Google takes up to a day.
REFRESH = timedelta(hours=1)
# SEQUENCE is a signed 32-bit number that only grows: seconds from here.
_COUNTS_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_PURPOSE = "calendar"


@dataclass(frozen=True)
class Duty:
    """One event. `planned`: who would be on at its start without covers; `changed_at`: by a cover, if any."""

    schedule: str
    start: datetime
    end: datetime
    people: tuple[str, ...]
    planned: tuple[str, ...]
    changed_at: datetime | None


def feed_url(links: Links, *, schedule: str = "", person: str = "") -> str | None:
    """The unguessable address of a schedule's calendar, or of a person's; None where links are not set up."""
    token = feed_token(links, schedule=schedule, person=person)
    return links.address(f"{PATH}{token}{SUFFIX}") if token else None


def feed_token(links: Links, *, schedule: str = "", person: str = "") -> str | None:
    return links.proof(_PURPOSE, _value(schedule, person))


def is_feed(links: Links, token: str, *, schedule: str = "", person: str = "") -> bool:
    """Whether this is the token of the schedule's calendar, or of the person's."""
    return links.proves(_PURPOSE, _value(schedule, person), token)


def _value(schedule: str, person: str) -> str:
    return f"person:{person}" if person else f"schedule:{schedule}"


def window(now: datetime) -> tuple[datetime, datetime]:
    """From the first of a month well before what is shown, to the first of one after it."""
    return _month(now - BACK, -_MARGIN), _month(now + AHEAD, 1)


def duties(schedule: Schedule, covers: Sequence[Override], now: datetime) -> list[Duty]:
    """Everybody's turns from 30 days ago to 180 days ahead, whole days of UTC, in order."""
    start, end = window(now)
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    planned = shifts(schedule, start, end)
    found = []
    for shift in shifts(schedule, start, end, covers):
        is_shown = shift.end > today - BACK and shift.start < today + AHEAD + _DAY
        if shift.people and is_shown:
            changed_at = _changed_at(shift, planned, covers)
            before = who(schedule, shift.start)
            found.append(Duty(schedule.name, shift.start, shift.end, shift.people, before, changed_at))
    return found


def calendar(name: str, found: Iterable[Duty], now: datetime, *, person: str = "") -> bytes:
    """The feed: `person`'s own where one is given, who is spared reading their name in each title."""
    # A tenth of a second that only those who are asked for a calendar pay.
    from icalendar import Calendar, Event, vDuration  # noqa: PLC0415

    made = Calendar()
    made.add("prodid", "-//Watchbill//On call//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    # Outlook's name for the same.
    made.add("x-published-ttl", vDuration(REFRESH))
    stamp = window(now)[0]
    for duty in found:
        event = Event()
        for key, value in _event(duty, stamp, person):
            event.add(key, value)
        made.add_component(event)
    document: bytes = made.to_ical()
    return document


def _event(duty: Duty, stamp: datetime, person: str) -> list[tuple[str, str | int | datetime]]:
    changed_at = duty.changed_at or stamp
    names = ", ".join(duty.people)
    text = f"On call for {duty.schedule}: {names}."
    if duty.people != duty.planned:
        text += f" A cover; planned was {', '.join(duty.planned) or 'nobody'}."
    return [
        ("uid", _uid(duty)),
        # When this version came to be, and not when it was asked for: an unchanged event stays the same.
        ("dtstamp", changed_at),
        ("last-modified", changed_at),
        ("sequence", int((duty.changed_at - _COUNTS_FROM).total_seconds()) if duty.changed_at else 0),
        ("dtstart", duty.start.astimezone(UTC)),
        ("dtend", duty.end.astimezone(UTC)),
        ("summary", f"On call: {duty.schedule}" if person else f"{duty.schedule}: {names}"),
        ("description", text),
        # Whoever is on call can be invited to a meeting all the same.
        ("transp", "TRANSPARENT"),
        ("status", "CONFIRMED"),
    ]


def _changed_at(shift: Shift, planned: Sequence[Shift], covers: Sequence[Override]) -> datetime | None:
    """The latest change of a cover that touches the shift, or the turn it is a part of.

    The whole turn, so that a cover taken back at its far end still counts, and this never goes back.
    """
    turn = next((each for each in planned if each.start <= shift.start < each.end), shift)
    until = max(shift.end, turn.end)
    known = [
        changed
        for each in covers
        if each.start <= until and each.end >= shift.start
        for changed in (each.made_at, each.removed_at)
        if changed is not None
    ]
    return max(known, default=None)


def _month(at: datetime, later: int) -> datetime:
    """Midnight (UTC) of the first of the month, some months `later`."""
    year, month = divmod(at.year * 12 + at.month - 1 + later, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _uid(duty: Duty) -> str:
    text = "\0".join((duty.schedule, duty.start.astimezone(UTC).isoformat(), *duty.people))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@watchbill"
