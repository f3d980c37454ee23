"""Declaring in time, or not at all: what the doors ask."""

import asyncio

import structlog

from bot.context import Context
from bot.db import DatabaseError
from bot.incidents import store
from bot.incidents.model.incident import Incident, Number
from bot.incidents.service.declare import Declare
from bot.incidents.service.declare import declare as declare_incident
from bot.messages import store as messages
from bot.model import ChannelId, Ts, UserId
from bot.paging.model import PageId

log = structlog.get_logger()

# Slack gives up after 3 s and the door half a second before (handlers/door.py); what has to be done without
# the database takes the rest.
RECORD_WITHIN_S = 1.9
LOOK_WITHIN_S = 1.0


class NotRecorded(Exception):
    """The database did not take a declaration in time; whether it did later is not known."""

    def __init__(self, wanted: Declare) -> None:
        super().__init__(wanted.title)
        self.wanted = wanted


async def declare(context: Context, wanted: Declare) -> Incident:
    """As the incidents' own `declare`. Raises NotRecorded where the database is away."""
    task = asyncio.create_task(declare_incident(context, wanted))
    # Not awaited beyond that: giving up on a database that hangs takes seconds itself.
    await asyncio.wait([task], timeout=RECORD_WITHIN_S)
    if not task.done():
        task.add_done_callback(_given_up)
        task.cancel()
        raise NotRecorded(wanted)
    try:
        return task.result()
    except (DatabaseError, OSError) as error:
        log.warning("not_recorded", error=f"{type(error).__name__}: {error}")
        raise NotRecorded(wanted) from error


def _given_up(task: asyncio.Task[Incident]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("not_recorded", error=f"{type(error).__name__}: {error}")


async def recorded(
    context: Context, request: str, channel: ChannelId | UserId, message: Ts | None
) -> tuple[Number, PageId | None] | None:
    """The incident that became of an emergency, and the page that a message of it is now.

    None where it is not recorded yet, or the database is away.
    """
    try:
        async with asyncio.timeout(LOOK_WITHIN_S), context.queue.database.read() as connection:
            incident = await store.by_request(connection, request)
            if incident is None:
                return None
            at = ChannelId(channel)
            posted = await messages.find_at(connection, at, message) if message is not None else None
    except (DatabaseError, OSError):
        return None
    kind, _, number = posted.key.partition(":") if posted is not None else ("", "", "")
    return incident.number, PageId(int(number)) if kind == "page" else None
