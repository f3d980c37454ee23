"""A check as it stands: what the playbook asks, what it said last, and the trouble it is in."""

from dataclasses import dataclass

from bot.checks.model.result import Result
from bot.checks.model.trouble import Trouble
from bot.playbook.checks import Check


@dataclass(frozen=True)
class State:
    name: str
    check: Check
    last: Result | None
    trouble: Trouble | None
