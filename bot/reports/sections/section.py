"""What every section is given, and what it gives."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.checks.sources import Sources
from bot.context import Context
from bot.playbook.reports import Report as Options
from bot.reports.model import Period, Section
from bot.slack.gateway import Slack


@dataclass(frozen=True)
class Wanted:
    """A report that is being made: of what time, with which options of the playbook, asking whom."""

    context: Context
    sources: Sources
    slack: Slack
    period: Period
    options: Options


Ask = Callable[[Wanted], Awaitable[Section]]
"""Makes one section. What does not answer is unknown and said so; nothing is raised for that.

Sections are made at the same time, each within SECTION_WITHIN_S; one that takes longer is unknown.
"""

Sum = Callable[[Wanted, Sequence[Section]], Section]
"""Makes a section of what the others found: those of the report, in its order, without the sums."""
