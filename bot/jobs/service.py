"""Running what is due, once each; and the questions of what ran and what will."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import metrics
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs import store
from bot.jobs.model import Due, Look, Outcome, Run, Time
from bot.jobs.routine import Routine, times

log = structlog.get_logger()

_MICROSECOND = timedelta(microseconds=1)
# After a longer absence nobody asks which mornings exactly were missed.
LONGEST_LOOK_BACK = timedelta(days=31)
MOST_MISSED = 100
# Transactions at once. They are short, and pages need the database as well.
HANDS = 4


async def look(context: Context, routines: Iterable[Routine]) -> set[str]:
    """Run what of these fell due since the last look; gives the names of those to be tried again.

    Each job is a transaction of its own: the claim, what the run writes and queues, and that it was looked
    at. Of several times missed the latest is run, within its grace; the others are recorded as missed.
    """
    asked = list(routines)
    async with context.queue.database.read() as connection:
        known = await store.looks(connection, [routine.name for routine in asked])
    # Each replica in an order of its own: in the same one, the second would wait behind the first all along.
    random.shuffle(asked)
    failed: set[str] = set()

    async def take_turns() -> None:
        while asked:
            routine = asked.pop()
            try:
                await _look_at(context, routine, known.get(routine.name))
            except Exception:  # the loop's edge: one job's mistake must not end the others
                log.exception("job_failed", job=routine.name)
                metrics.JOBS.labels("failed").inc()
                failed.add(routine.name)

    await asyncio.gather(*(take_turns() for _ in range(HANDS)))
    return failed


async def _look_at(context: Context, routine: Routine, known: Look | None) -> None:
    is_known = known is not None and known.definition == routine.definition
    if is_known and known is not None and not _passed(routine, known, context.clock.now()):
        return
    async with context.queue.transaction() as tx:
        until = tx.now + _MICROSECOND
        if known is None or not is_known:
            await store.begin(tx.connection, routine.name, Look(routine.definition, until))
            return
        *missed, last = _passed(routine, known, tx.now)
        in_time = tx.now - last.at <= routine.grace
        for time in missed if in_time else (*missed, last):
            await _missed(tx, routine, time)
        if in_time:
            await _run(context, tx, routine, last)
        await store.looked(tx.connection, routine.name, until)


def _passed(routine: Routine, known: Look, now: datetime) -> deque[Time]:
    """The latest times that nobody has dealt with."""
    since = max(known.until, now - LONGEST_LOOK_BACK)
    return deque(times(routine, since, now + _MICROSECOND), MOST_MISSED)


async def _run(context: Context, tx: Transaction, routine: Routine, time: Time) -> None:
    if await store.claim(tx.connection, Run(routine.name, time.local, time.at, tx.now, Outcome.RAN)):
        due = Due(routine.name, time.local, time.at, tx.now - time.at)
        log.info("job", job=routine.name, local=time.local.isoformat(), late=due.late_by.total_seconds())
        await routine.run(context, tx, due)
        metrics.JOBS.labels("ran").inc()
        metrics.JOB_LATENESS.observe(due.late_by.total_seconds())


async def _missed(tx: Transaction, routine: Routine, time: Time) -> None:
    if await store.claim(tx.connection, Run(routine.name, time.local, time.at, tx.now, Outcome.MISSED)):
        metrics.JOBS.labels("missed").inc()
        log.warning("job_missed", job=routine.name, local=time.local.isoformat())


@dataclass(frozen=True)
class Upcoming:
    """A time at which a job will run."""

    job: str
    time: Time


def upcoming(routines: Iterable[Routine], start: datetime, end: datetime) -> list[Upcoming]:
    """What is due in [start, end), in order of time, then of name."""
    found = [Upcoming(routine.name, time) for routine in routines for time in times(routine, start, end)]
    return sorted(found, key=lambda each: (each.time.at, each.job))


async def latest(context: Context, job: str, limit: int) -> Sequence[Run]:
    """The last runs of a job, newest first, missed ones included."""
    async with context.queue.database.read() as connection:
        return await store.latest(connection, job, limit)


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Drop the record of what was due before `at`."""
    await store.forget_before(tx.connection, at)
