"""Opening follow-ups, giving and moving them, and having them done."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.service import zone_of
from bot.context import Context, must_be
from bot.db import Database
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.followups import model, queued, store
from bot.followups.model import FollowUp, FollowUpId, Origin
from bot.incidents.service.work import AlreadyCarriedOut
from bot.intake import service as intake
from bot.model import Act, UserId
from bot.mrkdwn import cut, one_line, user


@dataclass(frozen=True)
class Wanted:
    """What somebody wants followed up. `owner` None: it is theirs; `due` None: a week on."""

    title: str
    owner: UserId | None = None
    due: date | None = None
    origin: Origin = field(default_factory=Origin)


async def by_hand(context: Context, wanted: Wanted, act: Act) -> FollowUp:
    """Raises UserError, AlreadyCarriedOut for a repeat."""
    new = await prepared(context, wanted, act)
    async with context.queue.transaction() as tx:
        if not await intake.note(tx, act.request_id):
            raise AlreadyCarriedOut(act.request_id)
        return await open_in(tx, new)


async def prepared(context: Context, wanted: Wanted, act: Act) -> FollowUp:
    """One that is ready to be opened, and has no number yet. Raises UserError."""
    must_be(context, act.by, "responder")
    owner = wanted.owner or act.by
    zone = await zone_of(context, owner)
    due = wanted.due or model.usual_day(act.at, zone)
    model.must_be_ahead(due, act.at, zone)
    title = cut(one_line(wanted.title), model.LONGEST_TITLE)
    return FollowUp(FollowUpId(0), title, owner, due, zone, act.by, act.at, wanted.origin)


async def open_in(tx: Transaction, new: FollowUp) -> FollowUp:
    """Open one in a transaction that may do more. Raises UserError."""
    await _must_be_theirs_to_know(tx.connection, new, new.opened_by)
    found = await store.add(tx.connection, model.opened(new))
    tx.queue(*queued.shows(found))
    _await_the_day(tx, found)
    return found


async def done(context: Context, number: FollowUpId, act: Act) -> FollowUp:
    """Whoever has to do it may always say so. Raises UserError, AlreadyCarriedOut for a repeat."""
    return await _change(context, number, act, lambda found, at: model.done(found, act.by, at))


async def give(context: Context, number: FollowUpId, owner: UserId, act: Act) -> FollowUp:
    """It is somebody else's from now on, and they are told. Raises UserError, AlreadyCarriedOut."""
    zone = await zone_of(context, owner)
    return await _change(context, number, act, lambda found, _: model.given(found, owner, zone, act.by))


async def move(context: Context, number: FollowUpId, due: date, act: Act) -> FollowUp:
    """It is due on another day. Raises UserError, AlreadyCarriedOut."""
    return await _change(context, number, act, lambda found, at: model.moved(found, due, at))


async def come_due(tx: Transaction, number: FollowUpId) -> None:
    """Its day has come: its owner hears of it, if it is still to be done."""
    found = await store.lock(tx.connection, number)
    told = model.come_due(found, tx.now) if found is not None else None
    if told is not None:
        await store.save(tx.connection, told)
        tx.queue(*queued.shows(told))


async def look_at(context: Context, number: FollowUpId, viewer: UserId) -> FollowUp:
    """Raises UserError for one that they may not know of."""
    async with context.queue.database.read() as connection:
        return await _known(connection, number, await store.find(connection, number), viewer)


async def open_ones(context: Context, viewer: UserId) -> list[FollowUp]:
    """What is to be done: the overdue first, and theirs first among equals."""
    async with context.queue.database.read() as connection:
        found = await store.open_ones(connection, viewer)
    now = context.clock.now()
    return sorted(found, key=lambda each: (not each.days_late(now), each.owner != viewer, each.due, each.id))


async def public_between(database: Database, start: datetime, end: datetime) -> list[FollowUp]:
    """Those that were there for any part of [start, end) and are nobody's secret, oldest first."""
    async with database.read() as connection:
        return await store.public_between(connection, start, end)


async def _change(
    context: Context, number: FollowUpId, act: Act, decide: Callable[[FollowUp, datetime], FollowUp]
) -> FollowUp:
    async with _work_on(context, number, act) as (tx, found):
        changed = decide(found, tx.now)
        if changed.owner != found.owner:
            await _must_be_theirs_to_know(tx.connection, changed, act.by)
        await store.save(tx.connection, changed)
        await tx.cancel(queued.due_key(number))
        tx.queue(*queued.shows(changed))
        _await_the_day(tx, changed)
    return changed


@asynccontextmanager
async def _work_on(
    context: Context, number: FollowUpId, act: Act
) -> AsyncIterator[tuple[Transaction, FollowUp]]:
    async with context.queue.transaction() as tx:
        found = await _known(tx.connection, number, await store.lock(tx.connection, number), act.by)
        if found.owner != act.by:
            must_be(context, act.by, "responder")
        if not await intake.note(tx, act.request_id):
            raise AlreadyCarriedOut(act.request_id)
        yield tx, found


async def _known(
    connection: AsyncConnection, number: FollowUpId, found: FollowUp | None, viewer: UserId
) -> FollowUp:
    if found is None or not await store.may_see(connection, found, viewer):
        raise UserError(f"There is no FU-{number}. To see what is open: /ops followup")
    return found


async def _must_be_theirs_to_know(connection: AsyncConnection, found: FollowUp, by: UserId) -> None:
    """Nobody learns of a private incident by being given something to do."""
    if found.owner != by and not await store.may_know(connection, found.origin, found.owner):
        private = f"INC-{found.origin.incident} is private, and {user(found.owner)} is not in it."
        raise UserError(f"{private} Choose somebody who is.")


def _await_the_day(tx: Transaction, found: FollowUp) -> None:
    # Opened or moved after nine for the same day, whoever does it knows; its owner was told just now.
    if found.is_open and found.tell_at > tx.now:
        tx.queue(queued.due(found))
