"""Pages and ladders: tables and queries."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Row, RowMapping, String, Table, Text, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, metadata
from bot.model import ChannelId, UserId
from bot.paging.ladder import Climb, ClimbId, Ladder
from bot.paging.model import Page, PageId, PageState, Reason, Subject

pages = Table(
    "pages",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subject", String(80), nullable=False, index=True),
    Column("severity", String(80), nullable=False),
    Column("title", Text, nullable=False),
    Column("room", String(32)),
    Column("room_name", String(80)),
    Column("person", String(200), nullable=False),
    Column("user", String(32)),
    Column("why", Text, nullable=False),
    Column("made_by", String(32), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("answered_by", String(32)),
    Column("answered_at", UtcDateTime),
    Column("reason", Json),
    sqlite_autoincrement=True,
)

# Ladders being climbed, as they were in the playbook when the page was made.
climbs = Table(
    "climbs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subject", String(80), nullable=False, index=True),
    Column("ladder", Json, nullable=False),
    Column("step", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("began_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)


async def add_climb(connection: AsyncConnection, climb: Climb) -> Climb:
    """Keep a new climb; its id is the database's."""
    values = {"subject": climb.subject, "ladder": climb.ladder.as_json(), "step": climb.step}
    result = await connection.execute(
        climbs.insert().values(**values, due_at=climb.due_at, began_at=climb.began_at).returning(climbs.c.id)
    )
    return replace(climb, id=ClimbId(result.scalar_one()))


async def save_climb(connection: AsyncConnection, climb: Climb) -> None:
    await connection.execute(
        update(climbs).where(climbs.c.id == climb.id).values(step=climb.step, due_at=climb.due_at)
    )


async def find_climb(connection: AsyncConnection, climb: ClimbId) -> Climb | None:
    row = (await connection.execute(select(climbs).where(climbs.c.id == climb))).first()
    return _climb(row) if row else None


async def climbs_of(connection: AsyncConnection, ref: str) -> list[Climb]:
    """Every climb about a subject, the newest first."""
    query = select(climbs).where(climbs.c.subject == ref).order_by(climbs.c.id.desc())
    return [_climb(row) for row in await connection.execute(query)]


async def climbing(connection: AsyncConnection) -> list[Climb]:
    """Every climb that has a next step."""
    query = select(climbs).where(climbs.c.due_at.isnot(None)).order_by(climbs.c.id)
    return [_climb(row) for row in await connection.execute(query)]


async def add(connection: AsyncConnection, page: Page) -> Page:
    """Keep a new page; its id is the database's."""
    values = _row(page)
    del values["id"]
    result = await connection.execute(pages.insert().values(values).returning(pages.c.id))
    return replace(page, id=PageId(result.scalar_one()))


async def find(connection: AsyncConnection, page: PageId) -> Page | None:
    row = (await connection.execute(select(pages).where(pages.c.id == page))).first()
    return _page(row) if row else None


async def of_subject(connection: AsyncConnection, ref: str, state: PageState | None = None) -> list[Page]:
    query = select(pages).where(pages.c.subject == ref).order_by(pages.c.id)
    if state is not None:
        query = query.where(pages.c.state == state)
    return [_page(row) for row in await connection.execute(query)]


async def open_ones(connection: AsyncConnection) -> list[Page]:
    query = select(pages).where(pages.c.state == PageState.OPEN).order_by(pages.c.id)
    return [_page(row) for row in await connection.execute(query)]


async def made_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Page]:
    """Every page made in [start, end), oldest first."""
    query = select(pages).where(pages.c.made_at >= start, pages.c.made_at < end).order_by(pages.c.id)
    return [_page(row) for row in await connection.execute(query)]


async def hold(connection: AsyncConnection, page: PageId) -> Page | None:
    """As `find`; nobody else changes it meanwhile."""
    row = (await connection.execute(select(pages).where(pages.c.id == page).with_for_update())).first()
    return _page(row) if row else None


async def hold_pages(connection: AsyncConnection, ref: str, person: str) -> list[Page]:
    """The open pages of one person about one subject, oldest first; nobody else changes them meanwhile."""
    query = (
        select(pages)
        .where(pages.c.subject == ref, pages.c.person == person, pages.c.state == PageState.OPEN)
        .order_by(pages.c.id)
        .with_for_update()
    )
    return [_page(row) for row in await connection.execute(query)]


async def answer(
    connection: AsyncConnection, page: PageId, state: PageState, by: UserId | None, at: datetime
) -> None:
    await connection.execute(
        update(pages).where(pages.c.id == page).values(state=state, answered_by=by, answered_at=at)
    )


async def reached(connection: AsyncConnection, page: PageId, user: UserId) -> None:
    await connection.execute(update(pages).where(pages.c.id == page).values(user=user))


async def describe(connection: AsyncConnection, subject: Subject) -> None:
    """The subject's title, severity or room changed: every page about it says so."""
    # Held first, by number like everywhere: an update takes its rows as it finds them, and would wait for
    # one that `hold_pages` has while that waits for another.
    theirs = select(pages.c.id).where(pages.c.subject == subject.ref).order_by(pages.c.id)
    await connection.execute(theirs.with_for_update())
    await connection.execute(
        update(pages)
        .where(pages.c.subject == subject.ref)
        .values(
            severity=subject.severity, title=subject.title, room=subject.room, room_name=subject.room_name
        )
    )


def _row(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "subject": page.subject.ref,
        "severity": page.subject.severity,
        "title": page.subject.title,
        "room": page.subject.room,
        "room_name": page.subject.room_name,
        "person": page.person,
        "user": page.user,
        "why": page.why,
        "made_by": page.made_by,
        "made_at": page.made_at,
        "state": page.state,
        "answered_by": page.answered_by,
        "answered_at": page.answered_at,
        "reason": page.reason.as_json() if page.reason else None,
    }


def _climb(row: Row[Any]) -> Climb:
    columns: RowMapping = row._mapping
    return Climb(
        ClimbId(columns["id"]),
        columns["subject"],
        Ladder.from_json(columns["ladder"]),
        columns["step"],
        columns["due_at"],
        columns["began_at"],
    )


def _page(row: Row[Any]) -> Page:
    columns: RowMapping = row._mapping
    room, user, answered_by = columns["room"], columns["user"], columns["answered_by"]
    return Page(
        id=PageId(columns["id"]),
        subject=Subject(
            columns["subject"],
            columns["severity"],
            columns["title"],
            ChannelId(room) if room else None,
            columns["room_name"],
        ),
        person=columns["person"],
        user=UserId(user) if user else None,
        why=columns["why"],
        made_by=UserId(columns["made_by"]),
        made_at=columns["made_at"],
        state=PageState(columns["state"]),
        answered_by=UserId(answered_by) if answered_by else None,
        answered_at=columns["answered_at"],
        reason=Reason.from_json(columns["reason"]) if columns["reason"] else None,
    )
