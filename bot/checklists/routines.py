"""The jobs of checklists: each one with a `when` is asked then."""

from zoneinfo import ZoneInfo

from bot.checklists.model import Scope
from bot.checklists.service.start import Start, begin
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due
from bot.jobs.routine import Routine
from bot.model import WATCHBILL
from bot.playbook import Playbook

PREFIX = "checklist:"


def routines(playbook: Playbook) -> list[Routine]:
    return [
        Routine(
            f"{PREFIX}{name}",
            each.when,
            ZoneInfo(each.timezone) if each.timezone else playbook.zone,
            each.grace,
            _ask,
            each.workdays,
            playbook.holidays,
        )
        for name, each in playbook.checklists.items()
        if each.when is not None
    ]


async def _ask(context: Context, tx: Transaction, due: Due) -> None:
    await begin(context, tx, Start(Scope(due.job.removeprefix(PREFIX)), WATCHBILL, due.at))
