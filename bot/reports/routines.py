"""The jobs of reports: each one with a `when` is made then."""

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due
from bot.jobs.routine import Routine
from bot.playbook import Playbook
from bot.reports import queued

PREFIX = "report:"


def routines(playbook: Playbook) -> list[Routine]:
    found = [routine_of(playbook, name) for name in playbook.reports]
    return [each for each in found if each is not None]


def routine_of(playbook: Playbook, name: str) -> Routine | None:
    """When a report is made; None for one that is made on demand only."""
    options = playbook.reports[name]
    if options.when is None:
        return None
    zone = options.zone(playbook.zone)
    return Routine(f"{PREFIX}{name}", options.when, zone, options.grace, _make)


async def _make(context: Context, tx: Transaction, due: Due) -> None:
    tx.queue(queued.make(due.job.removeprefix(PREFIX), due.at.isoformat(), due.late_by))
