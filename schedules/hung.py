"""Lets go of what a process that hangs has locked in the database."""

import structlog

from bot.context import Context

log = structlog.get_logger()


async def let_go(context: Context) -> None:
    ended = await context.queue.database.end_hung()
    if ended:
        log.warning("hung_sessions_ended", count=ended)
