"""A report for whoever asks outside Slack: as it was made, or made now."""

from datetime import datetime, timedelta

from bot.errors import UserError
from bot.jobs.routine import times
from bot.mrkdwn import said
from bot.reports import store
from bot.reports.making import Maker, make, options_of, period_of, so_far_of
from bot.reports.model import Period, Report, iso_week
from bot.reports.routines import routine_of
from bot.reports.service import keep
from bot.walltime import instant


async def on_request(maker: Maker, name: str, wanted: str) -> Report:
    """The newest edition of the period `wanted` ("2026-W46", "2026-10"); one that nobody made is made now.

    With `wanted` empty it is made up to now. What is made is kept, and posted nowhere. Raises UserError.
    """
    context = maker.context
    options_of(context, name)
    if not wanted:
        now = context.clock.now().replace(second=0, microsecond=0)
        return await _made(maker, name, so_far_of(context, name, now))
    async with context.queue.database.read() as connection:
        before = await store.editions(connection, name, wanted.upper())
    if before:
        return before[0].report
    period = _period(maker, name, wanted.upper())
    if period.end > context.clock.now():
        raise UserError(f"{period.name} is not over yet. What there is so far comes without --week.")
    return await _made(maker, name, period)


async def _made(maker: Maker, name: str, period: Period) -> Report:
    report = await make(maker, name, period)
    async with maker.context.queue.transaction() as tx:
        return (await keep(tx, report, ())).report


def _period(maker: Maker, name: str, wanted: str) -> Period:
    """What the report that is due in that week, or about that month, covers."""
    options, playbook = options_of(maker.context, name), maker.context.playbook.current
    zone = options.zone(playbook.zone)
    monthly = options.covers == "month"
    try:
        if monthly:
            first = datetime.strptime(wanted, "%Y-%m")  # noqa: DTZ007  A wall-clock time.
            return period_of(maker.context, name, instant(first + timedelta(days=31), zone))
        week = iso_week(wanted, zone)
    except ValueError:
        form = "a month such as 2026-10" if monthly else "a week such as 2026-W46"
        raise UserError(f"{said(name, 80)} is asked for by {form}, not “{said(wanted, 50)}”.") from None
    routine = routine_of(playbook, name)
    due = next(times(routine, week.start, week.end), None) if routine is not None else None
    return period_of(maker.context, name, due.at) if due is not None else week
