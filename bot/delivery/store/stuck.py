"""Whether anybody is at work at all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.model import Priority
from bot.delivery.store.claims import _due, _may_start
from bot.delivery.store.tables import outbox

OF_PAGES = (Priority.PAGE, Priority.NOTICE, Priority.TIMER)


async def pages_left_lying(connection: AsyncConnection, since: datetime) -> bool:
    """Whether a page, or a ladder's step, could have been taken at `since`, and still can: nobody has tried.

    One that was tried without success waits for its next try, and so is not left lying.
    """
    query = select(outbox.c.id).where(*_due(OF_PAGES), _may_start()).limit(1)
    return (await connection.execute(query, {"now": since})).first() is not None
