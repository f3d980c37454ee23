"""Keeping reports, asking for them, and looking at those that were made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.context import Context, must_be
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents.service.work import AlreadyCarriedOut
from bot.intake import store as intake
from bot.model import Act
from bot.mrkdwn import escape, said
from bot.reports import queued, store
from bot.reports.making import options_of
from bot.reports.model import Figure, Report, Saved, Section

LISTED = 20
# Figures whose names have the same words in them; more would not fit into an answer.
MOST_TRACED = 5


async def keep(tx: Transaction, report: Report, channels: Iterable[str]) -> Saved:
    """Keep it and post it; where it was made already, what was said then is what is posted."""
    saved = await store.add(tx.connection, report)
    if saved is None:
        saved = (await store.editions(tx.connection, report.name, report.period.name))[-1]
    tx.queue(*(queued.post(saved.id, channel) for channel in dict.fromkeys(channels)))
    return saved


async def keep_corrected(tx: Transaction, report: Report, channels: Iterable[str]) -> Saved:
    """Keep it as the next edition, and post that one."""
    before = await store.editions(tx.connection, report.name, report.period.name)
    edition = before[0].report.edition + 1 if before else 1
    return await keep(tx, replace(report, edition=edition), channels)


async def ask(context: Context, name: str, act: Act) -> None:
    """Have the report made up to now, for whoever asks. Raises UserError for an unknown one."""
    options_of(context, name)
    async with context.queue.transaction() as tx:
        await _once(tx, act)
        until = tx.now.replace(second=0, microsecond=0)
        tx.queue(queued.make_for(name, until.isoformat(), act.by))


async def ask_again(context: Context, name: str, period: str, act: Act) -> Saved:
    """Have a report made anew, as its next edition; gives the one before. `period` empty: the last one.

    Raises UserError where there is none, and for those who are no managers.
    """
    must_be(context, act.by, "manager")
    before = await find(context, name, period)
    async with context.queue.transaction() as tx:
        await _once(tx, act)
        tx.queue(queued.make_again(name, before.id))
    return before


async def send(context: Context, saved: Saved, act: Act) -> None:
    """All of it, as a direct message to whoever asks."""
    async with context.queue.transaction() as tx:
        await _once(tx, act)
        tx.queue(queued.post(saved.id, act.by))


async def find(context: Context, name: str, period: str = "") -> Saved:
    """The newest edition of a report, by default of the last one. Raises UserError where there is none."""
    options_of(context, name)
    async with context.queue.database.read() as connection:
        if period:
            found = await store.editions(connection, name, period)
        else:
            found = await store.latest(connection, name, limit=1)
    if not found:
        of = f" of {said(period, 50)}" if period else ""
        raise UserError(
            f"No {escape(name)} report{of} has been made yet. Those there are: /ops report list."
            f" To have one made up to now: /ops report {escape(name)}"
        )
    return found[0]


async def made(context: Context) -> list[Saved]:
    """The last reports, the newest first; what people had made for themselves is not among them."""
    async with context.queue.database.read() as connection:
        return await store.latest(connection, limit=LISTED)


@dataclass(frozen=True)
class Traced:
    """Figures that were asked for, out of the newest report that has any of them."""

    report: Report
    figures: Sequence[tuple[Section, Figure]]


async def trace(context: Context, words: str, period: str = "") -> Traced:
    """What the figures whose names have `words` in them were made of.

    Looks in the reports of `period`, by default in the newest that has one, also in those made for one
    person. Raises UserError where no figure is called so.
    """
    async with context.queue.database.read() as connection:
        reports = await store.latest(connection, limit=LISTED, so_far=True)
    if period:
        reports = [each for each in reports if each.report.period.name == period]
    for saved in reports:
        found = _named(saved.report, words)
        if found:
            return Traced(saved.report, found[:MOST_TRACED])
    if not reports:
        raise UserError(f"No report{' of ' + said(period, 50) if period else ''} has been made yet.")
    names = [figure.name for each in reports[0].report.sections for figure in each.figures]
    known = ", ".join(escape(name) for name in names[:LISTED]) or "none"
    raise UserError(f"No figure is called “{said(words, 80)}”. The last report has: {known}.")


def _named(report: Report, words: str) -> list[tuple[Section, Figure]]:
    """The figure of just that name, or those with the words in it, or all of a section of that name."""
    wanted = words.lower().strip()
    every = [(section, figure) for section in report.sections for figure in section.figures]
    exactly = [each for each in every if each[1].name.lower() == wanted]
    within = [each for each in every if all(word in each[1].name.lower() for word in wanted.split())]
    of_section = [each for each in every if wanted in (each[0].name, each[0].title.lower())]
    return exactly or (within if wanted else []) or of_section


async def _once(tx: Transaction, act: Act) -> None:
    if not await intake.first_time(tx.connection, act.request_id, tx.now):
        raise AlreadyCarriedOut(act.request_id)
