"""Entering figures that no machine knows, and looking at them."""

from collections.abc import Sequence
from datetime import datetime

from bot.context import Context, must_be
from bot.db import Database
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.intake import service as intake
from bot.model import Act
from bot.playbook import Playbook
from bot.playbook.report_sources import Cost
from bot.records import queued, store
from bot.records.model import Entry, Kind, Record, RecordId, Warned, passed
from bot.walltime import wall

# What is listed of what was entered last.
SHOWN = 10


async def enter(context: Context, entries: Sequence[Entry], act: Act) -> None:
    """Keep what somebody entered; the same request again changes nothing. Raises UserError."""
    must_be(context, act.by, "responder")
    async with context.queue.transaction() as tx:
        if not await intake.note(tx, act.request_id):
            return
        for entry in entries:
            number = await store.add(tx.connection, entry, act.by, act.at)
            if entry.kind is Kind.COST:
                await _warn(tx, context.playbook.current, number, entry)


async def undo(context: Context, act: Act) -> Record:
    """Take back what this person entered last. Raises UserError where there is nothing."""
    must_be(context, act.by, "responder")
    async with context.queue.transaction() as tx:
        found = await store.newest(tx.connection, 1, act.by)
        if not found:
            raise UserError("You have entered nothing that could be taken back.")
        if await intake.note(tx, act.request_id):
            await store.take_back(tx.connection, found[0].id, act.at)
            for warned in await store.warnings_of(tx.connection, found[0].id):
                tx.queue(queued.show_warning(warned))
    return found[0]


async def _warn(tx: Transaction, playbook: Playbook, number: RecordId, spent: Entry) -> None:
    """Say that a mark of the month's budget is passed: the highest, once, and of no month that is over."""
    budget = spent.of or budget_of(playbook).budget
    mark = passed(spent.value, budget) if budget else None
    if mark is None or budget is None or spent.name < f"{wall(tx.now, playbook.zone):%Y-%m}":
        return
    if await store.highest_warning(tx.connection, spent.name) >= mark:
        return
    warned = Warned(spent.name, mark, number, budget)
    if not await store.claim_warning(tx.connection, warned):
        # It was said of a record that was taken back: that message is right again.
        await store.renew_warning(tx.connection, warned)
    tx.queue(queued.show_warning(warned))


def budget_of(playbook: Playbook) -> Cost:
    """The budget of a month, as the first report says that has one."""
    known = (each.cost for each in playbook.reports.values() if each.cost.budget is not None)
    return next(known, Cost())


async def latest(context: Context) -> list[Record]:
    """What was entered last, the newest first."""
    async with context.queue.database.read() as connection:
        return await store.newest(connection, SHOWN)


async def changes_between(database: Database, start: datetime, end: datetime) -> list[Record]:
    """The planned changes of which a part lies in a stretch, the first to begin first."""
    async with database.read() as connection:
        return await store.changes_between(connection, start, end)


async def of_kind(database: Database, kind: Kind, until: datetime) -> list[Record]:
    """All that was entered before an instant, oldest first."""
    async with database.read() as connection:
        return await store.of_kind(connection, kind, until)
