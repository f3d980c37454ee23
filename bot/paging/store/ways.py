"""What came of the ways by which pages went to people: a query over notices."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.working import Outcome
from bot.paging.notice import NoticeState
from bot.paging.store.notices import notices
from bot.paging.store.pages import pages


async def last_ways(connection: AsyncConnection, after: datetime) -> list[Outcome]:
    """The newest notice of each person's each method that was accepted or failed, made since `after`."""
    newest = (
        select(func.max(notices.c.id))
        .join_from(notices, pages, notices.c.page == pages.c.id)
        .where(notices.c.state.in_((NoticeState.ACCEPTED, NoticeState.FAILED)), notices.c.made_at > after)
        .group_by(pages.c.person, notices.c.method)
    )
    query = (
        select(pages.c.person, *notices.c)
        .join_from(notices, pages, notices.c.page == pages.c.id)
        .where(notices.c.id.in_(newest))
    )
    return [
        Outcome(
            row.person,
            row.method,
            row.accepted_at or row.tried_at or row.made_at,
            worked=row.state == NoticeState.ACCEPTED,
            said=row.said,
        )
        for row in await connection.execute(query)
    ]
