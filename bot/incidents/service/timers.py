"""What the incident's timers do when their time comes: in the transaction that ends the timer."""

from collections.abc import Awaitable, Callable

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.incidents import store
from bot.incidents.model import queued, timers
from bot.incidents.model.incident import Number
from bot.incidents.record import apply
from bot.incidents.service import calling, silence
from bot.incidents.service.work import terms
from bot.paging.ladder import ClimbId
from bot.paging.model import CLIMB

Fire = Callable[[Context, Transaction, Leased], Awaitable[None]]


async def update_due(context: Context, tx: Transaction, effect: Leased) -> None:
    incident = await store.lock(tx.connection, Number(effect.payload["incident"]))
    if incident is not None:
        found = timers.update_due(incident, tx.now, terms(context.playbook.current, incident.severity))
        if found is not None:
            await apply(tx, found)


async def target_due(context: Context, tx: Transaction, effect: Leased) -> None:
    incident = await store.lock(tx.connection, Number(effect.payload["incident"]))
    if incident is not None:
        rules = terms(context.playbook.current, incident.severity)
        found = timers.target_due(incident, effect.payload["target"], tx.now, rules)
        if found is not None:
            await apply(tx, found)


async def watch_over(context: Context, tx: Transaction, effect: Leased) -> None:
    incident = await store.lock(tx.connection, Number(effect.payload["incident"]))
    if incident is not None:
        found = timers.watch_over(incident, tx.now)
        if found is not None:
            await apply(tx, found)


async def page_due(context: Context, tx: Transaction, effect: Leased) -> None:
    await calling.page_due(context, tx, Number(effect.payload["incident"]))


async def climb_due(context: Context, tx: Transaction, effect: Leased) -> None:
    await calling.climb_due(context, tx, ClimbId(effect.payload["climb"]))


async def silent(context: Context, tx: Transaction, effect: Leased) -> None:
    number, since = Number(effect.payload["incident"]), effect.payload["since"]
    await silence.silent_due(context, tx, number, since, asked=bool(effect.payload["asked"]))


TIMERS: dict[str, Fire] = {
    queued.UPDATE_DUE: update_due,
    queued.TARGET_DUE: target_due,
    queued.WATCH_OVER: watch_over,
    queued.PAGE_DUE: page_due,
    queued.SILENT: silent,
    CLIMB: climb_due,
}


def performers(context: Context) -> dict[str, Perform]:
    """A timer reaches nothing outside: firing it is a record like any other."""

    def performer(fire: Fire) -> Perform:
        async def perform(effect: Leased) -> Done:
            async def record(tx: Transaction) -> None:
                await fire(context, tx, effect)

            return Done(record)

        return perform

    return {kind: performer(fire) for kind, fire in TIMERS.items()}
