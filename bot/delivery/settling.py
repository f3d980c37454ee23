"""What came of an attempt, written down: the end of an effect, its next try, or its burial."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot import metrics
from bot.delivery import store
from bot.delivery.model import MUST_HAPPEN, Leased, Outcome, State, retry_at
from bot.delivery.queue import Transaction

log = structlog.get_logger()

Record = Callable[[Transaction], Awaitable[None]]

Dead = Callable[[Transaction, Leased, str, bool], Awaitable[None]]
"""Told of an effect, why it failed, and whether it is tried on all the same."""

# An effect that ran into a mistake of ours this often is given up, or, if it is a page, somebody is told.
BROKEN_TRIES = 5


@dataclass(frozen=True)
class Attempt:
    """What came of performing an effect once.

    `record` is written in the transaction that ends the effect. `again_at`: Slack's own word for when to come
    back. `uncertain`: it may have been done without our knowing.
    """

    outcome: Outcome
    detail: str
    record: Record | None = None
    again_at: datetime | None = None
    uncertain: bool = False


async def settle(tx: Transaction, effect: Leased, attempt: Attempt, *, owner: str, dead: Dead) -> None:
    """Write what follows from an attempt; nothing where the lease is no longer the owner's."""
    outcome = attempt.outcome
    is_often_broken = outcome is Outcome.BROKEN and effect.failures + 1 >= BROKEN_TRIES
    match outcome:
        case Outcome.DONE:
            ended = await store.finish(
                tx.connection, effect, owner=owner, state=State.DONE, error=None, now=tx.now
            )
            if ended is None:
                return
            if attempt.record is not None:
                await attempt.record(tx)
            tx.queued = tx.queued or ended.awaited
        case Outcome.REFUSED:
            await _bury(tx, effect, attempt.detail, owner, dead)
        case Outcome.BROKEN if is_often_broken and effect.priority not in MUST_HAPPEN:
            await _bury(tx, effect, attempt.detail, owner, dead)
        case _:
            await store.put_back(
                tx.connection,
                effect,
                owner=owner,
                not_before=attempt.again_at or retry_at(effect.priority, effect.failures + 1, tx.now),
                error=attempt.detail,
                failed=outcome is not Outcome.BUSY,
                uncertain=attempt.uncertain,
                now=tx.now,
            )
            if is_often_broken:
                await dead(tx, effect, attempt.detail, True)
            tx.queued = True  # look again: the time of the next try is new


async def _bury(tx: Transaction, effect: Leased, detail: str, owner: str, dead: Dead) -> None:
    ended = await store.finish(tx.connection, effect, owner=owner, state=State.DEAD, error=detail, now=tx.now)
    if ended is not None:
        tx.queued = tx.queued or ended.awaited
        metrics.DEAD_LETTERS.labels(effect.kind).inc()
        log.warning("delivery_given_up", effect=effect.id, kind=effect.kind, error=detail)
        await dead(tx, effect, detail, False)
