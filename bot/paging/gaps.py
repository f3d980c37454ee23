"""What would keep a page from reaching anybody: one answer for `/oncall gaps` and `watchbill check`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.model import SLACK, Rule
from bot.contacts.service import chosen_rules, methods, rule_of_playbook
from bot.contacts.working import Outcome, latest, trouble
from bot.oncall.model import Override
from bot.oncall.rota import Rota, gaps
from bot.oncall.service import covers
from bot.paging.gap import Gaps, Unreached
from bot.paging.outcomes import outcomes
from bot.playbook import Playbook


@dataclass(frozen=True)
class Known:
    """What the database knows beside the playbook; empty where it cannot be asked."""

    covers: Mapping[str, Sequence[Override]] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    last: Mapping[tuple[str, str], Outcome] = field(default_factory=dict)


async def known(connection: AsyncConnection, playbook: Playbook, now: datetime) -> Known:
    return Known(
        await covers(connection, playbook, now),
        await chosen_rules(connection),
        latest(await outcomes(connection, now)),
    )


def find(playbook: Playbook, on_duty: Rota, known: Known, left: Collection[str]) -> Gaps:
    """Everything that `on_duty`, the rota of the days ahead, and what is known of people say.

    `left`: people of the playbook who are not in Slack any more.
    """
    found = (
        trouble(
            person,
            known.rules.get(person) or rule_of_playbook(playbook, person),
            methods(playbook, person),
            known.last,
        )
        for person in playbook.people
    )
    troubles = [each for each in found if each]
    told = {each.person for each in troubles}.union(left)
    turns = {person for shifts in on_duty.values() for shift in shifts for person in shift.people}
    return Gaps(
        empty=gaps(on_duty),
        unreached=_unreached(on_duty, {each for each in turns if _is_lost(playbook, each, known, left)}),
        troubles=troubles,
        left=[name for name in playbook.people if name in left],
        slack_only=[
            name
            for name in playbook.people
            if name in turns and name not in told and not _others(playbook, name)
        ],
    )


def _unreached(on_duty: Rota, lost: Collection[str]) -> list[Unreached]:
    return [
        Unreached(name, shift.start, shift.end, shift.people)
        for name, shifts in on_duty.items()
        for shift in shifts
        if shift.people and all(person in lost for person in shift.people)
    ]


def _is_lost(playbook: Playbook, person: str, known: Known, left: Collection[str]) -> bool:
    """Whether no way is left to a person: not Slack, nor one that did not fail when it was last used.

    Ways that their rule does not name count: they are tried where nothing else takes a page.
    """
    if person not in playbook.people:
        return True  # a cover of somebody whom the playbook does not know any more
    failed = {method for (whose, method), last in known.last.items() if whose == person and not last.worked}
    return person in left and not set(_others(playbook, person)) - failed


def _others(playbook: Playbook, person: str) -> list[str]:
    """The ways to a person beside Slack."""
    return [each.name for each in methods(playbook, person) if each.name != SLACK]
