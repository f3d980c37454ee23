"""What Slack told: who is in a user group, whom it does not let us reach, and when the prompt was posted."""

from dataclasses import replace
from datetime import datetime

from bot.checklists import queued, store
from bot.checklists.model import RunId, State, elsewhere
from bot.checklists.service.start import showing, timers
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import LATE


async def met(context: Context, tx: Transaction, number: RunId, people: tuple[str, ...]) -> None:
    """Slack told who is in the group; where that is nobody, everybody who reads warnings sees it."""
    run = await store.lock(tx.connection, number)
    if run is None or run.closed_at is not None:
        return
    channel = run.channel
    if channel is None and not people:
        channel = context.playbook.current.channels.alerts
    prompted = people if channel is None else ()
    run = replace(run, people=people, prompted=prompted, channel=channel)
    await store.save(tx.connection, run)
    tx.queue(*showing(run))


async def reroute(context: Context, tx: Transaction, number: RunId, person: str | None) -> None:
    """The prompt cannot be shown there: somebody else gets it rather than nobody."""
    run = await store.lock(tx.connection, number)
    if run is None or run.closed_at is not None:
        return
    moved = elsewhere(run, person, context.playbook.current.channels.alerts)
    if moved is not None:
        await store.save(tx.connection, moved)
        tx.queue(*showing(moved))


async def asked(tx: Transaction, number: RunId, at: datetime) -> None:
    """Its prompt is there to be seen, for the first time; if that took long, those it is for have the whole
    time to answer it.
    """
    run = await store.lock(tx.connection, number)
    if run is None or run.asked_at is not None:
        return
    run = replace(run, asked_at=at)
    await store.save(tx.connection, run)
    if at - run.started_at > LATE and run.state is State.OPEN and run.closed_at is None:
        await tx.cancel(*queued.timer_keys(run))
        tx.queue(*timers(run, at))
