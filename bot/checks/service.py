"""Asking checks, keeping what probes answer, and figures over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.checks import queued, store
from bot.checks.asking import ask
from bot.checks.model import figures
from bot.checks.model.figures import Figures, Hour, Sample
from bot.checks.model.result import Result, Verdict
from bot.checks.model.trouble import Patience, Trouble, asks_for_incident, outlives, step
from bot.checks.sources import Sources
from bot.checks.state import State
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.model import ChannelId, UserId
from bot.mrkdwn import escape, said
from bot.playbook import Playbook
from bot.playbook.checks import Check
from bot.playbook.problems import listed, nearest

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
    checks = context.playbook.current.checks
    async with context.queue.database.read() as connection:
        last = await store.last_results(connection)
        open_ones = {each.check: each for each in await store.open_troubles(connection)}
    return [State(name, check, last.get(name), open_ones.get(name)) for name, check in checks.items()]


# Probes


def patience(check: Check) -> Patience:
    return Patience(check.every or timedelta(0), check.lasting)


async def claim(tx: Transaction, due: Sequence[tuple[str, datetime]]) -> set[str]:
    """Take probes for the times they are due at; gives those that are ours now."""
    return await store.claim(tx.connection, due)


async def record(tx: Transaction, playbook: Playbook, results: Sequence[Result]) -> None:
    """Keep samples and what follows from them: a trouble that began, changed or ended is told."""
    connection = tx.connection
    await store.add_samples(connection, (Sample(r.check, r.at, r.verdict, r.value, r.took) for r in results))
    since: dict[str, datetime | None] = dict(await store.bad_since(connection, {r.check for r in results}))
    # Nearly always all is well and was: then nothing more has to be read.
    bad = {r.check for r in results if r.verdict is not Verdict.OK or since.get(r.check) is not None}
    last = await store.last_troubles(connection, bad) if bad else {}
    newest: dict[str, Result] = {}
    for result in sorted(results, key=lambda each: each.at):
        newest[result.check] = result
        check = playbook.checks.get(result.check)
        if result.check not in bad or check is None:
            continue
        taken = step(result, since.get(result.check), last.get(result.check), patience(check))
        since[result.check] = taken.bad_since
        if taken.told is not None:
            last[result.check] = await _tell(tx, check, taken.told)
        elif (going_on := last.get(result.check)) is not None and await _is_outliving(
            tx, going_on, result, check
        ):
            last[result.check] = await store.keep_trouble(connection, replace(going_on, outlived=True))
            tx.queue(queued.show_trouble(going_on))
    await store.keep_results(connection, [(result, since.get(name)) for name, result in newest.items()])


async def _is_outliving(tx: Transaction, trouble: Trouble, result: Result, check: Check) -> bool:
    """Whether it fails on although people ended its incident, which nobody was told yet."""
    if trouble.incident is None or trouble.outlived or result.verdict is not Verdict.FAIL:
        return False
    incident = await incidents.find(tx.connection, Number(trouble.incident))
    if incident is None or incident.ended_at is None:
        return False
    return outlives(trouble, incident.ended_at, result, patience(check))


async def _tell(tx: Transaction, check: Check, trouble: Trouble) -> Trouble:
    kept = await store.keep_trouble(tx.connection, trouble)
    tx.queue(queued.show_trouble(kept))
    if check.incident is not None and (asks_for_incident(kept) or kept.incident is not None):
        tx.queue(queued.tell_incident(kept))
    return kept


async def end_unwatched(tx: Transaction, playbook: Playbook) -> None:
    """Troubles of probes that the playbook no longer has are over, as far as anybody can know."""
    watched = {name for name, check in playbook.checks.items() if check.every is not None}
    for trouble in await store.open_troubles(tx.connection):
        if trouble.check not in watched:
            ended = replace(trouble, ended_at=tx.now, unwatched=True)
            tx.queue(queued.show_trouble(await store.keep_trouble(tx.connection, ended)))
    await store.forget_bad(tx.connection, watched)


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
