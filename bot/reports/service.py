"""Keeping reports, and looking at those that were made."""

from dataclasses import replace

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.reports import queued, store
from bot.reports.model import Report, Saved


async def save(tx: Transaction, context: Context, report: Report) -> Saved:
    """Keep it and post it where the playbook wants it; one that was made already is what is posted."""
    saved = await store.add(tx.connection, report)
    if saved is None:
        saved = (await store.editions(tx.connection, report.name, report.period.name))[-1]
    options = context.playbook.current.reports.get(report.name)
    if options is not None:
        tx.queue(*(queued.post(saved.id, channel) for channel in options.channels))
    return saved


async def correct(tx: Transaction, context: Context, report: Report) -> Saved:
    """Keep it as the next edition, and post that one. Raises UserError."""
    before = await store.editions(tx.connection, report.name, report.period.name)
    following = replace(report, edition=before[0].report.edition + 1 if before else 1)
    saved = await store.add(tx.connection, following)
    if saved is None:
        raise UserError("Somebody has just made this report. Look at the newest one first.")
    return await save(tx, context, following)
