"""Covers and requests for them: who stands in for whom, and when that was known."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Column, Row, String, Table, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, metadata
from bot.messages.store import messages
from bot.model import UserId
from bot.oncall.cover import Cover, CoverId
from bot.oncall.model import Override
from bot.oncall.request import CoverRequest, RequestId, RequestState

# Covers that ended longer ago than this cannot matter to anything that looks forward.
LOOK_BACK = timedelta(days=1)

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

# Somebody asks the rotation to stand in; whoever is first has it.
cover_requests = Table(
    "cover_requests",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("schedule", String(200), nullable=False, index=True),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("person", String(200), nullable=False),
    Column("user", String(32), nullable=False),
    Column("asked", Json, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("taken_by", String(200)),
    Column("ended_at", UtcDateTime),
    Column("cover", BigId, index=True),
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


async def overrides(connection: AsyncConnection, schedule: str, after: datetime) -> list[Override]:
    """What bears on a schedule from `after` on."""
    return [each.override for each in await of_schedule(connection, schedule, after - LOOK_BACK)]


async def by_number(connection: AsyncConnection, numbers: Sequence[int]) -> list[Cover]:
    """The covers of these numbers, those taken back included."""
    if not numbers:
        return []
    query = select(covers).where(covers.c.id.in_(numbers)).order_by(covers.c.id)
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


async def add_request(connection: AsyncConnection, request: CoverRequest) -> CoverRequest:
    """Keep a new request; the id is the database's."""
    values = {
        "schedule": request.schedule,
        "start": request.start,
        "end": request.end,
        "person": request.person,
        "user": request.user,
        "asked": list(request.asked),
        "made_at": request.made_at,
        "expires_at": request.expires_at,
        "state": str(request.state),
    }
    result = await connection.execute(cover_requests.insert().values(values).returning(cover_requests.c.id))
    return replace(request, id=RequestId(result.scalar_one()))


async def find_request(connection: AsyncConnection, request: RequestId) -> CoverRequest | None:
    row = (await connection.execute(select(cover_requests).where(cover_requests.c.id == request))).first()
    return _request(row) if row else None


async def lock_request(connection: AsyncConnection, request: RequestId) -> CoverRequest | None:
    """As `find_request`, and nobody else answers it until this transaction ends."""
    query = select(cover_requests).where(cover_requests.c.id == request).with_for_update()
    row = (await connection.execute(query)).first()
    return _request(row) if row else None


async def open_requests(connection: AsyncConnection, schedule: str) -> list[CoverRequest]:
    """The requests about a schedule that nobody answered yet, held until this transaction ends."""
    query = select(cover_requests).where(
        cover_requests.c.schedule == schedule, cover_requests.c.state == str(RequestState.OPEN)
    )
    rows = await connection.execute(query.order_by(cover_requests.c.id).with_for_update())
    return [_request(row) for row in rows]


async def request_of(connection: AsyncConnection, cover: CoverId) -> CoverRequest | None:
    """The request that a cover answers."""
    query = select(cover_requests).where(cover_requests.c.cover == cover).with_for_update()
    row = (await connection.execute(query)).first()
    return _request(row) if row else None


async def end_request(connection: AsyncConnection, request: CoverRequest) -> None:
    """Keep how a request ended."""
    await connection.execute(
        update(cover_requests)
        .where(cover_requests.c.id == request.id)
        .values(
            state=str(request.state),
            taken_by=request.taken_by,
            ended_at=request.ended_at,
            cover=request.cover,
        )
    )


def _request(row: Row[tuple[object, ...]]) -> CoverRequest:
    columns = row._mapping
    cover = columns["cover"]
    return CoverRequest(
        id=RequestId(columns["id"]),
        schedule=columns["schedule"],
        start=columns["start"],
        end=columns["end"],
        person=columns["person"],
        user=UserId(columns["user"]),
        asked=tuple(columns["asked"]),
        made_at=columns["made_at"],
        expires_at=columns["expires_at"],
        state=RequestState(columns["state"]),
        taken_by=columns["taken_by"],
        ended_at=columns["ended_at"],
        cover=CoverId(cover) if cover is not None else None,
    )


async def forget_refusals(connection: AsyncConnection, prefixes: Sequence[str]) -> None:
    """What was told of user groups, under keys that begin like this, is news when it is told again."""
    told = or_(*(messages.c.key.startswith(prefix) for prefix in prefixes))
    await connection.execute(delete(messages).where(told))


async def doubt(connection: AsyncConnection, key: str, listed_at: datetime) -> None:
    """Forget what Slack was told before it listed something else; what it was told meanwhile stays."""
    # In one statement: it may be told anew at this very moment, by another replica.
    was_before = messages.c.key == key, messages.c.shown_at < listed_at
    await connection.execute(delete(messages).where(*was_before))
