"""Incidents: their table and queries."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    Row,
    RowMapping,
    String,
    Table,
    Text,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Json, UtcDateTime, insert, metadata
from bot.incidents.model.incident import (
    OPEN,
    Holder,
    Incident,
    Number,
    Resolution,
    Room,
    RoomKind,
    Status,
)
from bot.incidents.store.members import is_member
from bot.model import ChannelId, UserId

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)


incidents = Table(
    "incidents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("request_id", String(200), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("severity", String(80), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("private", Boolean, nullable=False),
    Column("service", String(200)),
    Column("origin", Text),
    Column("declared_by", String(32), nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("room_kind", String(20), nullable=False),
    Column("channel", String(32), index=True),
    Column("channel_name", String(80)),
    Column("roles", Json, nullable=False),
    Column("acknowledged_by", String(32)),
    Column("acknowledged_at", UtcDateTime),
    Column("fixed_at", UtcDateTime),
    Column("ended_by", String(32)),
    Column("ended_at", UtcDateTime),
    Column("resolution", Json, nullable=False),
    Column("merged_into", Integer),
    Column("reopened_at", UtcDateTime),
    Column("last_update", Text, nullable=False),
    Column("eta", Text, nullable=False),
    Column("updated_at", UtcDateTime),
    Column("next_update_at", UtcDateTime),
    Column("nudge", Integer, nullable=False),
    Column("nudges", Integer, nullable=False),
    Column("missed", Json, nullable=False),
    Column("watch_until", UtcDateTime),
    Column("asked", Integer, nullable=False),
    Column("all_clear_by", String(32)),
    Column("all_clear_at", UtcDateTime),
    Column("last_seq", Integer, nullable=False),
)


# As many as a list or a menu offers of what is over.
_SHOWN = 20
_ADD = incidents.insert()
_SAVE = update(incidents).where(incidents.c.number == bindparam("which"))


async def next_number(connection: AsyncConnection) -> Number:
    """The next incident's number; taken when the transaction commits, without gaps."""
    result = await connection.execute(
        insert(connection, counters)
        .values(name="incident", value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
    return Number(result.scalar_one())


async def add(connection: AsyncConnection, incident: Incident) -> None:
    # The row as parameters, not as values: a statement built anew for forty columns costs a millisecond.
    await connection.execute(_ADD, _row(incident))


async def save(connection: AsyncConnection, incident: Incident) -> None:
    await connection.execute(_SAVE, {"which": incident.number, **_row(incident)})


async def find(connection: AsyncConnection, number: Number) -> Incident | None:
    row = (await connection.execute(select(incidents).where(incidents.c.number == number))).first()
    return _incident(row) if row else None


async def lock(connection: AsyncConnection, number: Number) -> Incident | None:
    """As `find`, and nobody else changes it until this transaction ends."""
    # Rows that only refer to it may still be added by others.
    query = select(incidents).where(incidents.c.number == number).with_for_update(key_share=True)
    row = (await connection.execute(query)).first()
    return _incident(row) if row else None


async def by_request(connection: AsyncConnection, request_id: str) -> Incident | None:
    row = (await connection.execute(select(incidents).where(incidents.c.request_id == request_id))).first()
    return _incident(row) if row else None


async def by_channel(connection: AsyncConnection, channel: ChannelId) -> Incident | None:
    row = (await connection.execute(select(incidents).where(incidents.c.channel == channel))).first()
    return _incident(row) if row else None


async def open_ones(connection: AsyncConnection, viewer: UserId | None, limit: int = 100) -> list[Incident]:
    """Open incidents `viewer` may know of, newest first; all of them for None."""
    query = select(incidents).where(incidents.c.status.in_([str(s) for s in OPEN]))
    if viewer is not None:
        query = query.where(or_(incidents.c.private.is_(False), is_member(incidents.c.number, viewer)))
    result = await connection.execute(query.order_by(incidents.c.number.desc()).limit(limit))
    return [_incident(row) for row in result]


async def ended_ones(connection: AsyncConnection, viewer: UserId) -> list[Incident]:
    """Ended incidents `viewer` may know of, the last to end first."""
    query = select(incidents).where(incidents.c.status.not_in([str(s) for s in OPEN]))
    query = query.where(or_(incidents.c.private.is_(False), is_member(incidents.c.number, viewer)))
    result = await connection.execute(query.order_by(incidents.c.ended_at.desc()).limit(_SHOWN))
    return [_incident(row) for row in result]


async def being_watched(connection: AsyncConnection) -> list[Incident]:
    """Fixed, and not yet known to stay so: newest first, private ones too."""
    is_watched = or_(incidents.c.status == str(Status.MONITORING), incidents.c.watch_until.isnot(None))
    result = await connection.execute(
        select(incidents).where(is_watched).order_by(incidents.c.number.desc()).limit(100)
    )
    return [_incident(row) for row in result]


async def declared_since(connection: AsyncConnection, at: datetime) -> list[Incident]:
    """What was declared after `at`, newest first, private ones too."""
    query = select(incidents).where(incidents.c.declared_at > at).order_by(incidents.c.number.desc())
    return [_incident(row) for row in await connection.execute(query.limit(_SHOWN))]


async def declared_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Incident]:
    """Every incident declared from `start` until before `end`, oldest first."""
    query = select(incidents).where(incidents.c.declared_at >= start, incidents.c.declared_at < end)
    return [_incident(row) for row in await connection.execute(query.order_by(incidents.c.number))]


async def first_declared(connection: AsyncConnection) -> datetime | None:
    """When the first incident on record was declared."""
    first: datetime | None = await connection.scalar(
        select(func.min(incidents.c.declared_at, type_=UtcDateTime()))
    )
    return first


async def with_role(connection: AsyncConnection, viewer: UserId) -> list[tuple[Incident, str]]:
    """The open incidents `viewer` holds a role in, with the role."""
    return [
        (incident, role)
        for incident in await open_ones(connection, viewer)
        for role, holder in incident.roles.items()
        if holder.user == viewer
    ]


_PLAIN = [
    "number",
    "request_id",
    "title",
    "severity",
    "private",
    "service",
    "origin",
    "declared_by",
    "declared_at",
    "started_at",
    "acknowledged_by",
    "acknowledged_at",
    "fixed_at",
    "ended_by",
    "ended_at",
    "merged_into",
    "reopened_at",
    "last_update",
    "eta",
    "updated_at",
    "next_update_at",
    "nudge",
    "nudges",
    "watch_until",
    "asked",
    "all_clear_by",
    "all_clear_at",
    "last_seq",
]


def _row(incident: Incident) -> dict[str, Any]:
    return {
        **{name: getattr(incident, name) for name in _PLAIN},
        "status": str(incident.status),
        "room_kind": str(incident.room.kind),
        "channel": incident.room.channel,
        "channel_name": incident.room.name,
        "roles": {
            role: {"user": holder.user, "since": holder.since.isoformat()}
            for role, holder in incident.roles.items()
        },
        "resolution": asdict(incident.resolution),
        "missed": list(incident.missed),
    }


def _incident(row: Row[Any]) -> Incident:
    columns: RowMapping = row._mapping
    resolution = columns["resolution"]
    return Incident(
        **{name: columns[name] for name in _PLAIN},
        status=Status(columns["status"]),
        room=Room(RoomKind(columns["room_kind"]), columns["channel"], columns["channel_name"]),
        roles={
            role: Holder(UserId(holder["user"]), datetime.fromisoformat(holder["since"]))
            for role, holder in columns["roles"].items()
        },
        resolution=Resolution(**{**resolution, "verified": tuple(resolution["verified"])}),
        missed=tuple(columns["missed"]),
    )
