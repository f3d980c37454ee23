"""How a person wants to be reached, as far as it is known now: the playbook's word, and their own over it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts import store
from bot.contacts.model import SLACK, SLACK_ONLY, Method, Planned, Quiet, Rule, Step
from bot.contacts.model import plan as planned
from bot.playbook import Playbook

# The rule of the playbook's `notify` for whoever has no other.
DEFAULT_RULE = "default"


async def plan(
    connection: AsyncConnection, playbook: Playbook, person: str, *, heeds_quiet: bool, now: datetime
) -> list[Planned]:
    """What a page made `now` sends to `person` (a name of the playbook, or a Slack id), soonest first."""
    rule = await rule_of(connection, playbook, person)
    return planned(rule, methods(playbook, person), heeds_quiet=heeds_quiet, now=now)


def methods(playbook: Playbook, person: str) -> list[Method]:
    """Slack, and the person's contacts in the playbook's order."""
    known = playbook.people.get(person)
    contacts = known.contacts if known else {}
    return [Method(SLACK, ""), *(Method(name, address) for name, address in contacts.items())]


async def rule_of(connection: AsyncConnection, playbook: Playbook, person: str) -> Rule:
    """The rule in force: the person's own, else the playbook's for them, its default, or Slack alone."""
    return await store.rule_of(connection, person) or rule_of_playbook(playbook, person)


async def chosen_rules(connection: AsyncConnection) -> dict[str, Rule]:
    """The rules people chose for themselves; everybody else has the playbook's."""
    return await store.rules(connection)


def rule_of_playbook(playbook: Playbook, person: str) -> Rule:
    """What the playbook says of a person, whatever they chose in Slack."""
    known = playbook.people.get(person)
    written = known.notify if known is not None else None
    if written is None or isinstance(written, str):
        written = playbook.notify.get(written or DEFAULT_RULE)
    steps = tuple(Step(step.after, tuple(step.via)) for step in written) if written else SLACK_ONLY
    quiet = Quiet(known.quiet.start, known.quiet.end) if known is not None and known.quiet else None
    zone = known.timezone if known is not None else None
    return Rule(steps, quiet, ZoneInfo(zone) if zone else playbook.zone)
