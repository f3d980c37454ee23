"""What is due, and who takes it: looking, claiming, keeping."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime
from bot.delivery.model import EffectId, Leased, Priority, State
from bot.delivery.store.tables import ACTIVE, LEASED, PENDING, outbox


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
    # In the order of `ix_outbox_due`, so that with ten thousand due no more is read than is taken.
    order = (outbox.c.priority, outbox.c.not_before, outbox.c.id)
    heads = (
        select(outbox.c.id)
        .where(*_due(priorities, now), outbox.c.id.not_in(list(in_hand)), _may_start(now))
        .order_by(*order)
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
    rows = sorted(result, key=lambda row: (row.priority, row.not_before, row.id))
    return [_leased(row) for row in rows]


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


async def anything_due(connection: AsyncConnection, priorities: Sequence[Priority], now: datetime) -> bool:
    """Whether claiming is worth the writer's turn."""
    result = await connection.execute(select(outbox.c.id).where(*_due(priorities, now)).limit(1))
    return result.first() is not None


async def next_due(
    connection: AsyncConnection, priorities: Sequence[Priority], now: datetime
) -> datetime | None:
    """When, after now, the next waiting effect or expiring lease of these priorities wants a look."""
    waits = [
        select(func.min(outbox.c.not_before, type_=UtcDateTime())).where(
            outbox.c.state.in_(ACTIVE), outbox.c.priority == int(priority), outbox.c.not_before > now
        )
        for priority in priorities
    ]
    ends = select(func.min(outbox.c.lease_until, type_=UtcDateTime())).where(
        outbox.c.state == LEASED,
        outbox.c.priority.in_([int(priority) for priority in priorities]),
        outbox.c.lease_until > now,
    )
    moments = await connection.scalars(union_all(*waits, ends))
    return min((moment for moment in moments if moment is not None), default=None)


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
