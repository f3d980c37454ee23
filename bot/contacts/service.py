"""How a person wants to be reached, as far as it is known now: the playbook's word, and their own over it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts import store
from bot.contacts.model import SLACK, SLACK_ONLY, Method, Planned, Quiet, Rule, Step
from bot.contacts.model import plan as planned
from bot.contacts.trial import SAID_BY_SLACK, Trial, TrialId, TrialState, end, end_key, send, show
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.intake import store as intake
from bot.model import Act, UserId
from bot.playbook import Playbook

# The rule of the playbook's `notify` for whoever has no other.
DEFAULT_RULE = "default"
# A test page costs money by some ways: until one is known to have gone out, or for this long, it is enough.
PATIENCE = timedelta(minutes=2)


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
    return Rule(steps, quiet, zone_of_playbook(playbook, person))


def zone_of_playbook(playbook: Playbook, person: str) -> ZoneInfo:
    known = playbook.people.get(person)
    return ZoneInfo(known.timezone) if known is not None and known.timezone else playbook.zone


async def zone_of(context: Context, user: UserId) -> ZoneInfo:
    """The clock on which somebody means what they type: their own choice, else the playbook's word."""
    person = context.directory.name_of(user)
    if person is not None:
        async with context.queue.database.read() as connection:
            chosen = await store.rule_of(connection, person)
        if chosen is not None:
            return chosen.zone
    return context.directory.zone_of(user)


@dataclass(frozen=True)
class Reach:
    """How one person is reached now. `chosen`: by themselves; else the playbook says so."""

    person: str
    methods: list[Method]
    rule: Rule
    chosen: bool


async def reach(context: Context, person: str) -> Reach:
    """What is in force for a person of the playbook."""
    playbook = context.playbook.current
    async with context.queue.database.read() as connection:
        own = await store.rule_of(connection, person)
    return Reach(
        person, methods(playbook, person), own or rule_of_playbook(playbook, person), own is not None
    )


async def choose(context: Context, person: str, rule: Rule) -> None:
    """From now on pages reach them by this rule, whatever the playbook says."""
    async with context.queue.transaction() as tx:
        await store.keep_rule(tx.connection, person, rule, tx.now)


async def forget(context: Context, person: str) -> None:
    """From now on the playbook's rule for them counts again."""
    async with context.queue.transaction() as tx:
        await store.forget_rule(tx.connection, person)


async def try_out(context: Context, person: str, method: str, act: Act) -> None:
    """Send a test page. Never a page: nothing counts it, and nobody is called when it is not answered.

    Raises UserError for a method the playbook no longer has for them, and while another is on its way.
    """
    if method not in (each.name for each in methods(context.playbook.current, person)):
        raise UserError(f"The playbook has no {method} for you any more. Look at /oncall me")
    async with context.queue.transaction() as tx:
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            return
        if await store.is_waiting(tx.connection, person, method, tx.now - PATIENCE):
            raise UserError(f"A test page by {method} is still on its way.")
        fresh = Trial(TrialId(0), person, act.by, method, tx.now)
        if method == SLACK:
            # The message in which it is told is the test.
            fresh = replace(fresh, state=TrialState.ACCEPTED, said=SAID_BY_SLACK, ended_at=tx.now)
        trial = await store.add_trial(tx.connection, fresh)
        tx.queue(show(trial.id))
        if method != SLACK:
            tx.queue(send(trial.id))


async def confirm(context: Context, number: TrialId, act: Act, *, arrived: bool) -> None:
    """The person says whether a test page reached them, which the provider cannot know."""
    async with context.queue.transaction() as tx:
        trial = await store.find_trial(tx.connection, number)
        if trial is None or trial.user != act.by or trial.state is not TrialState.ACCEPTED:
            return
        state = TrialState.ARRIVED if arrived else TrialState.MISSING
        if not await store.end_trial(tx.connection, trial, state, trial.said, tx.now):
            return
        await tx.cancel(end_key(number))
        tx.queue(show(number), *([] if trial.method == SLACK else [end(number, tx.now)]))


async def forget_trials(tx: Transaction, before: datetime) -> None:
    """Drop test pages made before that."""
    await store.forget_trials(tx.connection, before)
