"""What every section is given, and what it gives."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.checks.sources import Sources
from bot.context import Context
from bot.model import UserId
from bot.playbook.reports import Report as Options
from bot.reports.model import Period, Section, Verdict
from bot.reports.words import dated
from bot.slack.gateway import Slack

__all__ = ["Ask", "Sum", "Wanted", "dated", "listed", "plural", "who", "worst"]


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


def who(wanted: Wanted, user: UserId) -> str:
    """Somebody's name in the playbook, or the id that Slack knows them by."""
    return wanted.context.directory.name_of(user) or user


def plural(count: int, one: str, many: str | None = None) -> str:
    """`plural(2, "page")` → "2 pages"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """The first few, and how many more there are: "INC-3, INC-4 and 2 more"."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest: unknown counts as more than unusual, and less than bad."""
    order = (Verdict.OK, Verdict.WATCH, Verdict.UNKNOWN, Verdict.BAD)
    return max(verdicts, key=order.index, default=Verdict.OK)
