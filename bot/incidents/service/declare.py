"""Declaring an incident."""

from dataclasses import dataclass

from bot.context import Context
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import change, queued
from bot.incidents.model.incident import Incident
from bot.incidents.service.calling import call_out
from bot.incidents.service.work import Work, terms
from bot.model import Act
from bot.mrkdwn import escape


@dataclass(frozen=True)
class Declare:
    """What somebody wants declared. `severity` is the playbook's name of it."""

    severity: str
    title: str
    act: Act
    service: str | None = None
    private: bool = False
    origin: str | None = None


class Declared(Exception):
    """The same request made an incident already; raised so that the number taken for a second one is free."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.name)
        self.incident = incident


async def declare(context: Context, wanted: Declare) -> Incident:
    """Declare an incident: number, timeline, room, announcement, pages and timers, all or nothing.

    A repeat of the same request gives the incident it made. Raises UserError for an unknown service.
    """
    playbook = context.playbook.current
    if wanted.service is not None and wanted.service not in playbook.services:
        known = ", ".join(playbook.services) or "none yet; add them to the playbook"
        raise UserError(f"I don't know the service “{escape(wanted.service)}”. Services: {known}.")
    try:
        return await _declare(context, wanted)
    except Declared as before:
        return before.incident


async def _declare(context: Context, wanted: Declare) -> Incident:
    playbook = context.playbook.current
    name, severity = playbook.severity(wanted.severity)
    async with context.queue.transaction() as tx:
        number = await store.next_number(tx.connection)
        # Asked while the counter is held: a twin delivered at the same moment has committed, or waits here.
        if (before := await store.by_request(tx.connection, wanted.act.request_id)) is not None:
            raise Declared(before)
        declaration = change.Declaration(
            title=wanted.title,
            terms=terms(playbook, name),
            act=wanted.act,
            service=wanted.service,
            private=wanted.private,
            origin=wanted.origin,
        )
        first = change.declare(number, declaration)
        await store.add(tx.connection, first.incident)
        await store.add_entries(tx.connection, first.entries)
        await store.add_members(tx.connection, number, [wanted.act.by])
        # The room's making stands before whatever is said in it: they share a lane.
        tx.queue(*first.effects, queued.changed(tx.now))
        work = Work(context, tx, first.incident)
        await call_out(work, severity, wanted.act.by)
        if severity.tasks:
            tx.queue(queued.ask_tasks(number))
        return work.incident
