"""Silences: table and queries."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Row, String, Table, Text, UniqueConstraint, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, insert, metadata
from bot.model import UserId
from bot.silences.model import Held, Silence, SilenceId

silences = Table(
    "silences",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("names", Json, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("by", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("window_name", String(200)),
    Column("held", Json, nullable=False),
    Column("ended_by", String(32)),
    Column("ended_at", UtcDateTime),
    # A window of the playbook begins once each time; what people make has none, and is never equal.
    UniqueConstraint("window_name", "starts_at"),
    Index("ix_silences_ends_at", "ends_at"),
    sqlite_autoincrement=True,
)

# Never after `ends_at`, which has an index and is asked for beside it.
_OVER_AT = func.coalesce(silences.c.ended_at, silences.c.ends_at, type_=UtcDateTime)


async def add(connection: AsyncConnection, new: Silence) -> Silence | None:
    """Keep a new one; the id is the database's. None: this time of its window has begun already."""
    fixed = {
        "names": list(new.names),
        "starts_at": new.starts_at,
        "by": new.by,
        "reason": new.reason,
        "window_name": new.window,
    }
    wanted = insert(connection, silences).values(**fixed, **_changing(new)).on_conflict_do_nothing()
    number = (await connection.execute(wanted.returning(silences.c.id))).scalar_one_or_none()
    return replace(new, id=SilenceId(number)) if number is not None else None


async def save(connection: AsyncConnection, changed: Silence) -> None:
    await connection.execute(update(silences).where(silences.c.id == changed.id).values(**_changing(changed)))


def _changing(each: Silence) -> dict[str, Any]:
    return {
        "ends_at": each.ends_at,
        "held": [held.as_json() for held in each.held],
        "ended_by": each.ended_by,
        "ended_at": each.ended_at,
    }


async def find(connection: AsyncConnection, number: SilenceId) -> Silence | None:
    row = (await connection.execute(select(silences).where(silences.c.id == number))).first()
    return _silence(row) if row else None


async def lock(connection: AsyncConnection, number: SilenceId) -> Silence | None:
    """As `find`, and nobody else changes it until this transaction ends."""
    row = (
        await connection.execute(select(silences).where(silences.c.id == number).with_for_update())
    ).first()
    return _silence(row) if row else None


async def between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Silence]:
    """Those of which a part lies in [start, end), the first to begin first."""
    query = select(silences).where(silences.c.starts_at < end, start < _OVER_AT, silences.c.ends_at > start)
    rows = await connection.execute(query.order_by(silences.c.starts_at, silences.c.id))
    return [_silence(row) for row in rows]


async def lock_those_at(connection: AsyncConnection, at: datetime) -> list[Silence]:
    """Those that keep quiet at an instant; nobody else changes them until this transaction ends."""
    query = select(silences).where(silences.c.starts_at <= at, at < _OVER_AT, silences.c.ends_at > at)
    rows = await connection.execute(query.order_by(silences.c.id).with_for_update())
    return [_silence(row) for row in rows]


def _silence(row: Row[Any]) -> Silence:
    columns = row._mapping
    ended_by = columns["ended_by"]
    return Silence(
        id=SilenceId(columns["id"]),
        names=tuple(columns["names"]),
        starts_at=columns["starts_at"],
        ends_at=columns["ends_at"],
        by=UserId(columns["by"]),
        reason=columns["reason"],
        window=columns["window_name"],
        held=tuple(Held.from_json(each) for each in columns["held"]),
        ended_by=UserId(ended_by) if ended_by else None,
        ended_at=columns["ended_at"],
    )
