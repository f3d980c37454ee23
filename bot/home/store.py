"""Who looks at their home tab, so that it is kept fresh for them."""

from datetime import datetime

from sqlalchemy import Column, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata
from bot.model import UserId

viewers = Table(
    "home_viewers",
    metadata,
    Column("user", String(32), primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
)


async def opened(connection: AsyncConnection, user: UserId, now: datetime) -> None:
    await connection.execute(
        insert(connection, viewers)
        .values(user=user, opened_at=now)
        .on_conflict_do_update(index_elements=["user"], set_={"opened_at": now})
    )


async def since(connection: AsyncConnection, at: datetime) -> list[UserId]:
    """Who opened their home tab after this."""
    result = await connection.execute(select(viewers.c.user).where(viewers.c.opened_at >= at))
    return [UserId(user) for user in result.scalars()]
