"""The checklists of a severity, asked in the room of its incident."""

from bot.checklists import store
from bot.checklists.model import Scope
from bot.checklists.service.start import Start, begin
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.model import WATCHBILL


async def ask_tasks(context: Context, tx: Transaction, number: Number) -> None:
    """Ask those of the present severity that were not asked before."""
    playbook = context.playbook.current
    # Held, so that two changes of severity at once ask nothing twice.
    incident = await incidents.lock(tx.connection, number)
    if incident is None or not incident.is_open:
        return
    try:
        _, severity = playbook.severity(incident.severity)
    except KeyError:
        return
    for name in severity.tasks:
        scope = Scope(name, incident=number)
        if name in playbook.checklists and not await store.was_asked(tx.connection, scope):
            await begin(context, tx, Start(scope, WATCHBILL, tx.now))
