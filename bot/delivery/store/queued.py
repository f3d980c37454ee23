"""What waits: queueing, taking back, counting, forgetting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert
from bot.delivery.model import Effect, State
from bot.delivery.store.tables import ACTIVE, PENDING, attempts, outbox


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


async def is_waiting(connection: AsyncConnection, *, lane: str) -> bool:
    """Whether anything of this lane is still to be done."""
    query = select(outbox.c.id).where(outbox.c.lane == lane, outbox.c.state.in_(ACTIVE)).limit(1)
    return (await connection.execute(query)).first() is not None


async def lanes_waiting(connection: AsyncConnection) -> set[str]:
    """Every lane in which something is still to be done: one question, where many are looked for."""
    return set(await connection.scalars(select(outbox.c.lane).where(outbox.c.state.in_(ACTIVE)).distinct()))


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
