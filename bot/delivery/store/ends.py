"""How a lease ends: done with, put back or let go; and the record of each attempt."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, Text, bindparam, exists, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime
from bot.delivery.model import Leased, Outcome, State
from bot.delivery.store.queued import cancel
from bot.delivery.store.tables import ACTIVE, LEASED, PENDING, attempts, outbox

FOLLOWING = outbox.alias("following")
# Built once, for they run at the end of every effect. Lane and key as parameters: SQLAlchemy leaves out the
# names of tables in what SQLite returns, so that `following.lane = outbox.lane` would say `lane = lane`.
FINISH = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("which"),
        outbox.c.lease_owner == bindparam("owner"),
        outbox.c.state == LEASED,
    )
    .values(
        state=bindparam("ended", type_=String),
        error=bindparam("why", type_=Text),
        done_at=bindparam("at", type_=UtcDateTime),
        lease_until=None,
    )
    .returning(
        or_(
            exists().where(
                FOLLOWING.c.lane == bindparam("in_lane", type_=String),
                FOLLOWING.c.state.in_(ACTIVE),
                FOLLOWING.c.id != bindparam("which"),
            ),
            exists().where(
                FOLLOWING.c.key == bindparam("like_key", type_=String), FOLLOWING.c.state == PENDING
            ),
        ).label("awaited")
    )
)
RECORD = attempts.insert()


@dataclass(frozen=True)
class Ended:
    """An effect is over. `awaited`: another of its lane or its key was waiting for that."""

    awaited: bool


async def finish(
    connection: AsyncConnection, effect: Leased, *, owner: str, state: State, error: str | None, now: datetime
) -> Ended | None:
    """End a lease for good. None: it was no longer ours, and whoever has it now will look first."""
    its = {"which": effect.id, "in_lane": effect.lane, "like_key": effect.key}
    result = await connection.execute(
        FINISH, {**its, "owner": owner, "ended": state, "why": error, "at": now}
    )
    row = result.first()
    return Ended(row.awaited) if row else None


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
    row = {"effect": effect.id, "started_at": started_at, "ended_at": ended_at, "outcome": outcome}
    await connection.execute(RECORD, {**row, "detail": detail[:500]})
