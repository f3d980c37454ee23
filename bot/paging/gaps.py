"""What would keep a page from reaching anybody: one answer for `/oncall gaps` and `watchbill check`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.model import Rule
from bot.contacts.service import chosen_rules, methods, rule_of_playbook
from bot.contacts.working import Outcome, latest, trouble
from bot.oncall.model import Override
from bot.oncall.rota import Rota, gaps
from bot.oncall.service import covers
from bot.paging.gap import Gaps
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
    gone = [name for name in playbook.people if name in left]
    return Gaps(gaps(on_duty), [each for each in found if each], gone)
