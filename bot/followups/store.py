"""Follow-ups: table and queries."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, Index, Integer, Row, String, Table, Text, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, metadata
from bot.followups.model import FollowUp, FollowUpId, Origin
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.model import UserId

followups = Table(
    "followups",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("title", Text, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("due", Date, nullable=False),
    Column("zone", String(80), nullable=False),
    Column("opened_by", String(32), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("incident", Integer),
    Column("run", BigId),
    Column("item", Integer),
    Column("run_title", Text, nullable=False),
    Column("told", Json, nullable=False),
    Column("done_by", String(32)),
    Column("done_at", UtcDateTime),
    Index("ix_followups_done_at", "done_at"),
    sqlite_autoincrement=True,
)


async def add(connection: AsyncConnection, new: FollowUp) -> FollowUp:
    """Keep a new one; the id is the database's."""
    fixed = {
        "opened_by": new.opened_by,
        "opened_at": new.opened_at,
        "incident": new.origin.incident,
        "run": new.origin.run,
        "item": new.origin.item,
        "run_title": new.origin.title,
        "title": new.title,
    }
    statement = followups.insert().values(**fixed, **_changing(new)).returning(followups.c.id)
    return replace(new, id=FollowUpId((await connection.execute(statement)).scalar_one()))


async def save(connection: AsyncConnection, changed: FollowUp) -> None:
    await connection.execute(
        update(followups).where(followups.c.id == changed.id).values(**_changing(changed))
    )


def _changing(each: FollowUp) -> dict[str, Any]:
    return {
        "owner": each.owner,
        "due": each.due,
        "zone": each.zone.key,
        "told": list(each.told),
        "done_by": each.done_by,
        "done_at": each.done_at,
    }


async def find(connection: AsyncConnection, number: FollowUpId) -> FollowUp | None:
    row = (await connection.execute(select(followups).where(followups.c.id == number))).first()
    return _followup(row) if row else None


async def lock(connection: AsyncConnection, number: FollowUpId) -> FollowUp | None:
    """As `find`, and nobody else changes it until this transaction ends."""
    query = select(followups).where(followups.c.id == number).with_for_update()
    row = (await connection.execute(query)).first()
    return _followup(row) if row else None


async def open_ones(connection: AsyncConnection, viewer: UserId | None) -> list[FollowUp]:
    """Those to be done that `viewer` may know of, the first due first; None: those that everybody may."""
    query = select(followups).where(followups.c.done_at.is_(None))
    rows = await connection.execute(query.order_by(followups.c.due, followups.c.id))
    return await _seen(connection, rows, viewer)


async def public_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[FollowUp]:
    """Those that were there for any part of [start, end) and are nobody's secret, oldest first."""
    query = select(followups).where(
        followups.c.opened_at < end, or_(followups.c.done_at.is_(None), followups.c.done_at >= start)
    )
    return await _seen(connection, await connection.execute(query.order_by(followups.c.id)), None)


async def may_see(connection: AsyncConnection, found: FollowUp, viewer: UserId | None) -> bool:
    """What came of a private incident is known to those in it, and to whoever is to do it."""
    return viewer == found.owner or await may_know(connection, found.origin, viewer)


async def may_know(connection: AsyncConnection, origin: Origin, viewer: UserId | None) -> bool:
    """Whether the incident that something came of, if any, is no secret to `viewer`; None: to anybody."""
    if origin.incident is None:
        return True
    incident = await incidents.find(connection, Number(origin.incident))
    if incident is None or not incident.private:
        return incident is not None
    return viewer is not None and await incidents.may_see(connection, incident, viewer)


async def _seen(
    connection: AsyncConnection, rows: Iterable[Row[Any]], viewer: UserId | None
) -> list[FollowUp]:
    return [each for row in rows if await may_see(connection, each := _followup(row), viewer)]


def _followup(row: Row[Any]) -> FollowUp:
    columns = row._mapping
    done_by = columns["done_by"]
    return FollowUp(
        id=FollowUpId(columns["id"]),
        title=columns["title"],
        owner=UserId(columns["owner"]),
        due=columns["due"],
        zone=ZoneInfo(columns["zone"]),
        opened_by=UserId(columns["opened_by"]),
        opened_at=columns["opened_at"],
        origin=Origin(columns["incident"], columns["run"], columns["item"], columns["run_title"]),
        told=tuple(columns["told"]),
        done_by=UserId(done_by) if done_by else None,
        done_at=columns["done_at"],
    )
