"""Records: table and queries. Nothing is changed; what was wrong is taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Row, String, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, UtcDateTime, insert, metadata
from bot.model import UserId
from bot.records.model import Entry, Kind, Record, RecordId, Warned

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
    Column("begins_at", UtcDateTime),
    Index("ix_records_kind", "kind", "at"),
    sqlite_autoincrement=True,
)

budget_warnings = Table(
    "budget_warnings",
    metadata,
    Column("month", String(7), primary_key=True),
    # In percent: a share would be compared with what a float makes of it.
    Column("mark", Integer, primary_key=True),
    Column("record", BigId, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("budget", Float, nullable=False),
)


async def add(connection: AsyncConnection, entry: Entry, by: UserId, at: datetime) -> RecordId:
    values = {
        "kind": str(entry.kind),
        "name": entry.name,
        "value": entry.value,
        "of": entry.of,
        "often": entry.often,
        "begins_at": entry.begins_at,
        "by": by,
        "at": at,
    }
    result = await connection.execute(records.insert().values(values).returning(records.c.id))
    return RecordId(result.scalar_one())


async def find(connection: AsyncConnection, number: RecordId) -> Record | None:
    """Also one that was taken back."""
    row = (await connection.execute(select(records).where(records.c.id == number))).one_or_none()
    return _record(row) if row else None


async def of_kind(connection: AsyncConnection, kind: Kind, until: datetime) -> list[Record]:
    """What was entered before `until` and not taken back, oldest first."""
    query = select(records).where(
        records.c.kind == str(kind), records.c.at < until, records.c.gone_at.is_(None)
    )
    return [_record(row) for row in await connection.execute(query.order_by(records.c.at, records.c.id))]


async def changes_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Record]:
    """The planned changes of which a part lies in a stretch, the first to begin first."""
    query = select(records).where(
        records.c.kind == str(Kind.CHANGE), records.c.begins_at < end, records.c.gone_at.is_(None)
    )
    found = [
        _record(row) for row in await connection.execute(query.order_by(records.c.begins_at, records.c.id))
    ]
    return [each for each in found if each.entry.ends_at is not None and each.entry.ends_at > start]


async def newest(connection: AsyncConnection, limit: int, by: UserId | None = None) -> list[Record]:
    """The newest that were not taken back, of one person or of all."""
    query = select(records).where(records.c.gone_at.is_(None)).order_by(records.c.id.desc()).limit(limit)
    if by is not None:
        query = query.where(records.c.by == by)
    return [_record(row) for row in await connection.execute(query)]


async def take_back(connection: AsyncConnection, number: RecordId, at: datetime) -> None:
    await connection.execute(update(records).where(records.c.id == number).values(gone_at=at))


# Warnings about a month's budget


async def claim_warning(connection: AsyncConnection, warned: Warned) -> bool:
    """Take it on to say this; False: it was said, or is being said, for another record."""
    values = {"month": warned.month, "mark": _percent(warned.mark)}
    values |= {"record": warned.record, "budget": warned.budget}
    added = insert(connection, budget_warnings).values(values).on_conflict_do_nothing()
    return (await connection.execute(added)).rowcount == 1


async def highest_warning(connection: AsyncConnection, month: str) -> float:
    """The highest mark of a month that a record stands for which was not taken back; 0 for none."""
    query = (
        select(func.max(budget_warnings.c.mark))
        .join(records, records.c.id == budget_warnings.c.record)
        .where(budget_warnings.c.month == month, records.c.gone_at.is_(None))
    )
    return (await connection.scalar(query) or 0) / 100


async def renew_warning(connection: AsyncConnection, warned: Warned) -> None:
    """What was said stands for this record from now on."""
    query = update(budget_warnings).where(
        budget_warnings.c.month == warned.month, budget_warnings.c.mark == _percent(warned.mark)
    )
    await connection.execute(query.values(record=warned.record, budget=warned.budget))


async def warnings_of(connection: AsyncConnection, number: RecordId) -> list[Warned]:
    query = select(budget_warnings).where(budget_warnings.c.record == number)
    return [_warned(row) for row in await connection.execute(query)]


async def find_warning(connection: AsyncConnection, month: str, mark: float) -> Warned | None:
    query = select(budget_warnings).where(
        budget_warnings.c.month == month, budget_warnings.c.mark == _percent(mark)
    )
    row = (await connection.execute(query)).one_or_none()
    return _warned(row) if row else None


def _percent(mark: float) -> int:
    return round(mark * 100)


def _warned(row: Row[Any]) -> Warned:
    return Warned(row.month, row.mark / 100, RecordId(row.record), row.budget)


def _record(row: Row[Any]) -> Record:
    entry = Entry(Kind(row.kind), row.name, row.value, row.of, row.often, row.begins_at)
    return Record(RecordId(row.id), entry, UserId(row.by), row.at, row.gone_at)
