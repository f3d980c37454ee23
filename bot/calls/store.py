"""Calls: table and queries."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Row, RowMapping, String, Table, Text, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calls.model import Call, CallId
from bot.db import BigId, UtcDateTime, metadata
from bot.model import UserId

calls = Table(
    "calls",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("whom", Text, nullable=False),
    Column("unheard", Text, nullable=False),
    Column("acknowledged_by", String(32)),
    Column("acknowledged_at", UtcDateTime),
    sqlite_autoincrement=True,
)


async def add(connection: AsyncConnection, call: Call) -> Call:
    """Keep a new call; its id is the database's."""
    values = _row(call)
    result = await connection.execute(calls.insert().values(values).returning(calls.c.id))
    return replace(call, id=CallId(result.scalar_one()))


async def find(connection: AsyncConnection, call: CallId) -> Call | None:
    row = (await connection.execute(select(calls).where(calls.c.id == call))).first()
    return _call(row) if row else None


async def lock(connection: AsyncConnection, call: CallId) -> Call | None:
    """As `find`; nobody else changes it until the transaction ends."""
    row = (await connection.execute(select(calls).where(calls.c.id == call).with_for_update())).first()
    return _call(row) if row else None


async def save(connection: AsyncConnection, call: Call) -> None:
    await connection.execute(update(calls).where(calls.c.id == call.id).values(_row(call)))


def _row(call: Call) -> dict[str, Any]:
    return {
        "text": call.text,
        "by": call.by,
        "made_at": call.made_at,
        "whom": call.whom,
        "unheard": call.unheard,
        "acknowledged_by": call.acknowledged_by,
        "acknowledged_at": call.acknowledged_at,
    }


def _call(row: Row[Any]) -> Call:
    columns: RowMapping = row._mapping
    acknowledged_by = columns["acknowledged_by"]
    return Call(
        CallId(columns["id"]),
        columns["text"],
        UserId(columns["by"]),
        columns["made_at"],
        columns["whom"],
        columns["unheard"],
        UserId(acknowledged_by) if acknowledged_by else None,
        columns["acknowledged_at"],
    )
