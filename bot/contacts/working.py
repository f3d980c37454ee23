"""Whether what is known of a person's methods would reach them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.contacts.model import SLACK, Method, Rule
from bot.contacts.trial import Trial, TrialState

_WORKED = {TrialState.ACCEPTED: True, TrialState.ARRIVED: True}


@dataclass(frozen=True)
class Outcome:
    """What came of reaching somebody once. `said`: the reason, where it failed."""

    person: str
    method: str
    at: datetime
    worked: bool
    said: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why a page may not reach a person outside Slack.

    `lacks`: methods that all of their rule rests on, without an address for any. `fails`: what failed when it
    was last used. `only_slack`: nothing else is left.
    """

    person: str
    lacks: tuple[str, ...]
    fails: tuple[Outcome, ...]
    only_slack: bool


def outcome_of(trial: Trial) -> Outcome:
    at = trial.ended_at or trial.made_at
    return Outcome(trial.person, trial.method, at, _WORKED.get(trial.state, False), trial.said)


def latest(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Outcome]:
    """The newest of each person's each method."""
    return {(each.person, each.method): each for each in sorted(outcomes, key=lambda each: each.at)}


def trouble(
    person: str, rule: Rule, methods: Sequence[Method], last: Mapping[tuple[str, str], Outcome]
) -> Trouble | None:
    """What is wrong with how a person is reached; None where nothing is known to be."""
    wanted = [name for name in rule.named if name != SLACK]
    have = [method.name for method in methods if method.name != SLACK]
    known = [last[person, name] for name in have if (person, name) in last]
    fails = tuple(each for each in known if not each.worked)
    lacks = tuple(wanted) if wanted and not set(wanted) & set(have) else ()
    if not lacks and not fails:
        return None
    failing = {each.method for each in fails}
    used = [name for name in have if name in wanted] or have
    return Trouble(person, lacks, fails, only_slack=bool(lacks) or set(used) <= failing)


def any_of(names: Sequence[str]) -> str:
    """`push, sms or voice`"""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
