"""Notices: table and queries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Row, String, Table, Text, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.model import SLACK
from bot.db import BigId, UtcDateTime, metadata
from bot.paging.model import PageId, PageState
from bot.paging.notice import Notice, NoticeId, NoticeState
from bot.paging.store.pages import pages

notices = Table(
    "notices",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("page", BigId, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("method", String(80), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("tried_at", UtcDateTime),
    Column("accepted_at", UtcDateTime),
    Column("said", Text, nullable=False, server_default=""),
    Column("unclear", Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)


async def add_notices(connection: AsyncConnection, made: Sequence[Notice]) -> list[Notice]:
    """Keep new notices; their ids are the database's."""
    rows = [
        {
            "page": each.page,
            "method": each.method,
            "made_at": each.made_at,
            "due_at": each.due_at,
            "held": each.held,
            "state": each.state,
        }
        for each in made
    ]
    query = notices.insert().returning(notices.c.id, sort_by_parameter_order=True)
    ids = (await connection.execute(query, rows)).scalars()
    return [replace(each, id=NoticeId(number)) for each, number in zip(made, ids, strict=True)]


async def find_notice(connection: AsyncConnection, notice: NoticeId) -> Notice | None:
    row = (await connection.execute(select(notices).where(notices.c.id == notice))).first()
    return _notice(row) if row else None


async def notices_of(connection: AsyncConnection, page: PageId) -> list[Notice]:
    """Every way a page goes, soonest first."""
    query = select(notices).where(notices.c.page == page).order_by(notices.c.due_at, notices.c.id)
    return [_notice(row) for row in await connection.execute(query)]


async def notices_about(connection: AsyncConnection, ref: str) -> list[tuple[str, Notice]]:
    """Notices of the open pages about a subject, each with the person."""
    query = (
        select(pages.c.person, *notices.c)
        .join_from(notices, pages, notices.c.page == pages.c.id)
        .where(pages.c.subject == ref, pages.c.state == PageState.OPEN)
        .order_by(notices.c.id)
    )
    return [(row.person, _notice(row)) for row in await connection.execute(query)]


async def taken_elsewhere(connection: AsyncConnection, ref: str) -> list[Notice]:
    """What other providers than Slack took of a subject's pages that somebody answered."""
    answered = (PageState.ACKNOWLEDGED, PageState.DECLINED)
    query = (
        select(notices)
        .join_from(notices, pages, notices.c.page == pages.c.id)
        .where(pages.c.subject == ref, pages.c.state.in_(answered))
        .where(notices.c.state == NoticeState.ACCEPTED, notices.c.method != SLACK)
        .order_by(notices.c.id)
    )
    return [_notice(row) for row in await connection.execute(query)]


async def unsent(connection: AsyncConnection) -> list[Notice]:
    """What waits for its time or its provider, of pages that are open."""
    query = (
        select(notices)
        .join_from(notices, pages, notices.c.page == pages.c.id)
        .where(notices.c.state == NoticeState.WAITING, pages.c.state == PageState.OPEN)
        .order_by(notices.c.id)
    )
    return [_notice(row) for row in await connection.execute(query)]


async def move(
    connection: AsyncConnection, moved: Sequence[NoticeId], due_at: datetime, *, held: bool = False
) -> None:
    """Their time is another one."""
    await connection.execute(
        update(notices).where(notices.c.id.in_(list(moved))).values(due_at=due_at, held=held)
    )


async def tried(connection: AsyncConnection, notice: Notice) -> None:
    """Keep when it was first tried, what came of the last try, and how many nobody answered."""
    values = {"tried_at": notice.tried_at, "said": notice.said, "unclear": notice.unclear}
    await connection.execute(update(notices).where(notices.c.id == notice.id).values(values))


async def end_notice(
    connection: AsyncConnection, notice: Notice, state: NoticeState, said: str, at: datetime
) -> None:
    """Accepted or failed, `at` this moment."""
    values = {"state": state, "said": said, "tried_at": notice.tried_at or at}
    if state is NoticeState.ACCEPTED:
        values["accepted_at"] = at
    await connection.execute(update(notices).where(notices.c.id == notice.id).values(values))


async def call_off(connection: AsyncConnection, page: PageId) -> None:
    """What still waits of a page need not go out any more."""
    await connection.execute(
        update(notices)
        .where(notices.c.page == page, notices.c.state == NoticeState.WAITING)
        .values(state=NoticeState.CALLED_OFF)
    )


def _notice(row: Row[Any]) -> Notice:
    columns = row._mapping
    return Notice(
        id=NoticeId(columns["id"]),
        page=PageId(columns["page"]),
        method=columns["method"],
        made_at=columns["made_at"],
        due_at=columns["due_at"],
        held=columns["held"],
        state=NoticeState(columns["state"]),
        tried_at=columns["tried_at"],
        accepted_at=columns["accepted_at"],
        said=columns["said"],
        unclear=columns["unclear"],
    )
