"""The parts of a handoff note, one function each. A noun that has something to hand over adds its line.

Each is given what the note is about and tells what is so at this moment. Notes are read by everybody, so what
is private stays out of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.followups import store as followups
from bot.handoffs import part_cards as cards
from bot.handoffs.model import Change, Part
from bot.incidents import store as incidents
from bot.incidents.model.incident import Status
from bot.paging import store as paging
from bot.paging.model import on_call_for
from bot.playbook import Playbook
from bot.records import store as records
from bot.silences import store as silences
from bot.silences.service import not_begun

# What is told of a watch whose end is not known.
COMING = timedelta(weeks=1)


@dataclass(frozen=True)
class About:
    """What a note is about."""

    connection: AsyncConnection
    playbook: Playbook
    schedule: str
    change: Change

    @property
    def until(self) -> datetime:
        """What is due or planned before then concerns whoever comes on."""
        return self.change.until or self.change.at + COMING


async def open_incidents(about: About) -> Part:
    found = [
        each
        for each in await incidents.open_ones(about.connection, None)
        if not each.private and each.status is not Status.MONITORING
    ]
    return cards.open_incidents(found)


async def recent_incidents(about: About) -> Part:
    """What was declared since the watch began and is over already, the newest first."""
    found = await incidents.declared_between(about.connection, about.change.began, about.change.at)
    return cards.recent_incidents([each for each in reversed(found) if not (each.private or each.is_open)])


async def to_watch(about: About) -> Part:
    """Fixed, and not yet known to stay so."""
    found = [each for each in await incidents.being_watched(about.connection) if not each.private]
    return cards.to_watch(found)


async def followups_due(about: About) -> Part:
    """What is due before the coming watch ends, or overdue."""
    found = await followups.open_ones(about.connection, None)
    return cards.followups_due([each for each in found if each.tell_at < about.until], about.change.at)


async def pages(about: About) -> Part:
    """The pages to whoever was on call for the schedule, since the watch began."""
    change, people = about.change, about.playbook.people
    made = await paging.made_between(about.connection, change.began, change.at)
    found = [each for each in made if each.why == on_call_for(about.schedule)]

    def zone(person: str) -> ZoneInfo:
        own = people[person].timezone if person in people else None
        return ZoneInfo(own) if own else about.playbook.zone

    return cards.pages(found, zone)


async def changes_coming(about: About) -> Part:
    """What is planned for the watch that begins."""
    found = await records.changes_between(about.connection, about.change.at, about.until)
    return cards.changes_coming(found)


async def silences_coming(about: About) -> Part:
    """What tells nobody during the watch that begins, and when the team works on what it runs."""
    at, until = about.change.at, about.until
    found = await silences.between(about.connection, at, until)
    return cards.silences_coming(found, not_begun(about.playbook, found, at, until), at)


Section = Callable[[About], Awaitable[Part]]
SECTIONS: tuple[Section, ...] = (
    open_incidents,
    to_watch,
    recent_incidents,
    followups_due,
    pages,
    changes_coming,
    silences_coming,
)


async def gather(about: About) -> tuple[Part, ...]:
    """Every part of a note, in order."""
    return tuple([await section(about) for section in SECTIONS])
