"""Covers: who stands in for whom, and when that was known."""

from datetime import datetime

from sqlalchemy import Column, Row, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, metadata
from bot.model import UserId
from bot.oncall.cover import Cover, CoverId
from bot.oncall.model import Override

covers = Table(
    "covers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("schedule", String(200), nullable=False, index=True),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("by", Json, nullable=False),
    Column("instead_of", String(200)),
    Column("made_by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # A cover that was taken back stays: what was believed before can still be told.
    Column("removed_at", UtcDateTime),
    sqlite_autoincrement=True,
)


async def add(connection: AsyncConnection, schedule: str, cover: Override, made_by: UserId) -> CoverId:
    """Keep a cover; the id is the database's."""
    result = await connection.execute(
        covers.insert()
        .values(
            schedule=schedule,
            start=cover.start,
            end=cover.end,
            by=list(cover.by),
            instead_of=cover.instead_of,
            made_by=made_by,
            made_at=cover.made_at,
        )
        .returning(covers.c.id)
    )
    return CoverId(result.scalar_one())


async def find(connection: AsyncConnection, cover: CoverId) -> Cover | None:
    row = (await connection.execute(select(covers).where(covers.c.id == cover).with_for_update())).first()
    return _cover(row) if row else None


async def of_schedule(connection: AsyncConnection, schedule: str, after: datetime) -> list[Cover]:
    """Every cover of a schedule that ends after this, oldest first, those taken back included."""
    query = select(covers).where(covers.c.schedule == schedule, covers.c.end > after).order_by(covers.c.id)
    return [_cover(row) for row in await connection.execute(query)]


async def take_back(connection: AsyncConnection, cover: CoverId, at: datetime) -> None:
    await connection.execute(update(covers).where(covers.c.id == cover).values(removed_at=at))


def _cover(row: Row[tuple[object, ...]]) -> Cover:
    columns = row._mapping
    return Cover(
        CoverId(columns["id"]),
        columns["schedule"],
        UserId(columns["made_by"]),
        Override(
            columns["start"],
            columns["end"],
            tuple(columns["by"]),
            columns["instead_of"],
            columns["made_at"],
            columns["removed_at"],
        ),
    )
