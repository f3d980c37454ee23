"""A check as it stands: what the playbook asks, what it said last, its trouble, what silences it."""

from dataclasses import dataclass

from bot.checks.model.result import Result
from bot.checks.model.trouble import Trouble
from bot.playbook.checks import Check
from bot.silences.model import Silence


@dataclass(frozen=True)
class State:
    name: str
    check: Check
    last: Result | None
    trouble: Trouble | None
    silence: Silence | None = None
