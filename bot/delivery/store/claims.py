"""What is due, and who takes it: looking, claiming, keeping."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.db import BigId, UtcDateTime
from bot.delivery.model import EffectId, Leased, Priority, State
from bot.delivery.store.tables import ACTIVE, LEASED, PENDING, outbox

NOW = bindparam("now", type_=UtcDateTime)


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
    """Lease up to `limit` due effects, each the first of its lane: most urgent first, then longest due.

    `in_hand`: what the caller is at work on stays with it, also when the clock was moved past its lease.
    """
    result = await connection.execute(
        _claiming(connection.dialect.name, tuple(priorities)),
        {
            "now": now,
            "in_hand": list(in_hand),
            "how_many": limit,
            "until": lease_until,
            "owner": owner,
        },
    )
    rows = sorted(result, key=lambda row: (row.priority, row.not_before, row.id))
    return [_leased(row) for row in rows]


@cache
def _claiming(dialect: str, priorities: tuple[Priority, ...]) -> ReturningUpdate[Any]:
    """Built once: this runs for every few pages."""
    # In the order of `ix_outbox_due`, so that with ten thousand due no more is read than is taken.
    heads = (
        select(outbox.c.id)
        .where(
            *_due(priorities),
            outbox.c.id.not_in(bindparam("in_hand", expanding=True, type_=BigId)),
            _may_start(),
        )
        .order_by(outbox.c.priority, outbox.c.not_before, outbox.c.id)
        .limit(bindparam("how_many", type_=Integer))
    )
    if dialect == "postgresql":
        heads = heads.with_for_update(skip_locked=True)
    # A CTE runs once; a subquery could run once a row and lease more than asked for.
    chosen = heads.cte("heads").prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        update(outbox)
        .where(outbox.c.id.in_(select(chosen.c.id)), _free())
        .values(
            state=State.LEASED,
            lease_until=bindparam("until", type_=UtcDateTime),
            lease_owner=bindparam("owner", type_=String),
            attempts=outbox.c.attempts + 1,
            # A lease that ran out: whoever held it may have done the work before dying.
            uncertain=or_(outbox.c.uncertain, outbox.c.state == LEASED),
        )
        .returning(outbox)
    )


async def renew(
    connection: AsyncConnection, effects: Collection[EffectId], *, owner: str, lease_until: datetime
) -> set[EffectId]:
    """Keep the leases of `owner` on these effects until then; gives those that are kept.

    What another transaction is just writing is passed over: waiting for several rows at once, two
    transactions might wait for each other.
    """
    held = select(outbox.c.id).where(
        outbox.c.id.in_(list(effects)), outbox.c.lease_owner == owner, outbox.c.state == LEASED
    )
    if connection.dialect.name == "postgresql":
        held = held.with_for_update(skip_locked=True)
    result = await connection.execute(
        update(outbox).where(outbox.c.id.in_(held)).values(lease_until=lease_until).returning(outbox.c.id)
    )
    return {EffectId(row.id) for row in result}


def _due(priorities: Sequence[Priority]) -> tuple[ColumnElement[bool], ...]:
    return (
        outbox.c.state.in_(ACTIVE),
        outbox.c.priority.in_([int(p) for p in priorities]),
        outbox.c.not_before <= NOW,
        _free(),
    )


def _free() -> ColumnElement[bool]:
    return or_(outbox.c.state == PENDING, outbox.c.lease_until <= NOW)


def _may_start() -> ColumnElement[bool]:
    """First of its lane, nobody at work on a later one (whose transaction came first) or on one like it."""
    other = outbox.alias("other")
    at_work = and_(other.c.state == LEASED, other.c.lease_until > NOW)
    twin = outbox.alias("twin")
    return and_(
        ~exists().where(
            other.c.lane == outbox.c.lane,
            other.c.state.in_(ACTIVE),
            or_(other.c.id < outbox.c.id, and_(other.c.id > outbox.c.id, at_work)),
        ),
        ~exists().where(twin.c.key == outbox.c.key, twin.c.state == LEASED, twin.c.id != outbox.c.id),
    )


async def anything_due(connection: AsyncConnection, priorities: Sequence[Priority], now: datetime) -> bool:
    """Whether claiming is worth the writer's turn."""
    return (await connection.execute(_looking(tuple(priorities)), {"now": now})).first() is not None


@cache
def _looking(priorities: tuple[Priority, ...]) -> Select[Any]:
    return select(outbox.c.id).where(*_due(priorities)).limit(1)


async def next_due(
    connection: AsyncConnection, priorities: Sequence[Priority], now: datetime
) -> datetime | None:
    """When, after now, the next waiting effect or expiring lease of these priorities wants a look."""
    moments = await connection.scalars(_coming(tuple(priorities)), {"now": now})
    return min((moment for moment in moments if moment is not None), default=None)


@cache
def _coming(priorities: tuple[Priority, ...]) -> CompoundSelect[Any]:
    # A question for each priority, which the index answers with its first row.
    waits = [
        select(func.min(outbox.c.not_before, type_=UtcDateTime())).where(
            outbox.c.state.in_(ACTIVE), outbox.c.priority == int(priority), outbox.c.not_before > NOW
        )
        for priority in priorities
    ]
    ends = select(func.min(outbox.c.lease_until, type_=UtcDateTime())).where(
        outbox.c.state == LEASED,
        outbox.c.priority.in_([int(priority) for priority in priorities]),
        outbox.c.lease_until > NOW,
    )
    return union_all(*waits, ends)


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
