"""Asking the rotation for cover: the first who takes it has it, and everybody asked sees how it ended."""

from dataclasses import replace
from datetime import datetime

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.intake import store as intake
from bot.model import Act
from bot.mrkdwn import said, when_dated
from bot.oncall import store
from bot.oncall.cover import LONGEST, CoverId, new_cover
from bot.oncall.model import Shift
from bot.oncall.queued import (
    confirm_cover,
    request_expires,
    request_expires_key,
    return_cover,
    show_expired,
    show_request,
)
from bot.oncall.request import CoverRequest, RequestId, RequestState, new_request, shifts_of, stand_in
from bot.oncall.watching import watch_changed


async def next_watch(
    context: Context, person: str, schedule: str | None, start: datetime, end: datetime
) -> tuple[str, Shift] | None:
    """The first watch of `person` in [start, end), with its schedule's name; `schedule`: only on that one.

    Looks no further than a request may last.
    """
    playbook = context.playbook.current
    names = [schedule] if schedule is not None else list(playbook.schedules)
    end = min(end, start + LONGEST)
    found: list[tuple[str, Shift]] = []
    async with context.queue.database.read() as connection:
        for name in names:
            known = await store.overrides(connection, name, start)
            own = shifts_of(playbook.rotation(name), known, person, start, end)
            found += [(name, shift) for shift in own[:1]]
    return min(found, key=lambda each: each[1].start, default=None)


async def ask(
    context: Context, schedule: str, stretch: tuple[datetime, datetime], person: str, act: Act
) -> CoverRequest:
    """`person`, who acts, asks the others of a schedule's rotation. Raises UserError."""
    playbook = context.playbook.current
    if schedule not in playbook.schedules:
        raise UserError(f"There is no schedule “{said(schedule, 100)}” any more. Schedules: /oncall")
    async with context.queue.transaction() as tx:
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise UserError("The others were asked already.")
        known = await store.overrides(tx.connection, schedule, min(stretch[0], tx.now))
        wanted = new_request(playbook.rotation(schedule), known, person, act.by, stretch, tx.now)
        for other in await store.open_requests(tx.connection, schedule):
            if other.person == person and other.start < wanted.end and wanted.start < other.end:
                raise UserError(
                    f"You asked for cover from {when_dated(other.start)} to {when_dated(other.end)} already."
                    " Withdraw that first, with its button in our conversation."
                )
        made = await store.add_request(tx.connection, wanted)
        tx.queue(*show_request(made), request_expires(made))
        return made


async def take(context: Context, number: RequestId, act: Act) -> CoverRequest:
    """Whoever acts stands in. Gives the request as it is now: it may have become needless instead.

    Raises UserError where somebody was first, it is over, or they were not asked.
    """
    playbook = context.playbook.current
    person = context.directory.name_of(act.by)
    async with context.queue.transaction() as tx:
        request = await _held_with_others(tx, number)
        if person is None or person not in request.asked:
            raise UserError("You were not asked: somebody of the rotation takes it, or /oncall cover does.")
        if request.state is RequestState.TAKEN and request.taken_by == person:
            return request  # pressed twice
        _must_be_open(context, request)
        await tx.cancel(request_expires_key(number))
        if not await _is_needed(context, tx, request):
            return await _end(tx, replace(request, state=RequestState.MOOT, ended_at=tx.now))
        known = await store.overrides(tx.connection, request.schedule, tx.now)
        rotation = playbook.rotation(request.schedule)
        override, _ = new_cover(rotation, known, stand_in(request, person, tx.now), tx.now)
        cover = await store.add(tx.connection, request.schedule, override, act.by)
        taken = replace(request, state=RequestState.TAKEN, taken_by=person, ended_at=tx.now, cover=cover)
        await _end(tx, taken)
        tx.queue(*confirm_cover(taken, person))
        await watch_changed(tx, playbook, request.schedule)
        return taken


async def withdraw(context: Context, number: RequestId, act: Act) -> CoverRequest:
    """Whoever asked needs no cover any more. Raises UserError."""
    async with context.queue.transaction() as tx:
        request = await _held(tx, number)
        if act.by != request.user:
            raise UserError(f"Only {context.directory.shown(request.person)} can withdraw this.")
        if request.state is RequestState.WITHDRAWN:
            return request
        _must_be_open(context, request)
        await tx.cancel(request_expires_key(number))
        return await _end(tx, replace(request, state=RequestState.WITHDRAWN, ended_at=tx.now))


async def expire(context: Context, tx: Transaction, number: RequestId) -> None:
    """The stretch begins, and nobody took it: loud, unless it is over or needs no cover any more."""
    request = await store.lock_request(tx.connection, number)
    if request is None or not request.is_open:
        return
    is_over = request.end <= tx.now  # after a long time away: nobody can take it, so nobody is called
    if not is_over and not await _is_needed(context, tx, request):
        await _end(tx, replace(request, state=RequestState.MOOT, ended_at=tx.now))
        return
    expired = await _end(tx, replace(request, state=RequestState.EXPIRED, ended_at=tx.now))
    if not is_over:
        tx.queue(*show_expired(expired))


async def returned(tx: Transaction, cover: CoverId) -> None:
    """A cover was taken back: where it answered a request, whoever asked is on call again and hears it."""
    request = await store.request_of(tx.connection, cover)
    if request is not None and request.state is RequestState.TAKEN:
        given_back = replace(request, state=RequestState.RETURNED, ended_at=tx.now)
        await _end(tx, given_back)
        tx.queue(*confirm_cover(given_back, request.taken_by or ""), return_cover(given_back))


async def _held_with_others(tx: Transaction, number: RequestId) -> CoverRequest:
    """As `_held`, and every open request about the same schedule, which a cover may end as well.

    Always in this order: two people who take two requests at once must not wait for each other.
    """
    known = await store.find_request(tx.connection, number)
    if known is not None:
        await store.open_requests(tx.connection, known.schedule)
    return await _held(tx, number)


async def _held(tx: Transaction, number: RequestId) -> CoverRequest:
    found = await store.lock_request(tx.connection, number)
    if found is None:
        raise UserError("I know of no such request.")
    return found


def _must_be_open(context: Context, request: CoverRequest) -> None:
    shown = context.directory.shown
    match request.state:
        case RequestState.OPEN:
            return
        case RequestState.TAKEN:
            raise UserError(
                f"{shown(request.taken_by or '')} was first and has taken it. Thank you all the same!"
            )
        case RequestState.WITHDRAWN:
            raise UserError(f"{shown(request.person)} has withdrawn it.")
        case RequestState.EXPIRED:
            raise UserError("Its time has come and nobody had taken it. Take it with /oncall cover.")
        case RequestState.MOOT:
            raise UserError(
                f"{shown(request.person)} is not on call then any more: there is nothing to take."
            )
        case RequestState.RETURNED:
            raise UserError("It was taken and taken back. Take it with /oncall cover.")


async def _is_needed(context: Context, tx: Transaction, request: CoverRequest) -> bool:
    """Whether whoever asked is still on call in what is left of the stretch."""
    playbook = context.playbook.current
    if request.schedule not in playbook.schedules or request.end <= tx.now:
        return False
    known = await store.overrides(tx.connection, request.schedule, tx.now)
    rotation, start = playbook.rotation(request.schedule), max(request.start, tx.now)
    return bool(shifts_of(rotation, known, request.person, start, request.end))


async def _end(tx: Transaction, ended: CoverRequest) -> CoverRequest:
    await store.end_request(tx.connection, ended)
    tx.queue(*show_request(ended))
    return ended
