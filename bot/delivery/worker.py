"""Takes effects from the outbox and performs them; knows nothing of what they do."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import metrics
from bot.delivery import store
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.model import EffectId, Leased, Outcome, Priority, State, retry_at
from bot.delivery.queue import Queue, Transaction

log = structlog.get_logger()

Record = Callable[[Transaction], Awaitable[None]]


@dataclass(frozen=True)
class Done:
    """The effect was carried out. `record` is written in the same transaction that ends it."""

    record: Record | None = None
    detail: str = ""


Perform = Callable[[Leased], Awaitable[Done]]
"""Carries out one effect. Raises Busy, Away, Unclear or Refused (bot.errors) when it could not."""

# Longer than anything one effect does: a look through history and a post, at ten seconds a call at most.
LEASE = timedelta(seconds=45)
PERFORM_WITHIN_S = 40.0
# Pages have hands of their own: with every other hand stuck in a hanging Slack, a page still leaves at once.
CREWS: tuple[tuple[tuple[Priority, ...], int], ...] = (
    ((Priority.PAGE,), 16),
    ((Priority.ANSWER, Priority.UPDATE, Priority.COSMETIC), 24),
)
# On PostgreSQL another replica may have queued something; we are not woken for that.
LOOK_AGAIN = timedelta(seconds=1)
STOP_WITHIN_S = 10.0


class Worker:
    """Performs what is due, most urgent first, each lane in order."""

    def __init__(
        self,
        queue: Queue,
        performers: Mapping[str, Perform],
        dead: Callable[[Transaction, Leased, str], Awaitable[None]],
    ) -> None:
        """`dead` is told, within the transaction, of each effect that was given up for good."""
        self._queue = queue
        self._performers = performers
        self._dead = dead
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"
        self._wake = [asyncio.Event() for _ in CREWS]
        self._in_hand: dict[EffectId, asyncio.Task[None]] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        if self._queue.database.dialect == "sqlite":
            async with self._queue.transaction() as tx:
                await store.release_all(tx.connection)
        self._loops = [
            asyncio.create_task(self._pass_on_news(), name="delivery-news"),
            *(
                asyncio.create_task(self._crew(i, priorities, hands), name=f"delivery-{i}")
                for i, (priorities, hands) in enumerate(CREWS)
            ),
        ]

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, leave the rest for the next start."""
        self._stopping = True
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._in_hand:
            _, late = await asyncio.wait(list(self._in_hand.values()), timeout=STOP_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _pass_on_news(self) -> None:
        while True:
            await self._queue.news.wait()
            self._queue.news.clear()
            for wake in self._wake:
                wake.set()

    async def _crew(self, number: int, priorities: Sequence[Priority], hands: int) -> None:
        """One crew: claims as many as it has hands free, sleeps until something is due."""
        busy: set[asyncio.Task[None]] = set()
        wake = self._wake[number]
        while True:
            wake.clear()
            try:
                claimed = await self._claim(priorities, hands - len(busy))
                until = None if claimed else await self._sleep_until(priorities)
            except Exception:  # the loop's edge: a database away must not end delivery
                log.exception("delivery_claim_failed")
                claimed, until = [], self._queue.clock.now() + LOOK_AGAIN
            for effect in claimed:
                task = asyncio.create_task(self._carry_out(effect), name=f"effect-{effect.id}")
                self._in_hand[effect.id] = task
                busy.add(task)
                task.add_done_callback(self._when_done(effect.id, busy))
            if not claimed or len(busy) >= hands:
                await self._queue.clock.wait_until(until, wake)

    def _when_done(
        self, effect: EffectId, busy: set[asyncio.Task[None]]
    ) -> Callable[[asyncio.Task[None]], None]:
        def put_down(task: asyncio.Task[None]) -> None:
            busy.discard(task)
            self._in_hand.pop(effect, None)
            # The lane's next one may now be due, whichever crew it belongs to.
            for each in self._wake:
                each.set()
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("delivery_task_failed", effect=effect, exc_info=error)

        return put_down

    async def _claim(self, priorities: Sequence[Priority], free: int) -> list[Leased]:
        if free <= 0:
            return []
        now = self._queue.clock.now()
        # A look costs a read; only when something is there is the writer's turn taken.
        async with self._queue.database.read() as connection:
            if not await store.anything_due(connection, priorities, now):
                return []
        async with self._queue.transaction() as tx:
            claimed = await store.claim(
                tx.connection,
                owner=self._owner,
                priorities=priorities,
                limit=free,
                now=now,
                lease_until=now + LEASE,
            )
        # The clock may have been moved past a lease of our own: what is in our hands stays there.
        return [effect for effect in claimed if effect.id not in self._in_hand]

    async def _sleep_until(self, priorities: Sequence[Priority]) -> datetime | None:
        now = self._queue.clock.now()
        async with self._queue.database.read() as connection:
            due = await store.next_due(connection, priorities, now)
        if self._queue.database.dialect == "sqlite":
            return due
        return min(due, now + LOOK_AGAIN) if due else now + LOOK_AGAIN

    async def _carry_out(self, effect: Leased) -> None:
        started_at = self._queue.clock.now()
        with structlog.contextvars.bound_contextvars(
            effect=effect.id, kind=effect.kind, lane=effect.lane, request_id=effect.request_id
        ):
            outcome, detail, done, again_at = await self._attempt(effect)
            metrics.DELIVERIES.labels(effect.kind, outcome).inc()
            log.info("delivery", outcome=outcome, detail=detail)
            try:
                async with self._queue.transaction() as tx:
                    await self._settle(tx, effect, outcome, detail, done, again_at)
                    await store.record(
                        tx.connection,
                        effect,
                        started_at=started_at,
                        ended_at=tx.now,
                        outcome=outcome,
                        detail=detail,
                    )
            except Exception:
                # The loop's edge: the lease runs out, and the next holder looks before doing it again.
                log.exception("delivery_not_recorded")

    async def _attempt(self, effect: Leased) -> tuple[Outcome, str, Done | None, datetime | None]:
        try:
            perform = self._performers[effect.kind]
            async with asyncio.timeout(PERFORM_WITHIN_S):
                done = await perform(effect)
        except Busy as limit:
            return Outcome.BUSY, str(limit), None, limit.retry_at
        except Away as away:
            return Outcome.AWAY, str(away), None, None
        except (Unclear, TimeoutError) as unclear:
            return Outcome.UNCLEAR, str(unclear) or "no answer in time", None, None
        except Refused as refusal:
            return Outcome.REFUSED, str(refusal), None, None
        except Exception as mistake:  # the loop's edge: recorded, told, and never in the way of the rest
            log.exception("delivery_broken")
            return Outcome.BROKEN, f"{type(mistake).__name__}: {mistake}", None, None
        return Outcome.DONE, done.detail, done, None

    async def _settle(
        self,
        tx: Transaction,
        effect: Leased,
        outcome: Outcome,
        detail: str,
        done: Done | None,
        again_at: datetime | None,
    ) -> None:
        match outcome:
            case Outcome.DONE:
                ours = await store.finish(
                    tx.connection, effect, owner=self._owner, state=State.DONE, error=None, now=tx.now
                )
                if ours and done is not None and done.record is not None:
                    await done.record(tx)
            case Outcome.REFUSED:
                await self._bury(tx, effect, detail)
            case Outcome.BROKEN if effect.failures + 1 >= 5 and effect.priority is not Priority.PAGE:
                await self._bury(tx, effect, detail)
            case _:
                await store.put_back(
                    tx.connection,
                    effect,
                    owner=self._owner,
                    not_before=again_at or retry_at(effect.priority, effect.failures + 1, tx.now),
                    error=detail,
                    failed=outcome is not Outcome.BUSY,
                    uncertain=outcome is Outcome.UNCLEAR,
                    now=tx.now,
                )
                tx.queued = True  # look again: the time of the next try is new

    async def _bury(self, tx: Transaction, effect: Leased, detail: str) -> None:
        if await store.finish(
            tx.connection, effect, owner=self._owner, state=State.DEAD, error=detail, now=tx.now
        ):
            metrics.DEAD_LETTERS.labels(effect.kind).inc()
            log.warning("delivery_given_up", effect=effect.id, kind=effect.kind, error=detail)
            await self._dead(tx, effect, detail)
