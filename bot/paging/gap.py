"""What would keep a page from reaching anybody, as a value. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.contacts.working import Trouble
from bot.oncall.rota import Gap

# A quarter: far enough to plan by.
AHEAD = timedelta(days=90)


@dataclass(frozen=True)
class Gaps:
    """`empty`: nobody is on call. `troubles`: people who may not be reached. `left`: people not in Slack."""

    empty: Sequence[Gap]
    troubles: Sequence[Trouble]
    left: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.empty or self.troubles or self.left)
