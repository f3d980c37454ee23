"""Looking at incidents; nothing is changed. What is private exists only for those in it."""

from dataclasses import dataclass
from datetime import datetime

from bot.calls import store as calls
from bot.calls.model import parse_ref
from bot.context import Context, must_be
from bot.db import Database
from bot.incidents import store
from bot.incidents.model.change import must_be_open
from bot.incidents.model.incident import Entry, Incident, Number, parse_number
from bot.incidents.service.work import NoSuchIncident
from bot.model import ChannelId, UserId
from bot.paging import store as pages
from bot.paging.model import Page, PageId


@dataclass(frozen=True)
class Told:
    """An incident with its timeline. `merged`: what it was merged into, where the viewer may know of that."""

    incident: Incident
    entries: tuple[Entry, ...]
    merged: str


async def open_incidents(context: Context, viewer: UserId) -> list[Incident]:
    """Newest first."""
    async with context.queue.database.read() as connection:
        return await store.open_ones(connection, viewer)


async def open_public(database: Database) -> list[Incident]:
    """The open incidents that are nobody's secret, newest first."""
    async with database.read() as connection:
        return [each for each in await store.open_ones(connection, None) if not each.private]


async def declared_between(database: Database, start: datetime, end: datetime) -> list[Incident]:
    """Every incident declared from `start` until before `end` that is nobody's secret, oldest first."""
    async with database.read() as connection:
        return [each for each in await store.declared_between(connection, start, end) if not each.private]


async def first_declared(database: Database) -> datetime | None:
    """When the first incident on record was declared; None where there is none."""
    async with database.read() as connection:
        return await store.first_declared(connection)


async def still_open(database: Database, number: Number) -> bool:
    async with database.read() as connection:
        found = await store.find(connection, number)
    return found is not None and found.is_open


async def ended_incidents(context: Context, viewer: UserId) -> list[Incident]:
    """Those that ended, the last ones first."""
    async with context.queue.database.read() as connection:
        return await store.ended_ones(connection, viewer)


async def in_channel(context: Context, channel: ChannelId) -> Incident | None:
    """The incident whose room this is."""
    async with context.queue.database.read() as connection:
        return await store.by_channel(connection, channel)


async def look_at(context: Context, number: Number, viewer: UserId) -> Incident:
    """Raises NoSuchIncident."""
    return (await told(context, number, viewer, newest=0)).incident


async def to_change(context: Context, number: Number, viewer: UserId) -> Incident:
    """As `look_at`, for a form. Raises UserError for those who may not send it, before they fill it in."""
    incident = await look_at(context, number, viewer)
    must_be(context, viewer, "responder")
    return incident


async def open_one(context: Context, number: Number, viewer: UserId) -> Incident:
    """As `to_change`, about an incident that goes on. Raises UserError for one that ended."""
    incident = await to_change(context, number, viewer)
    must_be_open(incident)
    return incident


async def told(context: Context, number: Number, viewer: UserId, newest: int | None = None) -> Told:
    """An incident and the newest lines of its timeline, oldest first. Raises NoSuchIncident."""
    async with context.queue.database.read() as connection:
        incident = await store.find(connection, number)
        if incident is None or not await store.may_see(connection, incident, viewer):
            raise NoSuchIncident(number)
        entries = await store.entries(connection, number, newest) if newest != 0 else []
        into = await store.find(connection, incident.merged_into) if incident.merged_into else None
        known = into is not None and await store.may_see(connection, into, viewer)
    return Told(incident, tuple(entries), into.name if into is not None and known else "")


async def entry(context: Context, number: Number, seq: int, viewer: UserId) -> Entry | None:
    """One line of the timeline. Raises NoSuchIncident."""
    await look_at(context, number, viewer)
    async with context.queue.database.read() as connection:
        return await store.entry(connection, number, seq)


@dataclass(frozen=True)
class Paged:
    """A page and how things stand: who has what it is about since when, and since when that is over."""

    page: Page
    taken_by: UserId | None = None
    taken_at: datetime | None = None
    over_at: datetime | None = None


async def paged(context: Context, page: PageId) -> Paged | None:
    """For somebody who has proved that the page is theirs: whether they may see it is not asked."""
    async with context.queue.database.read() as connection:
        found = await pages.find(connection, page)
        if found is None:
            return None
        if (call := parse_ref(found.subject.ref)) is not None:
            called = await calls.find(connection, call)
            return Paged(found, called.acknowledged_by, called.acknowledged_at) if called else Paged(found)
        number = parse_number(found.subject.ref)
        incident = await store.find(connection, number) if number is not None else None
    if incident is None:
        return Paged(found)
    over_at = None if incident.is_open else incident.ended_at
    return Paged(found, incident.acknowledged_by, incident.acknowledged_at, over_at)


def means(context: Context, incident: Incident) -> str:
    """Its severity in the playbook's words; empty for one that is no longer in the playbook."""
    try:
        return context.playbook.current.severity(incident.severity)[1].means
    except KeyError:
        return ""
