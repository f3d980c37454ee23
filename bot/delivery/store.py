"""The outbox and its record: tables and queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import BigId, Json, UtcDateTime, insert, metadata
from bot.delivery.model import Effect, EffectId, Leased, Outcome, Priority, State

# Written into the statement, not bound to it: SQLite uses a partial index only where it can see the words.
PENDING: ColumnElement[str] = literal_column(f"'{State.PENDING}'")
LEASED: ColumnElement[str] = literal_column(f"'{State.LEASED}'")
ACTIVE = (PENDING, LEASED)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("lane", String(200), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("kind", String(80), nullable=False),
    Column("key", String(200)),
    Column("payload", Json, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("lease_owner", String(80)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("uncertain", Boolean, nullable=False, default=False),
    Column("error", Text),
    Column("request_id", String(200)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_PENDING_KEY = text("state = 'pending' AND key IS NOT NULL")
_ACTIVE = text("state IN ('pending', 'leased')")
_LEASED = text("state = 'leased'")
# One pending effect per key: the database keeps the promise, not the code.
Index(
    "uq_outbox_pending_key",
    outbox.c.key,
    unique=True,
    sqlite_where=_PENDING_KEY,
    postgresql_where=_PENDING_KEY,
)
Index(
    "ix_outbox_lane_active",
    outbox.c.lane,
    outbox.c.id,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "ix_outbox_key_leased",
    outbox.c.key,
    sqlite_where=_LEASED,
    postgresql_where=_LEASED,
)
Index(
    "ix_outbox_due",
    outbox.c.priority,
    outbox.c.not_before,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

attempts = Table(
    "delivery_attempts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("effect", BigId, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)


async def add(
    connection: AsyncConnection, effects: Sequence[Effect], now: datetime, request_id: str | None = None
) -> None:
    """Queue effects in order; one whose key is already pending adds nothing.

    `request_id`: what set them off, for the log.
    """
    rows = [
        {
            "lane": effect.lane,
            "priority": int(effect.priority),
            "kind": effect.kind,
            "key": effect.key,
            "payload": effect.payload,
            "not_before": effect.not_before or now,
            "state": State.PENDING,
            "made_at": now,
            "uncertain": False,
            "request_id": request_id,
        }
        for effect in effects
    ]
    if not rows:
        return
    await connection.execute(insert(connection, outbox).on_conflict_do_nothing(), rows)


async def cancel(connection: AsyncConnection, keys: Iterable[str], now: datetime) -> None:
    """Take back what waits under these keys; what is already in somebody's hands runs on."""
    await connection.execute(
        update(outbox)
        .where(outbox.c.key.in_(list(keys)), outbox.c.state == PENDING)
        .values(state=State.CANCELLED, done_at=now)
    )


async def claim(
    connection: AsyncConnection,
    *,
    owner: str,
    priorities: Sequence[Priority],
    limit: int,
    now: datetime,
    lease_until: datetime,
    in_hand: Collection[EffectId] = (),
) -> list[Leased]:
    """Lease up to `limit` due effects, each the first of its lane, most urgent first.

    `in_hand`: what the caller is at work on stays with it, also when the clock was moved past its lease.
    """
    heads = (
        select(outbox.c.id)
        .where(*_due(priorities, now), outbox.c.id.not_in(list(in_hand)), _may_start(now))
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        heads = heads.with_for_update(skip_locked=True)
    # A CTE runs once; a subquery could run once a row and lease more than asked for.
    chosen = heads.cte("heads").prefix_with("MATERIALIZED", dialect="postgresql")
    result = await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(select(chosen.c.id)), _free(now))
        .values(
            state=State.LEASED,
            lease_until=lease_until,
            lease_owner=owner,
            attempts=outbox.c.attempts + 1,
            # A lease that ran out: whoever held it may have done the work before dying.
            uncertain=or_(outbox.c.uncertain, outbox.c.state == LEASED),
        )
        .returning(outbox)
    )
    return sorted((_leased(row) for row in result), key=lambda effect: (effect.priority, effect.id))


def _due(priorities: Sequence[Priority], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.state.in_(ACTIVE),
        outbox.c.priority.in_([int(p) for p in priorities]),
        outbox.c.not_before <= now,
        _free(now),
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.state == PENDING, outbox.c.lease_until <= now)


def _may_start(now: datetime) -> ColumnElement[bool]:
    """First of its lane, nobody at work on a later one (whose transaction came first) or on one like it."""
    other = outbox.alias("other")
    at_work = and_(other.c.state == LEASED, other.c.lease_until > now)
    twin = outbox.alias("twin")
    return and_(
        ~exists().where(
            other.c.lane == outbox.c.lane,
            other.c.state.in_(ACTIVE),
            or_(other.c.id < outbox.c.id, and_(other.c.id > outbox.c.id, at_work)),
        ),
        ~exists().where(twin.c.key == outbox.c.key, twin.c.state == LEASED, twin.c.id != outbox.c.id),
    )


async def finish(
    connection: AsyncConnection, effect: Leased, *, owner: str, state: State, error: str | None, now: datetime
) -> bool:
    """End a lease for good. False: it was no longer ours, and whoever has it now will look first."""
    result = await connection.execute(
        update(outbox)
        .where(*_held(effect, owner))
        .values(state=state, error=error, done_at=now, lease_until=None)
    )
    return result.rowcount == 1


async def put_back(
    connection: AsyncConnection,
    effect: Leased,
    *,
    owner: str,
    not_before: datetime,
    error: str,
    failed: bool,
    uncertain: bool,
    now: datetime,
) -> None:
    """Back to the queue, before anything newer of its lane; nothing if the lease is no longer ours.

    A newer pending effect of the same key says nothing this one will not say when it renders: it goes.
    """
    ours = select(outbox.c.id).where(*_held(effect, owner)).with_for_update()
    if (await connection.execute(ours)).first() is None:
        return
    if effect.key is not None:
        await cancel(connection, [effect.key], now)
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == effect.id)
        .values(
            state=State.PENDING,
            lease_until=None,
            not_before=not_before,
            error=error,
            failures=outbox.c.failures + 1 if failed else 0,
            uncertain=true() if uncertain else outbox.c.uncertain,
        )
    )


def _held(effect: Leased, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (outbox.c.id == effect.id, outbox.c.lease_owner == owner, outbox.c.state == LEASED)


async def release(connection: AsyncConnection, now: datetime, owner: str | None = None) -> None:
    """Free the leases of `owner`, who stops; None: all of them, for a process that knows it is alone.

    What was begun may have been done, so whoever takes it next looks first.
    """
    held = [outbox.c.state == LEASED]
    if owner is not None:
        held.append(outbox.c.lease_owner == owner)
    keys = select(outbox.c.key).where(*held, outbox.c.key.isnot(None))
    await connection.execute(
        update(outbox)
        .where(outbox.c.key.in_(keys), outbox.c.state == PENDING)
        .values(state=State.CANCELLED, done_at=now)
    )
    await connection.execute(
        update(outbox).where(*held).values(state=State.PENDING, lease_until=None, uncertain=True)
    )


async def record(
    connection: AsyncConnection,
    effect: Leased,
    *,
    started_at: datetime,
    ended_at: datetime,
    outcome: Outcome,
    detail: str,
) -> None:
    """Keep one attempt: the answer to "was it sent, when, what did Slack say"."""
    await connection.execute(
        attempts.insert().values(
            effect=effect.id, started_at=started_at, ended_at=ended_at, outcome=outcome, detail=detail[:500]
        )
    )


async def anything_due(connection: AsyncConnection, priorities: Sequence[Priority], now: datetime) -> bool:
    """Whether claiming is worth the writer's turn."""
    result = await connection.execute(select(outbox.c.id).where(*_due(priorities, now)).limit(1))
    return result.first() is not None


async def next_due(
    connection: AsyncConnection, priorities: Sequence[Priority], now: datetime
) -> datetime | None:
    """When, after now, the next waiting effect or expiring lease of these priorities wants a look."""
    moment = func.coalesce(outbox.c.lease_until, outbox.c.not_before, type_=UtcDateTime())
    result = await connection.execute(
        select(func.min(moment, type_=UtcDateTime())).where(
            outbox.c.state.in_(ACTIVE),
            outbox.c.priority.in_([int(p) for p in priorities]),
            moment > now,
        )
    )
    due: datetime | None = result.scalar_one()
    return due


async def is_waiting(connection: AsyncConnection, *, lane: str) -> bool:
    """Whether anything of this lane is still to be done."""
    query = select(outbox.c.id).where(outbox.c.lane == lane, outbox.c.state.in_(ACTIVE)).limit(1)
    return (await connection.execute(query)).first() is not None


async def forget_before(connection: AsyncConnection, at: datetime) -> None:
    """Drop what was done with before `at`, and its attempts."""
    ended = select(outbox.c.id).where(outbox.c.done_at < at)
    await connection.execute(delete(attempts).where(attempts.c.effect.in_(ended)))
    await connection.execute(delete(outbox).where(outbox.c.done_at < at))


@dataclass(frozen=True)
class Backlog:
    """What is due and not done: how many, and since when the oldest waits."""

    size: int
    oldest: datetime | None


async def backlog(connection: AsyncConnection, now: datetime) -> Backlog:
    # What was to be done at once is due, even if it was queued after `now` was read.
    at_once = outbox.c.not_before <= outbox.c.made_at
    # One that was tried was due, even if a limit or a failure has moved its next try into the future.
    due_at = case((outbox.c.attempts > 0, outbox.c.made_at), else_=outbox.c.not_before)
    result = await connection.execute(
        select(func.count(), func.min(due_at, type_=UtcDateTime())).where(
            outbox.c.state.in_(ACTIVE), or_(outbox.c.not_before <= now, outbox.c.attempts > 0, at_once)
        )
    )
    size, oldest = result.one()
    return Backlog(size, oldest)


def _leased(row: Row[tuple[object, ...]]) -> Leased:
    columns = row._mapping
    return Leased(
        id=EffectId(columns["id"]),
        kind=columns["kind"],
        lane=columns["lane"],
        priority=Priority(columns["priority"]),
        payload=columns["payload"],
        key=columns["key"],
        attempts=columns["attempts"],
        failures=columns["failures"],
        uncertain=columns["uncertain"],
        made_at=columns["made_at"],
        request_id=columns["request_id"],
    )
