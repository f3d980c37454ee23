"""Troubles: from when a check was not well until it was."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Row, String, Table, Text, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks.model.result import Verdict
from bot.checks.model.trouble import Trouble, TroubleId
from bot.db import BigId, UtcDateTime, metadata

troubles = Table(
    "troubles",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("check", String(80), nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("again_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("verdict", String(8), nullable=False),
    Column("gravest", String(8), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("measured", Text, nullable=False),
    Column("link", Text),
    Column("times", Integer, nullable=False),
    Column("incident", Integer),
    Column("unwatched", Boolean, nullable=False),
    Column("outlived", Boolean, nullable=False),
    sqlite_autoincrement=True,
)


async def last_troubles(connection: AsyncConnection, names: Iterable[str]) -> dict[str, Trouble]:
    """The newest trouble of each of these checks."""
    newest = (
        select(func.max(troubles.c.id)).where(troubles.c.check.in_(sorted(names))).group_by(troubles.c.check)
    )
    rows = await connection.execute(select(troubles).where(troubles.c.id.in_(newest)))
    return {row.check: _trouble(row) for row in rows}


async def open_troubles(connection: AsyncConnection) -> list[Trouble]:
    rows = await connection.execute(select(troubles).where(troubles.c.ended_at.is_(None)))
    return [_trouble(row) for row in rows]


async def troubles_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Trouble]:
    """Those that began or came back from `start` until before `end`, oldest first."""
    query = select(troubles).where(troubles.c.again_at >= start, troubles.c.began_at < end)
    return [_trouble(row) for row in await connection.execute(query.order_by(troubles.c.id))]


async def find_trouble(connection: AsyncConnection, number: TroubleId) -> Trouble | None:
    row = (await connection.execute(select(troubles).where(troubles.c.id == number))).first()
    return _trouble(row) if row else None


async def set_incident(connection: AsyncConnection, number: TroubleId, incident: int) -> None:
    await connection.execute(update(troubles).where(troubles.c.id == number).values(incident=incident))


async def keep_trouble(connection: AsyncConnection, trouble: Trouble) -> Trouble:
    """Write a trouble, except for its incident; a new one gets its id."""
    # The incident is declared meanwhile, and must not be forgotten by whoever read the trouble before.
    values = {name: getattr(trouble, name) for name in _TROUBLE if name != "incident"}
    values |= {"verdict": str(trouble.verdict), "gravest": str(trouble.gravest)}
    if trouble.id:
        await connection.execute(update(troubles).where(troubles.c.id == trouble.id).values(values))
        return trouble
    number = await connection.scalar(troubles.insert().values(values).returning(troubles.c.id))
    return replace(trouble, id=TroubleId(int(number or 0)))


_TROUBLE = [column.name for column in troubles.columns if column.name != "id"]


def _trouble(row: Row[Any]) -> Trouble:
    values = {name: getattr(row, name) for name in _TROUBLE}
    values |= {"verdict": Verdict(row.verdict), "gravest": Verdict(row.gravest)}
    return Trouble(id=TroubleId(row.id), **values)
