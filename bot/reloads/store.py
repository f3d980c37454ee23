"""How often a reload was asked for. A count and no list: of two at once, neither can hide the other."""

from sqlalchemy import Column, Integer, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import insert, metadata

reloads = Table(
    "reloads",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("asked", Integer, nullable=False),
)
_ONLY = 1


async def count(connection: AsyncConnection) -> int:
    return await connection.scalar(select(reloads.c.asked)) or 0


async def count_one_more(connection: AsyncConnection) -> None:
    first = insert(connection, reloads).values(id=_ONLY, asked=1)
    await connection.execute(
        first.on_conflict_do_update(index_elements=["id"], set_={"asked": reloads.c.asked + 1})
    )
