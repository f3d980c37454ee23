"""Records: table and queries. Nothing is changed; what was wrong is taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, Index, Row, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, UtcDateTime, metadata
from bot.model import UserId
from bot.records.model import Entry, Kind, Record, RecordId

records = Table(
    "records",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("value", Float, nullable=False),
    Column("of", Float),
    Column("often", String(20), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("gone_at", UtcDateTime),
    Index("ix_records_kind", "kind", "at"),
    sqlite_autoincrement=True,
)


async def add(connection: AsyncConnection, entry: Entry, by: UserId, at: datetime) -> None:
    values = {
        "kind": str(entry.kind),
        "name": entry.name,
        "value": entry.value,
        "of": entry.of,
        "often": entry.often,
        "by": by,
        "at": at,
    }
    await connection.execute(records.insert().values(values))


async def of_kind(connection: AsyncConnection, kind: Kind, until: datetime) -> list[Record]:
    """What was entered before `until` and not taken back, oldest first."""
    query = select(records).where(
        records.c.kind == str(kind), records.c.at < until, records.c.gone_at.is_(None)
    )
    return [_record(row) for row in await connection.execute(query.order_by(records.c.at, records.c.id))]


async def newest(connection: AsyncConnection, limit: int, by: UserId | None = None) -> list[Record]:
    """The newest that were not taken back, of one person or of all."""
    query = select(records).where(records.c.gone_at.is_(None)).order_by(records.c.id.desc()).limit(limit)
    if by is not None:
        query = query.where(records.c.by == by)
    return [_record(row) for row in await connection.execute(query)]


async def take_back(connection: AsyncConnection, number: RecordId, at: datetime) -> None:
    await connection.execute(update(records).where(records.c.id == number).values(gone_at=at))


def _record(row: Row[Any]) -> Record:
    entry = Entry(Kind(row.kind), row.name, row.value, row.of, row.often)
    return Record(RecordId(row.id), entry, UserId(row.by), row.at, row.gone_at)
