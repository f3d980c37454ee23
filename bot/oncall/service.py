"""Who is on call, covers included: use cases and the questions of other rooms."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.context import Context
from bot.errors import UserError
from bot.intake import store as intake
from bot.model import Act
from bot.oncall import store
from bot.oncall.asking import returned
from bot.oncall.cover import Cover, CoverId, Watch, new_cover
from bot.oncall.model import Override, Schedule, Shift, shifts, until, who
from bot.oncall.reason import Reason, explain
from bot.oncall.rota import Rota, of_person, rota
from bot.oncall.watching import watch_changed
from bot.playbook import Playbook


async def on_call(
    connection: AsyncConnection, playbook: Playbook, schedule: str, now: datetime
) -> tuple[str, ...] | None:
    """The people on call for a schedule; None where there is no such schedule."""
    if schedule not in playbook.schedules:
        return None
    return who(playbook.rotation(schedule), now, await store.overrides(connection, schedule, now))


async def explained(
    connection: AsyncConnection, playbook: Playbook, schedule: str, now: datetime
) -> Reason | None:
    """Who is on call for a schedule, and why they are; None where there is no such schedule."""
    if schedule not in playbook.schedules:
        return None
    covers = await store.of_schedule(connection, schedule, now)
    return explain(playbook.rotation(schedule), now, covers)


async def watches(connection: AsyncConnection, playbook: Playbook, now: datetime) -> list[Watch]:
    """Every schedule's watch, in the playbook's order."""
    found = []
    for name in playbook.schedules:
        schedule, known = playbook.rotation(name), await store.overrides(connection, name, now)
        ends = until(schedule, now, known)
        then = who(schedule, ends, known) if ends else ()
        found.append(Watch(name, who(schedule, now, known), ends, then))
    return found


async def on_now(context: Context) -> list[Watch]:
    async with context.queue.database.read() as connection:
        return await watches(connection, context.playbook.current, context.clock.now())


async def calendar(context: Context, schedule: str, start: datetime, end: datetime) -> list[Shift]:
    """The shifts of a schedule over a stretch of time. Raises UserError for an unknown one."""
    rotation = _rotation(context, schedule)
    async with context.queue.database.read() as connection:
        known = await store.overrides(connection, schedule, start)
    return shifts(rotation, start, end, known)


@dataclass(frozen=True)
class Answer:
    """Who was on call at an instant, and who would have been without covers.

    `believed`: who was held to be on call at that very instant, and so was paged; a cover entered late, for
    time already gone, was not known then.
    """

    schedule: str
    at: datetime
    people: tuple[str, ...]
    planned: tuple[str, ...]
    believed: tuple[str, ...]


async def at(context: Context, instant: datetime) -> list[Answer]:
    """Who was (or will be) on call on each schedule."""
    playbook = context.playbook.current
    then = min(instant, context.clock.now())
    found = []
    async with context.queue.database.read() as connection:
        for name in playbook.schedules:
            schedule, known = playbook.rotation(name), await store.overrides(connection, name, instant)
            people, believed = who(schedule, instant, known), who(schedule, instant, known, as_known_at=then)
            found.append(Answer(name, instant, people, who(schedule, instant), believed))
    return found


async def covers(
    connection: AsyncConnection, playbook: Playbook, after: datetime
) -> dict[str, list[Override]]:
    """What bears on each schedule from `after` on."""
    return {name: await store.overrides(connection, name, after) for name in playbook.schedules}


async def worked_out(
    playbook: Playbook,
    known: Mapping[str, Iterable[Override]],
    start: datetime,
    end: datetime,
    *,
    person: str | None = None,
) -> Rota:
    """`rota`, in a thread: a season of many schedules takes a second, in which pages have to go out."""
    return await asyncio.to_thread(rota, playbook, known, start, end, person=person)


async def shifts_ahead(context: Context, person: str, ahead: timedelta) -> dict[str, list[Shift]]:
    """A person's shifts from now on for `ahead`, on each schedule they are on."""
    playbook, now = context.playbook.current, context.clock.now()
    async with context.queue.database.read() as connection:
        known = await covers(connection, playbook, now)
    return of_person(await worked_out(playbook, known, now, now + ahead, person=person), person)


@dataclass(frozen=True)
class Wanted:
    """A cover somebody asks for: `by` stands in for `instead_of`, or for whoever is on."""

    schedule: str
    start: datetime
    end: datetime
    by: str
    instead_of: str | None


async def cover(context: Context, wanted: Wanted, act: Act) -> tuple[Cover, list[Shift]]:
    """Take a shift or a part of it; gives the cover and the shifts it changes. Raises UserError."""
    schedule = _rotation(context, wanted.schedule)
    async with context.queue.transaction() as tx:
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise UserError("This cover is entered already.")
        known = await store.overrides(tx.connection, wanted.schedule, wanted.start)
        override = Override(wanted.start, wanted.end, (wanted.by,), wanted.instead_of, tx.now)
        checked, changed = new_cover(schedule, known, override, tx.now)
        number = await store.add(tx.connection, wanted.schedule, checked, act.by)
        await watch_changed(tx, context.playbook.current, wanted.schedule)
    return Cover(number, wanted.schedule, act.by, checked), changed


async def take_back(context: Context, number: CoverId, act: Act) -> Cover:
    """From now on the cover counts no more. Raises UserError where it is over or taken back already."""
    async with context.queue.transaction() as tx:
        found = await store.find(tx.connection, number)
        if found is None:
            raise UserError("I know of no such cover.")
        if found.override.removed_at is not None:
            raise UserError("This cover was taken back already.")
        if found.override.end <= tx.now:
            raise UserError("This cover is over; what was is left as it was.")
        await store.take_back(tx.connection, number, tx.now)
        await watch_changed(tx, context.playbook.current, found.schedule)
        await returned(tx, number)
        return found


def _rotation(context: Context, name: str) -> Schedule:
    playbook = context.playbook.current
    if name not in playbook.schedules:
        known = ", ".join(playbook.schedules) or "none yet; add `schedules` to the playbook"
        raise UserError(f"There is no schedule “{name}”. Schedules: {known}.")
    return playbook.rotation(name)
