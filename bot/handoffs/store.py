"""Who had the watch when it was last looked at, and every handoff."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Table, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, insert, metadata
from bot.handoffs.model import Change, Handoff, HandoffId, HandoffState, Part, Reminded, Seen
from bot.model import UserId

seen_watches = Table(
    "seen_watches",
    metadata,
    Column("schedule", String(200), primary_key=True),
    Column("people", Json, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("reminded", Json, nullable=False),  # [begins, person]
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("schedule", String(200), nullable=False, index=True),
    Column("announce", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("outgoing", Json, nullable=False),
    Column("began", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime, nullable=False),
    Column("incoming", Json, nullable=False),
    Column("until", UtcDateTime),
    Column("overlap", Integer, nullable=False),  # seconds
    Column("state", String(20), nullable=False),
    Column("asked", Json, nullable=False),
    Column("words", Json, nullable=False),
    Column("parts", Json),
    Column("posted_at", UtcDateTime),
    Column("nudges", Integer, nullable=False),
    Column("unheard_at", UtcDateTime),
    Column("taken_by", String(32)),
    Column("ended_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_PLANNED = text("state = 'planned'")
# One handoff of a schedule is the next one.
Index(
    "uq_handoffs_planned",
    handoffs.c.schedule,
    unique=True,
    sqlite_where=_PLANNED,
    postgresql_where=_PLANNED,
)


async def lock_seen(connection: AsyncConnection, schedule: str) -> Seen | None:
    """Nobody else looks at the schedule's watch until this transaction ends."""
    query = select(seen_watches).where(seen_watches.c.schedule == schedule).with_for_update()
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    reminded = (Reminded(datetime.fromisoformat(begins), person) for begins, person in row.reminded)
    return Seen(row.schedule, tuple(row.people), row.since, row.looked_at, tuple(reminded))


async def keep_seen(connection: AsyncConnection, seen: Seen) -> None:
    changed = {
        "people": list(seen.people),
        "since": seen.since,
        "looked_at": seen.looked_at,
        "reminded": [[each.begins.isoformat(), each.person] for each in seen.reminded],
    }
    await connection.execute(
        insert(connection, seen_watches)
        .values(schedule=seen.schedule, **changed)
        .on_conflict_do_update(index_elements=["schedule"], set_=changed)
    )


async def add(connection: AsyncConnection, handoff: Handoff) -> Handoff:
    """Keep a new handoff; the id is the database's."""
    statement = handoffs.insert().values(_row(handoff)).returning(handoffs.c.id)
    return replace(handoff, id=HandoffId((await connection.execute(statement)).scalar_one()))


async def save(connection: AsyncConnection, handoff: Handoff) -> None:
    await connection.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(_row(handoff)))


async def find(connection: AsyncConnection, handoff: HandoffId) -> Handoff | None:
    row = (await connection.execute(select(handoffs).where(handoffs.c.id == handoff))).first()
    return _handoff(row) if row else None


async def lock(connection: AsyncConnection, handoff: HandoffId) -> Handoff | None:
    """As `find`, and nobody else changes it until this transaction ends."""
    query = select(handoffs).where(handoffs.c.id == handoff).with_for_update()
    row = (await connection.execute(query)).first()
    return _handoff(row) if row else None


async def unended(connection: AsyncConnection, schedule: str) -> list[Handoff]:
    """A schedule's planned handoff, and those nobody confirmed yet, held until this transaction ends."""
    states = [str(HandoffState.PLANNED), str(HandoffState.POSTED)]
    query = select(handoffs).where(handoffs.c.schedule == schedule, handoffs.c.state.in_(states))
    rows = await connection.execute(query.order_by(handoffs.c.id).with_for_update())
    return [_handoff(row) for row in rows]


def _row(handoff: Handoff) -> dict[str, Any]:
    change, parts = handoff.change, handoff.parts
    return {
        "schedule": handoff.schedule,
        "announce": handoff.announce,
        "at": change.at,
        "outgoing": list(change.outgoing),
        "began": change.began,
        "ended": change.ended,
        "incoming": list(change.incoming),
        "until": change.until,
        "overlap": int(handoff.overlap.total_seconds()),
        "state": str(handoff.state),
        "asked": list(handoff.asked),
        "words": dict(handoff.words),
        "parts": [each.as_json() for each in parts] if parts is not None else None,
        "posted_at": handoff.posted_at,
        "nudges": handoff.nudges,
        "unheard_at": handoff.unheard_at,
        "taken_by": handoff.taken_by,
        "ended_at": handoff.ended_at,
    }


def _handoff(row: Row[Any]) -> Handoff:
    columns = row._mapping
    parts, taken_by = columns["parts"], columns["taken_by"]
    return Handoff(
        id=HandoffId(columns["id"]),
        schedule=columns["schedule"],
        announce=columns["announce"],
        change=Change(
            columns["at"],
            tuple(columns["outgoing"]),
            columns["began"],
            columns["ended"],
            tuple(columns["incoming"]),
            columns["until"],
        ),
        state=HandoffState(columns["state"]),
        overlap=timedelta(seconds=columns["overlap"]),
        asked=tuple(columns["asked"]),
        words=columns["words"],
        parts=tuple(Part.from_json(each) for each in parts) if parts is not None else None,
        posted_at=columns["posted_at"],
        nudges=columns["nudges"],
        unheard_at=columns["unheard_at"],
        taken_by=UserId(taken_by) if taken_by else None,
        ended_at=columns["ended_at"],
    )


async def note_posted(
    connection: AsyncConnection, handoff: HandoffId, parts: tuple[Part, ...], at: datetime
) -> None:
    """What the note said stays, whatever changes afterwards."""
    await connection.execute(
        update(handoffs)
        .where(handoffs.c.id == handoff)
        .values(parts=[each.as_json() for each in parts], posted_at=at)
    )
