"""The jobs of reports: each one with a `when` is made then."""

from zoneinfo import ZoneInfo

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due
from bot.jobs.routine import Routine
from bot.playbook import Playbook
from bot.reports import queued

PREFIX = "report:"


def routines(playbook: Playbook) -> list[Routine]:
    return [
        Routine(
            f"{PREFIX}{name}",
            each.when,
            ZoneInfo(each.timezone) if each.timezone else playbook.zone,
            each.grace,
            _make,
        )
        for name, each in playbook.reports.items()
        if each.when is not None
    ]


async def _make(context: Context, tx: Transaction, due: Due) -> None:
    tx.queue(queued.make(due.job.removeprefix(PREFIX), due.at.isoformat(), due.late_by))
