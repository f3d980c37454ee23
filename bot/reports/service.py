"""Making reports and looking at those that were made."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.checks.sources import Sources
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.mrkdwn import said
from bot.playbook.reports import Report as Options
from bot.reports import queued, store
from bot.reports.model import Period, Report, days_before, month_before
from bot.reports.sections import SECTIONS, Wanted
from bot.reports.store import Saved


def period_of(context: Context, options: Options, until: datetime) -> Period:
    """What a report covers that is made for `until`."""
    zone = context.playbook.current.zone
    if options.covers == "month":
        return month_before(until, zone)
    return days_before(until, options.covers, zone)


async def make(
    context: Context, sources: Sources, name: str, until: datetime, late_by: timedelta = timedelta()
) -> Report:
    """Ask every section. Raises UserError for a report that the playbook does not have."""
    playbook = context.playbook.current
    options = playbook.reports.get(name)
    if options is None:
        known = ", ".join(playbook.reports) or "none yet; add `reports` to the playbook"
        raise UserError(f"There is no report “{said(name, 100)}”. Reports: {known}.")
    wanted = Wanted(context, sources, period_of(context, options, until), options)
    sections = [await SECTIONS[each](wanted) for each in options.sections if each in SECTIONS]
    return Report(name, playbook.team, wanted.period, context.clock.now(), 1, tuple(sections), late_by)


async def save(tx: Transaction, context: Context, report: Report) -> Saved | None:
    """Keep it and post it where the playbook wants it; None where it is made already."""
    saved = await store.add(tx.connection, report)
    options = context.playbook.current.reports.get(report.name)
    if saved is not None and options is not None:
        tx.queue(*(queued.post(saved.id, channel) for channel in options.channels))
    return saved


async def correct(tx: Transaction, context: Context, report: Report) -> Saved:
    """Keep it as the next edition, and post that one."""
    before = await store.editions(tx.connection, report.name, report.period.name)
    following = replace(report, edition=before[0].report.edition + 1 if before else 1)
    saved = await save(tx, context, following)
    if saved is None:
        raise UserError("Somebody has just made this report. Look at the newest one first.")
    return saved
