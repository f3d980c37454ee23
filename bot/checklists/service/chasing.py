"""What happens when a checklist is not answered: timers, carried out in the transaction that ends them."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.checklists import queued, store
from bot.checklists.model import Run, RunId, State
from bot.checklists.service.audience import next_in_line
from bot.checklists.service.start import showing
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.jobs.model import LATE


async def remind(tx: Transaction, number: RunId) -> None:
    """Whoever it is for hears of it once more; where it is for nobody, those who read the channel."""
    run = await _waiting(tx, number)
    if run is not None and not _counts_anew(run, run.remind_after, tx.now):
        again = int(tx.now.timestamp())
        people = () if await _is_private(tx, run) else run.people
        tx.queue(*(queued.tell(run.id, person, "reminder", again) for person in people or (None,)))


async def escalate(context: Context, tx: Transaction, number: RunId) -> None:
    """The next in line are asked; where there is nobody, everybody is told."""
    run = await _waiting(tx, number)
    if run is None or run.escalated_to is not None or _counts_anew(run, run.escalate_after, tx.now):
        return
    following: tuple[str, ...] = ()
    if not await _is_private(tx, run):
        following = await next_in_line(
            tx.connection, context.playbook.current, run.audience, run.escalate_to, run.people, tx.now
        )
    prompted = tuple(dict.fromkeys((*run.prompted, *following))) if run.prompted else ()
    run = replace(run, escalated_to=following, prompted=prompted)
    await store.save(tx.connection, run)
    tx.queue(*showing(run))
    tx.queue(*(queued.tell(run.id, person, "escalated") for person in following or (None,)))


async def overdue(tx: Transaction, number: RunId, item: int) -> None:
    """An item was to be answered by now."""
    run = await _waiting(tx, number)
    if run is None or run.is_settled(item) or _counts_anew(run, run.items[item].within, tx.now):
        return
    asked: tuple[str | None, ...] = run.people if run.prompted else ()
    tx.queue(*showing(run), *(queued.tell(run.id, each, f"overdue:{item}") for each in asked or (None,)))


async def _waiting(tx: Transaction, number: RunId) -> Run | None:
    """The run if anybody should still answer it.

    Not after the incident whose task it is has ended; nor before Slack took the prompt, which counts anew.
    """
    run = await store.lock(tx.connection, number)
    if run is None or run.state is not State.OPEN or run.closed_at is not None or run.asked_at is None:
        return None
    if run.scope.incident is None:
        return run
    incident = await incidents.find(tx.connection, Number(run.scope.incident))
    return run if incident is not None and incident.is_open else None


def _counts_anew(run: Run, after: timedelta | None, now: datetime) -> bool:
    """Whether the prompt came so late that the time to answer began with it, and this timer is of before."""
    if run.asked_at is None or after is None or run.asked_at - run.started_at <= LATE:
        return False
    return now < run.asked_at + after


async def _is_private(tx: Transaction, run: Run) -> bool:
    """Whoever is not in it must not hear of it: then all is said in its room."""
    if run.scope.incident is None:
        return False
    incident = await incidents.find(tx.connection, Number(run.scope.incident))
    return incident is not None and incident.private
