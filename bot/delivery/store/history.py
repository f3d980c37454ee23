"""The delivery record: what was queued, when it was tried, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.model import EffectId, Outcome, State
from bot.delivery.store.tables import attempts, outbox


@dataclass(frozen=True)
class Tried:
    at: datetime
    outcome: Outcome
    detail: str


@dataclass(frozen=True)
class Delivery:
    """One effect, waiting or done with. `due_at`: not before."""

    id: EffectId
    kind: str
    lane: str
    state: State
    made_at: datetime
    due_at: datetime
    done_at: datetime | None
    tried: tuple[Tried, ...]


async def history(connection: AsyncConnection, lanes: Sequence[str]) -> list[Delivery]:
    """Everything that is still on record about these lanes, oldest first."""
    effects = (
        await connection.execute(select(outbox).where(outbox.c.lane.in_(lanes)).order_by(outbox.c.id))
    ).all()
    ids = [row.id for row in effects]
    found = await connection.execute(
        select(attempts).where(attempts.c.effect.in_(ids)).order_by(attempts.c.id)
    )
    tried: dict[int, list[Tried]] = {}
    for row in found:
        tried.setdefault(row.effect, []).append(Tried(row.started_at, Outcome(row.outcome), row.detail))
    return [
        Delivery(
            EffectId(row.id),
            row.kind,
            row.lane,
            State(row.state),
            row.made_at,
            row.not_before,
            row.done_at,
            tuple(tried.get(row.id, ())),
        )
        for row in effects
    ]
