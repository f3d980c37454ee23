"""Looking at checklists; nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checklists import store
from bot.checklists.model import Run, RunId
from bot.checklists.routines import PREFIX, routines
from bot.checklists.service.start import known
from bot.context import Context
from bot.errors import UserError
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.jobs import service as jobs
from bot.jobs.model import Outcome
from bot.jobs.routine import next_time
from bot.model import UserId
from bot.mrkdwn import said

# As many as a phone shows in two screens.
RUNS_SHOWN = 20
# Of one checklist in a quarter, hourly ones aside.
MOST_TIMES = 200


@dataclass(frozen=True)
class Past:
    """What became of one time: a run, or None where nobody was there to ask it."""

    at: datetime
    run: Run | None


async def history(
    context: Context, checklist: str | None, words: Sequence[str], viewer: UserId
) -> list[Past]:
    """The last runs, newest first, with the times that were missed; only those with all the `words`."""
    async with context.queue.database.read() as connection:
        runs = await store.latest(connection, checklist, words, RUNS_SHOWN)
        found = [Past(run.started_at, run) for run in runs if await _may_see(connection, run, viewer)]
    if checklist is not None and not words:
        ran = await jobs.latest(context, f"{PREFIX}{checklist}", RUNS_SHOWN)
        found += [Past(each.at, None) for each in ran if each.outcome is Outcome.MISSED]
    return sorted(found, key=lambda past: past.at, reverse=True)[:RUNS_SHOWN]


async def show(context: Context, which: str, viewer: UserId) -> Run:
    """A run by its number, or the last one of a checklist. Raises UserError."""
    number = which.lstrip("#")
    async with context.queue.database.read() as connection:
        if number.isdecimal() and len(number) < 18:
            found = await store.find(connection, RunId(int(number)))
        else:
            known(context.playbook.current, which)
            found = next(iter(await store.latest(connection, which, (), 1)), None)
        if found is None or not await _may_see(connection, found, viewer):
            raise UserError(f"There is no run “{said(which, 80)}” yet. Try: /checklist history")
    return found


@dataclass(frozen=True)
class Asked:
    """What was asked, oldest first; and when which should have been while nobody was there to ask."""

    runs: list[Run]
    missed: list[tuple[datetime, str]]


async def asked_between(context: Context, start: datetime, end: datetime) -> Asked:
    """The checklists of [start, end). Tasks of incidents are not among them."""
    async with context.queue.database.read() as connection:
        runs = await store.asked_between(connection, start, end)
    missed = [
        (each.at, name)
        for name in context.playbook.current.checklists
        for each in await jobs.latest(context, f"{PREFIX}{name}", MOST_TIMES)
        if each.outcome is Outcome.MISSED and start <= each.at < end
    ]
    return Asked([run for run in runs if run.scope.incident is None], sorted(missed))


@dataclass(frozen=True)
class Listed:
    """A checklist of the playbook: its next time, and whether one waits for answers."""

    name: str
    title: str
    next_at: datetime | None
    waiting: Run | None


async def listed(context: Context) -> list[Listed]:
    """Every checklist, in the playbook's order."""
    playbook, now = context.playbook.current, context.clock.now()
    coming = {each.name: next_time(each, now) for each in routines(playbook)}
    async with context.queue.database.read() as connection:
        waiting = await store.open_ones(connection)
    found = []
    for name, rules in playbook.checklists.items():
        time = coming.get(f"{PREFIX}{name}")
        last = [run for run in waiting if run.scope.checklist == name and run.scope.incident is None]
        found.append(Listed(name, rules.title or name, time.at if time else None, last[-1] if last else None))
    return found


async def last_done(context: Context, checklist: str) -> datetime | None:
    """When it was last completed; None: never."""
    async with context.queue.database.read() as connection:
        return await store.last_done(connection, checklist)


async def _may_see(connection: AsyncConnection, run: Run, viewer: UserId) -> bool:
    if run.scope.incident is None:
        return True
    incident = await incidents.find(connection, Number(run.scope.incident))
    return incident is not None and await incidents.may_see(connection, incident, viewer)
