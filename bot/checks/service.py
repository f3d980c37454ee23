"""Asking checks, keeping what probes answer, and figures over it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.checks import queued, store
from bot.checks.asking import ask
from bot.checks.model import figures
from bot.checks.model.figures import Figures, Hour, Sample
from bot.checks.model.result import Result
from bot.checks.model.trouble import Trouble
from bot.checks.sources import Sources
from bot.checks.state import State
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.model import ChannelId, UserId
from bot.mrkdwn import escape, said
from bot.playbook.checks import Check
from bot.playbook.problems import listed, nearest
from bot.silences import store as silences
from bot.silences.model import Silence, last_to_end

HOUR = timedelta(hours=1)
# Raw samples, and hours of them: 30 days, and the 13 months that a year's comparison takes.
SAMPLES_KEPT = timedelta(days=30)
HOURS_KEPT = timedelta(days=396)
# An answer is on record this long after it was asked for, even after the longest time limit.
SETTLED_AFTER = timedelta(minutes=5)
CHECKS_AT_ONCE = 20


async def run_check(context: Context, sources: Sources, name: str) -> Result:
    """Ask a check now. Raises KeyError where the playbook has none of that name.

    The answer is remembered as its last one; it is no sample, and starts and ends no trouble.
    """
    result = await ask(context.playbook.current, name, sources, context.clock)
    async with context.queue.transaction() as tx:
        await store.keep_answer(tx.connection, result)
    return result


async def ask_for(context: Context, name: str, user: UserId, channel: ChannelId) -> str:
    """Somebody wants a check to be asked: the answer follows. Gives its name; raises UserError."""
    playbook = context.playbook.current
    known = {each.lower(): each for each in playbook.checks}
    found = known.get(name.lower())
    if found is None:
        raise UserError(_no_such_check(name, list(playbook.checks)))
    await context.queue.put([queued.run(found, user, channel)])
    return found


def _no_such_check(name: str, names: list[str]) -> str:
    if not names:
        return "The playbook has no checks yet: its section `checks` is where they go."
    close = nearest(name, names)
    if close is not None:
        return f"There is no check “{said(name, 100)}”. Did you mean: /ops check {escape(close)}"
    return f"There is no check “{said(name, 100)}”. There are: {escape(listed(names))}."


async def states(context: Context) -> list[State]:
    """Every check in the order of the playbook."""
    checks, now = context.playbook.current.checks, context.clock.now()
    async with context.queue.database.read() as connection:
        last = await store.last_results(connection)
        open_ones = {each.check: each for each in await store.open_troubles(connection)}
        quiet = await silences.between(connection, now, now + timedelta.resolution)

    def silence(name: str, check: Check) -> Silence | None:
        covering = (each for each in quiet if each.covers(name, check.service))
        return last_to_end(covering) if check.every is not None else None

    return [
        State(name, check, last.get(name), open_ones.get(name), silence(name, check))
        for name, check in checks.items()
    ]


async def claim(tx: Transaction, due: Sequence[tuple[str, datetime]]) -> set[str]:
    """Take probes for the times they are due at; gives those that are ours now."""
    return await store.claim(tx.connection, due)


# Figures


async def stretch(database: Database, check: str, start: datetime, end: datetime) -> Figures:
    """A check's figures from `start` until before `end`.

    From samples where there are any, exactly; from the hours that are left of them else, with percentiles to
    about 1 %, and hours belonging to where they begin. A stretch without either has counts of nothing.
    """
    async with database.read() as connection:
        samples = await store.samples_of(connection, check, start, end)
        hours = await store.hours_of(connection, check, start, end)
    whole = sum(hour.counts.n + hour.counts.unknown for hour in hours)
    # Where a part of the samples was forgotten already, the hours know more.
    return figures.from_hours(hours) if whole > len(samples) else figures.from_samples(samples)


async def rows(database: Database, check: str, start: datetime, end: datetime) -> list[Sample]:
    """The samples that figures come from, oldest first; for the last 30 days."""
    async with database.read() as connection:
        return await store.samples_of(connection, check, start, end)


async def troubles_between(database: Database, start: datetime, end: datetime) -> list[Trouble]:
    """Troubles that people were told of: those that began or came back in a stretch, oldest first."""
    async with database.read() as connection:
        return await store.troubles_between(connection, start, end)


async def sum_up(context: Context) -> None:
    """Write the hours that are over and not summed up yet."""
    limit = context.clock.now() - SETTLED_AFTER
    while (start := await _next_hour(context.queue.database)) is not None and start + HOUR <= limit:
        hours = await _hours(context.queue.database, start)
        # All of an hour or nothing of it: the newest one written is where the next time begins.
        async with context.queue.transaction() as tx:
            await store.add_hours(tx.connection, hours)


async def _next_hour(database: Database) -> datetime | None:
    async with database.read() as connection:
        newest = await store.newest_hour(connection)
        oldest = await store.oldest_sample(connection, newest + HOUR if newest else None)
    return oldest.replace(minute=0, second=0, microsecond=0) if oldest else None


async def _hours(database: Database, start: datetime) -> list[Hour]:
    """A few checks at a time: nobody waits for an answer while thirty thousand samples are read."""
    async with database.read() as connection:
        names = await store.sampled(connection, start, start + HOUR)
    hours = []
    for first in range(0, len(names), CHECKS_AT_ONCE):
        async with database.read() as connection:
            some = names[first : first + CHECKS_AT_ONCE]
            samples = await store.samples_of_many(connection, some, start, start + HOUR)
        hours += [figures.hour_of(check, start, found) for check, found in samples.items()]
    return hours


async def forget(context: Context) -> None:
    """Drop what is older than it is kept."""
    async with context.queue.transaction() as tx:
        await store.forget(
            tx.connection, samples_before=tx.now - SAMPLES_KEPT, hours_before=tx.now - HOURS_KEPT
        )


def uptime(found: Iterable[Figures]) -> float | None:
    """The share of answers, over all of these, that did not fail; None of nothing."""
    total = figures.Counts()
    for each in found:
        total = total.plus(each.counts)
    return total.uptime
