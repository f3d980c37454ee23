"""The ids of requests that changed something."""

from datetime import datetime

from sqlalchemy import Column, String, Table, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata

requests = Table(
    "requests",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)


async def first_time(connection: AsyncConnection, request_id: str, now: datetime) -> bool:
    """Note the request; False if it was noted before: the database decides between two at once."""
    result = await connection.execute(
        insert(connection, requests).values(id=request_id, at=now).on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def forget_before(connection: AsyncConnection, at: datetime) -> None:
    """Slack repeats within minutes; older ids only take room."""
    await connection.execute(delete(requests).where(requests.c.at < at))
