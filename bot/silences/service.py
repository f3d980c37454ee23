"""Making silences, ending them, and what they keep back."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.context import Context, must_be
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents.service.work import AlreadyCarriedOut
from bot.intake import service as intake
from bot.model import Act
from bot.mrkdwn import cut, escape, one_line, said
from bot.playbook import Playbook
from bot.playbook.problems import listed, nearest
from bot.silences import model, queued, store
from bot.silences.model import ALL, Held, Opening, Silence, SilenceId
from bot.silences.windows import open_those_due, openings

LONGEST_REASON = 300
WINDOWS_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants quiet: `names` as typed, from when until when."""

    names: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


async def make(context: Context, wanted: Wanted, act: Act) -> Silence:
    """Keep probes quiet now or later. Raises UserError, AlreadyCarriedOut for a repeat."""
    must_be(context, act.by, "responder")
    model.must_fit(wanted.starts_at, wanted.ends_at, act.at)
    names = tuple(dict.fromkeys(known(context.playbook.current, each) for each in wanted.names))
    if not names:
        raise UserError("What is to be silenced? Try: /ops silence checkout 2h")
    reason = cut(one_line(wanted.reason), LONGEST_REASON)
    new = Silence(SilenceId(0), names, wanted.starts_at, wanted.ends_at, act.by, reason)
    async with context.queue.transaction() as tx:
        if not await intake.note(tx, act.request_id):
            raise AlreadyCarriedOut(act.request_id)
        made = await store.add(tx.connection, new)
        if made is None:
            raise LookupError("a silence without a window was taken for another")
        tx.queue(queued.show(made) if made.has_begun(tx.now) else queued.begins(made), queued.ends(made))
    return made


def known(playbook: Playbook, typed: str) -> str:
    """A service with probes, a probe or ALL by what somebody typed. Raises UserError."""
    probes = {name: check for name, check in playbook.checks.items() if check.every is not None}
    names = {each.lower(): each for each in (*playbook.services, *probes, ALL)}
    found = names.get(typed.lower())
    if found is not None:
        if found not in (ALL, *probes, *(check.service for check in probes.values())):
            raise UserError(f"Nothing watches {escape(found)}: no probe has `service: {escape(found)}`.")
        return found
    if not probes:
        raise UserError("The playbook has no probes that could be silenced: they are checks with an `every`.")
    close = nearest(typed.lower(), names)
    hint = (
        f"Did you mean {escape(names[close])}?" if close else f"There are: {escape(listed(names.values()))}."
    )
    raise UserError(f"There is no service or probe “{said(typed, 80)}”. {hint}")


async def end(context: Context, number: SilenceId, act: Act) -> tuple[Silence, Silence | None]:
    """End it before its time: what fails on is told, unless another that is given too keeps quiet.

    Raises UserError, AlreadyCarriedOut.
    """
    async with _work_on(context, number, act) as (tx, found):
        changed = model.ended(found, act.by, tx.now)
        await store.save(tx.connection, changed)
        await tx.cancel(queued.begins_key(number), queued.ends_key(number))
        tx.queue(queued.ends(changed))
        return changed, await beside(tx.connection, context.playbook.current, changed, tx.now)


async def prolong(context: Context, number: SilenceId, more: timedelta, act: Act) -> Silence:
    """Keep quiet for so much longer. Raises UserError, AlreadyCarriedOut."""
    async with _work_on(context, number, act) as (tx, found):
        changed = model.longer(found, more, tx.now)
        await store.save(tx.connection, changed)
        await tx.cancel(queued.ends_key(number))
        tx.queue(queued.ends(changed))
        if changed.has_begun(tx.now):
            tx.queue(queued.show(changed))
    return changed


@asynccontextmanager
async def _work_on(
    context: Context, number: SilenceId, act: Act
) -> AsyncIterator[tuple[Transaction, Silence]]:
    must_be(context, act.by, "responder")
    async with context.queue.transaction() as tx:
        found = await store.lock(tx.connection, number)
        if found is None:
            raise UserError(f"There is no silence {number}. To see what there is: /ops silence")
        if not await intake.note(tx, act.request_id):
            raise AlreadyCarriedOut(act.request_id)
        yield tx, found


@dataclass(frozen=True)
class Coming:
    """Silences that keep quiet now or will; and when maintenance windows open in the next days."""

    silences: Sequence[Silence]
    windows: Sequence[Opening]


async def coming(context: Context) -> Coming:
    """Each in the order in which they begin."""
    now = context.clock.now()
    async with context.queue.database.read() as connection:
        found = await store.between(connection, now, now + model.FARTHEST)
    return Coming(found, not_begun(context.playbook.current, found, now, now + WINDOWS_AHEAD))


def not_begun(playbook: Playbook, found: Iterable[Silence], start: datetime, end: datetime) -> list[Opening]:
    """The openings of windows in [start, end), but for those that have become silences.

    One that silences something and began before is a silence: one of those `found`, or one that was ended.
    """
    begun = {(each.window, each.starts_at) for each in found}
    return [
        each
        for each in openings(playbook, start, end)
        if (each.starts_at >= start or not each.names) and (each.window, each.starts_at) not in begun
    ]


async def beside(
    connection: AsyncConnection, playbook: Playbook, silence: Silence, at: datetime
) -> Silence | None:
    """What keeps some of the same probes quiet at an instant, beside this one."""
    mine = {name for name, check in playbook.checks.items() if silence.covers(name, check.service)}
    others = [
        each
        for each in await store.between(connection, at, at + timedelta.resolution)
        if each.id != silence.id and any(each.covers(name, playbook.checks[name].service) for name in mine)
    ]
    return model.last_to_end(others)


async def turn(tx: Transaction, number: SilenceId) -> Silence | None:
    """It begins or ends: its message says so. Gives it where it is over now."""
    found = await store.find(tx.connection, number)
    if found is None:
        return None
    if found.is_over(tx.now):
        tx.queue(queued.show(found))
        return found
    # Clocks of replicas differ, and may be set back: what came too early comes again.
    if found.has_begun(tx.now):
        tx.queue(queued.show(found), queued.ends(found))
    else:
        tx.queue(queued.begins(found), queued.ends(found))
    return None


# What probes ask


async def those_now(tx: Transaction, playbook: Playbook) -> list[Silence]:
    """The silences there are at this moment, held until the transaction ends."""
    await open_those_due(tx, playbook)
    return await store.lock_those_at(tx.connection, tx.now)


async def hold(tx: Transaction, silence: Silence, held: Held) -> Silence:
    """Keep back what a probe says, and note it; gives the silence as it is then."""
    changed = await _changed(tx, silence, model.holding(silence, held))
    if changed != silence:
        # It may have ended while this was on its way: then its end looks again, and nothing is forgotten.
        tx.queue(queued.ends(changed))
    return changed


async def recovered(tx: Transaction, silence: Silence, check: str, at: datetime) -> Silence:
    """A probe is ok: what was kept back of it is over. Gives the silence as it is then."""
    return await _changed(tx, silence, model.recovered(silence, check, at))


async def _changed(tx: Transaction, before: Silence, after: Silence) -> Silence:
    if after != before:
        await store.save(tx.connection, after)
        tx.queue(queued.show(after))
    return after
