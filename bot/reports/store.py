"""Reports as they were made: what was said stays what was said."""

from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Column, Integer, Row, String, Table, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, insert, metadata
from bot.reports.model import Report, Saved

reports = Table(
    "reports",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("period", String(20), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("said", Json, nullable=False),
    UniqueConstraint("name", "period", "edition"),
    sqlite_autoincrement=True,
)


async def add(connection: AsyncConnection, report: Report) -> Saved | None:
    """Keep a report; None where this edition of it is there already."""
    result = await connection.execute(
        insert(connection, reports)
        .values(
            name=report.name,
            period=report.period.name,
            edition=report.edition,
            made_at=report.made_at,
            said=_adapter().dump_python(report, mode="json"),
        )
        .on_conflict_do_nothing()
        .returning(reports.c.id)
    )
    found = result.scalar()
    return Saved(found, report) if found is not None else None


async def find(connection: AsyncConnection, number: int) -> Saved | None:
    row = (await connection.execute(select(reports).where(reports.c.id == number))).first()
    return _saved(row) if row else None


async def editions(connection: AsyncConnection, name: str, period: str) -> list[Saved]:
    """Every edition of one report, the newest first."""
    query = select(reports).where(reports.c.name == name, reports.c.period == period)
    return [_saved(row) for row in await connection.execute(query.order_by(reports.c.edition.desc()))]


async def latest(
    connection: AsyncConnection, name: str | None = None, *, limit: int, so_far: bool = False
) -> list[Saved]:
    """The newest reports: of one name, by what they are about; of all, by when they were made.

    With `so_far` also those made for one person, in between.
    """
    query = select(reports).limit(limit)
    if name is None:
        query = query.order_by(reports.c.id.desc())
    else:
        # An old week that somebody asked for yesterday is not the last one.
        query = query.where(reports.c.name == name)
        query = query.order_by(reports.c.period.desc(), reports.c.edition.desc())
    if not so_far:
        # Those are named by the minute: see `so_far` in bot/reports/model.py.
        query = query.where(reports.c.period.not_like("% %"))
    return [_saved(row) for row in await connection.execute(query)]


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def _saved(row: Row[tuple[object, ...]]) -> Saved:
    columns = row._mapping
    return Saved(columns["id"], _adapter().validate_python(columns["said"]))
