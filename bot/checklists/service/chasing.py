"""What happens when a checklist is not answered: timers, carried out in the transaction that ends them."""

from dataclasses import replace

from bot.checklists import queued, store
from bot.checklists.model import Run, RunId, State
from bot.checklists.service.audience import next_in_line
from bot.checklists.service.start import showing
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number


async def remind(tx: Transaction, number: RunId) -> None:
    """Whoever it is for hears of it once more; where it is for nobody, those who read the channel."""
    run = await _waiting(tx, number)
    if run is not None:
        again = int(tx.now.timestamp())
        tx.queue(*(queued.tell(run.id, person, "reminder", again) for person in run.people or (None,)))


async def escalate(context: Context, tx: Transaction, number: RunId) -> None:
    """The next in line are asked; where there is nobody, everybody is told."""
    run = await _waiting(tx, number)
    if run is None or run.escalated_to is not None:
        return
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
    if run is not None and not run.is_settled(item):
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
