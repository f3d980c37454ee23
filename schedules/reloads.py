"""Notices that another replica was asked to read the playbook again."""

import asyncio
from collections.abc import Callable

import structlog

from bot.context import Context
from bot.db import DatabaseError
from bot.reloads import service

log = structlog.get_logger()

# Real seconds. The query reads one row; the outbox is looked at more often.
LOOK_EVERY_S = 3.0


async def follow_reloads(context: Context, reload: Callable[[], None]) -> None:
    """Call `reload` for whatever is asked from now on, until cancelled. Returns where there are no others."""
    database = context.queue.database
    if not service.has_others(database):
        return
    seen: int | None = None
    while True:
        try:
            asked = await service.asked(database)
        except (DatabaseError, OSError) as error:
            log.warning("reloads_not_seen", error=str(error))
        else:
            if seen is not None and asked != seen:
                reload()
            seen = asked
        await asyncio.sleep(LOOK_EVERY_S)
