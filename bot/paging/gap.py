"""What would keep a page from reaching anybody, as a value. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contacts.working import Trouble
from bot.oncall.rota import Gap

# A quarter: far enough to plan by.
AHEAD = timedelta(days=90)


@dataclass(frozen=True)
class Unreached:
    """A stretch in which somebody is on call, and nobody of them can be reached by any way."""

    schedule: str
    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class Gaps:
    """`empty`: nobody is on call. `unreached`: somebody is, to no avail. `troubles`: people who may not be
    reached. `left`: people not in Slack.

    `slack_only`: who takes turns and has no other way. Many teams want it so: it is told, and is no gap.
    """

    empty: Sequence[Gap] = ()
    unreached: Sequence[Unreached] = ()
    troubles: Sequence[Trouble] = ()
    left: Sequence[str] = ()
    slack_only: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.empty or self.unreached or self.troubles or self.left)
