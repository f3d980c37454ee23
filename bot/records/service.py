"""Entering figures that no machine knows, and looking at them."""

from collections.abc import Sequence
from datetime import datetime

from bot.context import Context, must_be
from bot.db import Database
from bot.errors import UserError
from bot.intake import service as intake
from bot.model import Act
from bot.records import store
from bot.records.model import Entry, Kind, Record

# What is listed of what was entered last.
SHOWN = 10


async def enter(context: Context, entries: Sequence[Entry], act: Act) -> None:
    """Keep what somebody entered; the same request again changes nothing. Raises UserError."""
    must_be(context, act.by, "responder")
    async with context.queue.transaction() as tx:
        if not await intake.note(tx, act.request_id):
            return
        for entry in entries:
            await store.add(tx.connection, entry, act.by, act.at)


async def undo(context: Context, act: Act) -> Record:
    """Take back what this person entered last. Raises UserError where there is nothing."""
    must_be(context, act.by, "responder")
    async with context.queue.transaction() as tx:
        found = await store.newest(tx.connection, 1, act.by)
        if not found:
            raise UserError("You have entered nothing that could be taken back.")
        if await intake.note(tx, act.request_id):
            await store.take_back(tx.connection, found[0].id, act.at)
    return found[0]


async def latest(context: Context) -> list[Record]:
    """What was entered last, the newest first."""
    async with context.queue.database.read() as connection:
        return await store.newest(connection, SHOWN)


async def of_kind(database: Database, kind: Kind, until: datetime) -> list[Record]:
    """All that was entered before an instant, oldest first."""
    async with database.read() as connection:
        return await store.of_kind(connection, kind, until)
