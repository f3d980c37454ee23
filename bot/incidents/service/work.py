"""What every use case on one incident begins and ends with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.context import Context, must_be
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model.change import Change
from bot.incidents.model.incident import Incident, Number, RoomKind, Terms
from bot.incidents.record import apply, subject
from bot.intake import store as intake
from bot.model import Act
from bot.paging import service as paging
from bot.playbook import Permission, Playbook


class AlreadyCarriedOut(Exception):
    """Slack delivered a request again: it was carried out the first time."""


class NoSuchIncident(UserError):
    """There is none by that number that this person may know of."""

    def __init__(self, number: Number) -> None:
        super().__init__(f"There is no INC-{number}.")
        self.number = number


@dataclass
class Work:
    """An incident held for one change. `incident` is always the newest state of it."""

    context: Context
    tx: Transaction
    incident: Incident

    @property
    def playbook(self) -> Playbook:
        return self.context.playbook.current

    @property
    def terms(self) -> Terms:
        return terms(self.playbook, self.incident.severity)

    async def apply(self, change: Change) -> Incident:
        """Write a change and queue what follows from it."""
        self.incident = await apply(self.tx, change)
        return self.incident


@asynccontextmanager
async def work_on(
    context: Context,
    number: Number,
    act: Act,
    *,
    needs: Permission | None = "responder",
    and_lock: Number | None = None,
) -> AsyncIterator[Work]:
    """One transaction on one incident; nobody else changes it meanwhile, nor the one named in `and_lock`.

    Raises NoSuchIncident, UserError where the person may not do this, AlreadyCarriedOut for a repeat.
    """
    if needs is not None:
        must_be(context, act.by, needs)
    async with context.queue.transaction() as tx:
        # In the order of their numbers: two people who merge crosswise must not wait for each other.
        held = {each: await store.lock(tx.connection, each) for each in sorted({number, and_lock or number})}
        incident = held[number]
        if incident is None or not (act.proven or await store.may_see(tx.connection, incident, act.by)):
            raise NoSuchIncident(number)
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise AlreadyCarriedOut(act.request_id)
        yield Work(context, tx, incident)


def terms(playbook: Playbook, severity: str) -> Terms:
    """What the playbook says of a severity; one that is no longer in it has no targets."""
    try:
        name, rules = playbook.severity(severity)
    except KeyError:
        return Terms(severity, RoomKind.THREAD)
    return Terms(
        severity=name,
        room=RoomKind(rules.room),
        acknowledge_within=rules.acknowledge_within,
        resolve_within=rules.resolve_within,
        update_every=rules.update_every,
        watch_after_fix=rules.watch_after_fix,
        page_after=rules.page.after if rules.page else None,
    )


async def describe_to_paged(work: Work) -> None:
    await paging.describe(work.tx, subject(work.incident), work.playbook)
