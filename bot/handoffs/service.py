"""The change of watch: planned, asked for, posted, confirmed.

One timer a schedule (`oncall.look`) wakes whenever there is something to do; what that is, is decided anew
from the rotation and its covers. So a change that comes late, twice or not at all is no special case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.handoffs import queued, store
from bot.handoffs.model import (
    NUDGE_EVERY,
    NUDGE_LATER_EVERY,
    NUDGES,
    WORDS_UNTIL,
    Change,
    Handoff,
    HandoffId,
    HandoffState,
    Reminded,
    Seen,
    at_watch,
    changes,
    due,
    now_seen,
    watches,
)
from bot.intake import store as intake
from bot.model import Act
from bot.mrkdwn import when
from bot.oncall import store as oncall
from bot.oncall.model import Shift, shifts, who
from bot.oncall.queued import look as look_at
from bot.oncall.queued import look_key
from bot.playbook import Playbook, Schedule

# A quarter of a year: the longest shift whose beginning matters to what is told of it.
LOOK_BACK = timedelta(days=95)
LOOK_AHEAD = timedelta(days=35)
# Less than LOOK_AHEAD by more than anybody is reminded before.
LOOK_AGAIN = timedelta(days=28)


@dataclass(frozen=True)
class _Line:
    """The watches of a schedule around now, and the changes between them."""

    found: tuple[Shift, ...]
    changes: tuple[Change, ...]


async def look(context: Context, tx: Transaction, name: str) -> None:
    """See who has the watch and what comes; post, ask and remind where it is time, and wake again in time."""
    # First: a change that comes while we look queues a look of its own, which must stay.
    await tx.cancel(look_key(name))
    playbook = context.playbook.current
    schedule = playbook.schedules.get(name)
    if schedule is None:
        await _drop(tx, await store.unended(tx.connection, name))
        return
    seen = await store.lock_seen(tx.connection, name)
    line = await _line(tx.connection, playbook, name, tx.now)
    wakes = await _hand_over(tx, name, schedule, seen, line)
    reminders, reminded = _reminders(seen, schedule, line, tx.now)
    tx.queue(*(queued.remind(name, each) for each in reminded))
    current = at_watch(line.found, tx.now)
    if current is not None:
        await store.keep_seen(tx.connection, now_seen(name, seen, current, tx.now, reminded))
    wakes += [*reminders, *(watch.start for watch in line.found)]
    following = min((at for at in wakes if at > tx.now), default=tx.now + LOOK_AGAIN)
    tx.queue(look_at(name, min(following, tx.now + LOOK_AGAIN)))


async def _line(connection: AsyncConnection, playbook: Playbook, name: str, now: datetime) -> _Line:
    since, until = now - LOOK_BACK, now + LOOK_AHEAD
    known = await oncall.overrides(connection, name, since)
    found = watches(shifts(playbook.rotation(name), since, until, known))
    return _Line(tuple(found), tuple(changes(found, since, until)))


async def _hand_over(
    tx: Transaction, name: str, schedule: Schedule, seen: Seen | None, line: _Line
) -> list[datetime]:
    """Post what is due, plan what comes next, and ask; gives when to come back."""
    before = await store.unended(tx.connection, name)
    planned = next((each for each in before if each.state is HandoffState.PLANNED), None)
    unconfirmed = [each for each in before if each.state is HandoffState.POSTED]
    if schedule.announce is None:
        await _drop(tx, before)
        return []
    happened = due(seen, line.found, line.changes, tx.now) if seen is not None else None
    if happened is not None:
        await _pass_on(tx, unconfirmed)
        await _post(tx, name, schedule, schedule.announce, planned, happened)
        planned = None
    else:
        current = at_watch(line.found, tx.now)
        gone = [each for each in unconfirmed if current and not {*current.people} & {*each.change.incoming}]
        await _pass_on(tx, gone)
    coming = next((each for each in line.changes if each.at > tx.now and each.is_handed_over), None)
    if coming is None:
        await _drop(tx, [planned] if planned else [])
        return []
    handoff = await _plan(tx, name, schedule, schedule.announce, planned, coming)
    if coming.ask_at > tx.now:
        return [coming.ask_at]
    await _ask(tx, handoff)
    return []


async def _plan(
    tx: Transaction, name: str, schedule: Schedule, announce: str, planned: Handoff | None, coming: Change
) -> Handoff:
    """The next handoff as it is to be now; those who were asked see what became of it."""
    if planned is None:
        fresh = Handoff(HandoffId(0), name, announce, coming, overlap=schedule.handoff_overlap)
        return await store.add(tx.connection, fresh)
    changed = replace(planned, announce=announce, change=coming, overlap=schedule.handoff_overlap)
    if changed != planned:
        await store.save(tx.connection, changed)
        tx.queue(*(queued.ask(planned.id, person) for person in planned.asked))
    return changed


async def _ask(tx: Transaction, handoff: Handoff) -> None:
    """Everybody who goes is asked once for what the next ones should know."""
    fresh = [each for each in handoff.change.outgoing if each not in handoff.asked]
    if fresh:
        await store.save(tx.connection, replace(handoff, asked=(*handoff.asked, *fresh)))
        tx.queue(*(queued.ask(handoff.id, person) for person in fresh))


async def _post(
    tx: Transaction, name: str, schedule: Schedule, announce: str, planned: Handoff | None, change: Change
) -> None:
    """The watch has changed: the note goes out, and whoever comes on is asked to confirm."""
    handoff = await _plan(tx, name, schedule, announce, planned, change)
    asked = tuple(dict.fromkeys([*handoff.asked, *change.outgoing]))
    await store.save(tx.connection, replace(handoff, state=HandoffState.POSTED, asked=asked))
    tx.queue(queued.note(handoff.id), *(queued.ask(handoff.id, person) for person in asked))
    tx.queue(queued.nudge_due(handoff.id, tx.now + NUDGE_EVERY))


async def _pass_on(tx: Transaction, unconfirmed: Sequence[Handoff]) -> None:
    """The watch went on before anybody said that they have it: nobody is asked any more."""
    for handoff in unconfirmed:
        gone = replace(handoff, state=HandoffState.PASSED_ON, ended_at=tx.now)
        await store.save(tx.connection, gone)
        await _show_end(tx, gone)


async def _drop(tx: Transaction, handoffs: Sequence[Handoff]) -> None:
    for handoff in handoffs:
        if handoff.state is HandoffState.PLANNED:
            await store.save(tx.connection, replace(handoff, state=HandoffState.DROPPED, ended_at=tx.now))
            tx.queue(*(queued.ask(handoff.id, person) for person in handoff.asked))
        else:
            await _pass_on(tx, [handoff])


async def _show_end(tx: Transaction, handoff: Handoff) -> None:
    """Every message that asks for an answer shows that there is one."""
    await tx.cancel(queued.nudge_key(handoff.id))
    tx.queue(queued.note(handoff.id), *(queued.ask(handoff.id, person) for person in handoff.asked))
    if handoff.nudges:
        tx.queue(*(queued.nudge(handoff.id, each, handoff.nudges) for each in handoff.change.incoming))
    if handoff.unheard_at is not None:
        tx.queue(*(queued.unheard(handoff.id, each) for each in ("", *handoff.change.outgoing)))


def _reminders(
    seen: Seen | None, schedule: Schedule, line: _Line, now: datetime
) -> tuple[list[datetime], tuple[Reminded, ...]]:
    """When to come back for a reminder, and who is to have one by now.

    Those reminded before are among them: their watch may be somebody else's since, and they see that.
    """
    wakes = []
    due_now = {each for each in (seen.reminded if seen else ()) if each.begins > now}
    for change in line.changes:
        at = change.remind_at(schedule.remind_before)
        if at is None or change.at <= now:
            continue
        wakes.append(at)
        if at <= now:
            due_now |= {Reminded(change.at, person) for person in change.coming_on}
    return wakes, tuple(sorted(due_now))


async def coming(
    connection: AsyncConnection, playbook: Playbook, name: str, begins: datetime, now: datetime
) -> Change | None:
    """The change of watch at `begins`; None where there is none any more, or it has come."""
    if name not in playbook.schedules or begins <= now:
        return None
    line = await _line(connection, playbook, name, now)
    return next((each for each in line.changes if each.at == begins), None)


async def nudge(tx: Transaction, number: HandoffId) -> None:
    """Nobody has confirmed for a while: ask again, then tell everybody, and go on asking, more rarely."""
    handoff = await store.lock(tx.connection, number)
    if handoff is None or handoff.state is not HandoffState.POSTED:
        return
    incoming, count = handoff.change.incoming, handoff.nudges
    if count == NUDGES and handoff.unheard_at is None:
        await store.save(tx.connection, replace(handoff, unheard_at=tx.now))
        tx.queue(*(queued.unheard(number, each) for each in ("", *handoff.change.outgoing)))
        tx.queue(queued.nudge_due(number, tx.now + NUDGE_LATER_EVERY))
        return
    await store.save(tx.connection, replace(handoff, nudges=count + 1))
    for person in incoming:
        if count:
            tx.queue(queued.nudge_gone(number, person, count))
        tx.queue(queued.nudge(number, person, count + 1))
    every = NUDGE_EVERY if handoff.unheard_at is None else NUDGE_LATER_EVERY
    tx.queue(queued.nudge_due(number, tx.now + every))


async def take(context: Context, number: HandoffId, act: Act) -> None:
    """*I have the watch*, says somebody who has it. Raises UserError."""
    async with context.queue.transaction() as tx:
        handoff = _known(await store.lock(tx.connection, number))
        if handoff.state is HandoffState.TAKEN and handoff.taken_by and handoff.ended_at:
            if handoff.taken_by == act.by:
                return  # pressed twice
            has = context.directory.shown(context.directory.name_of(handoff.taken_by) or "")
            raise UserError(f"{has} has the watch since {when(handoff.ended_at)}.")
        on_now = await _on_now(context, tx, handoff.schedule)
        if handoff.state is not HandoffState.POSTED:
            raise UserError("The watch has gone on since: /oncall shows who has it now.")
        if context.directory.name_of(act.by) not in on_now:
            names = ", ".join(context.directory.shown(each) for each in on_now) or "nobody"
            raise UserError(f"The watch is for {names}. To stand in: /oncall cover")
        taken = replace(handoff, state=HandoffState.TAKEN, taken_by=act.by, ended_at=tx.now)
        await store.save(tx.connection, taken)
        await _show_end(tx, taken)


async def _on_now(context: Context, tx: Transaction, name: str) -> tuple[str, ...]:
    """Who has the watch, and who stands in for them too shortly for it to change hands."""
    playbook = context.playbook.current
    if name not in playbook.schedules:
        return ()
    current = at_watch((await _line(tx.connection, playbook, name, tx.now)).found, tx.now)
    known = await oncall.overrides(tx.connection, name, tx.now)
    now_on = who(playbook.rotation(name), tx.now, known)
    return tuple(dict.fromkeys([*now_on, *(current.people if current else ())]))


async def words(context: Context, number: HandoffId, act: Act) -> tuple[Handoff, str]:
    """The handoff and what the one who acts wrote for it so far. Raises UserError where they may not."""
    async with context.queue.database.read() as connection:
        handoff = _known(await store.find(connection, number))
    return handoff, handoff.words.get(_writer(context, handoff, act), "")


async def say(context: Context, number: HandoffId, text: str, act: Act) -> None:
    """Keep what one of those who go wants the next to know; empty takes it back. Raises UserError."""
    async with context.queue.transaction() as tx:
        handoff = _known(await store.lock(tx.connection, number))
        writer = _writer(context, handoff, act)
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            return
        others = {name: said for name, said in handoff.words.items() if name != writer}
        written = {**others, writer: text} if text else others
        await store.save(tx.connection, replace(handoff, words=written))
        tx.queue(queued.ask(number, writer))
        if handoff.state is not HandoffState.PLANNED:
            tx.queue(queued.note(number))


def _writer(context: Context, handoff: Handoff, act: Act) -> str:
    person = context.directory.name_of(act.by)
    if person is None or person not in (*handoff.asked, *handoff.change.outgoing):
        raise UserError("Only whoever hands over writes this.")
    if handoff.state is HandoffState.DROPPED:
        raise UserError("This handoff is not to be any more: the rotation or a cover changed.")
    if act.at > handoff.change.at + WORDS_UNTIL:
        raise UserError(f"This handoff is over since {when(handoff.change.at)}; the note stays as it is.")
    return person


def _known(found: Handoff | None) -> Handoff:
    if found is None:
        raise UserError("I know of no such handoff.")
    return found
