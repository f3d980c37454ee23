"""What is due, and who takes it: looking, claiming, keeping."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.db import BigId, UtcDateTime
from bot.delivery.model import EffectId, Leased, Priority, State
from bot.delivery.store.tables import ACTIVE, LEASED, PENDING, outbox

NOW = bindparam("now", type_=UtcDateTime)
LATER = outbox.c.lease_until > NOW


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


@dataclass(frozen=True)
class Outlook:
    """What is there to claim now, and when, later than now, the next look is worth it."""

    due: frozenset[Priority]
    next_at: datetime | None


async def outlook(connection: AsyncConnection, now: datetime) -> Outlook:
    """One look for all: what is due, what waits for its time, whose lease will end."""
    rows = (await connection.execute(LOOKING, {"now": now})).all()
    due = frozenset(Priority(row.priority) for row in rows if row.due)
    moments = [moment for row in rows for moment in (row.waits_until, row.leased_until) if moment is not None]
    return Outlook(due, min(moments, default=None))


def _look(priority: Priority) -> Select[int, bool, datetime, datetime]:
    """Three questions, each of which an index answers with its first row."""
    its = (outbox.c.state.in_(ACTIVE), outbox.c.priority == int(priority))
    waits = select(func.min(outbox.c.not_before)).where(*its, outbox.c.not_before > NOW)
    leased = select(func.min(outbox.c.lease_until)).where(*its, outbox.c.state == LEASED, LATER)
    return select(
        literal(int(priority)).label("priority"),
        exists().where(*_due((priority,))).label("due"),
        type_coerce(waits.scalar_subquery(), UtcDateTime).label("waits_until"),
        type_coerce(leased.scalar_subquery(), UtcDateTime).label("leased_until"),
    )


LOOKING = union_all(*(_look(priority) for priority in Priority))


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
