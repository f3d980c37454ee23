"""What a kind of check is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.checks.model.result import Finding, Limits, Verdict
from bot.checks.sources import Sources
from bot.playbook.checks import Check


@dataclass(frozen=True)
class Question:
    """A check as a kind is asked it. `now`: the instant of asking; `limits`: its thresholds, or the kind's.

    `severities`: those that an `incidents` check names, by their names in the playbook.
    """

    check: Check
    limits: Limits
    now: datetime
    severities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind:
    """`name` is its key in the playbook, whose model there says what can be asked.

    `ask(options, question, sources)` gives what it found; it raises NoAnswerError (or takes longer than its
    time limit) where the source is silent, which counts as `silence`. `limits` apply where a check has none.
    """

    name: str
    ask: Callable[[Any, Question, Sources], Awaitable[Finding]]
    limits: Limits = field(default_factory=Limits)
    silence: Verdict = Verdict.UNKNOWN
