"""What every section is given, and what it gives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.checks.sources import Sources
from bot.context import Context
from bot.playbook.reports import Report as Options
from bot.reports.model import Period, Section


@dataclass(frozen=True)
class Wanted:
    """A report that is being made: of what time, with which options of the playbook, asking whom."""

    context: Context
    sources: Sources
    period: Period
    options: Options


Ask = Callable[[Wanted], Awaitable[Section]]
"""Makes one section. What does not answer is unknown and said so; nothing is raised for that."""
