"""Takes effects from the outbox and performs them; knows nothing of what they do."""

import asyncio
import itertools
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from bot import metrics
from bot.db import DatabaseError, in_background
from bot.delivery import store
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.leases import LEASE, Leases
from bot.delivery.model import EffectId, Leased, Outcome, Priority
from bot.delivery.queue import Queue
from bot.delivery.settling import Attempt, Dead, Record, settle

log = structlog.get_logger()


@dataclass(frozen=True)
class Done:
    """The effect was carried out. `record` is written in the same transaction that ends it."""

    record: Record | None = None
    detail: str = ""


Perform = Callable[[Leased], Awaitable[Done]]
"""Carries out one effect. Raises Busy, Away, Unclear or Refused (bot.delivery.errors) when it could not."""

# Longer than anything one effect does: a look through history and a post, at ten seconds a call at most.
PERFORM_WITHIN_S = 40.0
# Pages have hands of their own: with every other hand stuck in a hanging Slack, a page still leaves at once.
# And with all of those stuck as well, ladders are climbed, and pages leave by other ways.
CREWS: tuple[tuple[tuple[Priority, ...], int], ...] = (
    ((Priority.PAGE,), 16),
    ((Priority.TIMER,), 4),
    ((Priority.NOTICE,), 16),
    ((Priority.ANSWER, Priority.UPDATE, Priority.COSMETIC), 24),
)
# On PostgreSQL another replica may have queued something, and we are not woken for that. On SQLite we are
# woken for everything; looking anyway, rarely, means that no mistake in that can hold up a page for long.
LOOK_AGAIN = {"postgresql": timedelta(seconds=1), "sqlite": timedelta(seconds=5)}
AFTER_FAILURE = timedelta(seconds=1)
# What was done outside is put on record as soon as the database lets us: it may be away for minutes. Where
# another replica was first, it has looked and found what was done, and nothing is written by us.
RECORD_WITHIN_S = 600.0
RECORD_AGAIN_S = 0.5
# Errors of a database that is there. One may come of two writing at once; the same again is our mistake.
STATEMENTS_REFUSED = (DataError, IntegrityError, ProgrammingError)
REFUSED_TRIES = 3
STOP_WITHIN_S = 10.0


class Worker:
    """Performs what is due, most urgent first, each lane in order."""

    def __init__(
        self,
        queue: Queue,
        performers: Mapping[str, Perform],
        dead: Dead,
    ) -> None:
        """`dead` hears, within the transaction, of each effect that was given up or keeps failing."""
        self._queue = queue
        self._performers = performers
        self._dead = dead
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"
        self._wake = [asyncio.Event() for _ in CREWS]
        self._leases = Leases(queue, self._owner)
        self._in_hand: dict[EffectId, asyncio.Task[None]] = {}
        self._attendants: list[asyncio.Task[None]] = []
        self._crews: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        if self._queue.database.dialect == "sqlite":
            async with self._queue.transaction() as tx:
                await store.release(tx.connection, tx.now)
        self._attendants = [
            asyncio.create_task(self._keep_lookout(), name="delivery-lookout"),
            asyncio.create_task(self._leases.keep(), name="delivery-leases"),
        ]
        self._crews = [
            asyncio.create_task(self._crew(i, priorities, hands), name=f"delivery-{i}")
            for i, (priorities, hands) in enumerate(CREWS)
        ]

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, leave the rest for the next start."""
        self._stopping = True
        # Asked to end and not cancelled: a claim that is just being written is carried out, not left behind.
        for wake in self._wake:
            wake.set()
        if self._crews:
            _, stuck = await asyncio.wait(self._crews, timeout=STOP_WITHIN_S)
            for crew in stuck:
                crew.cancel()
        if self._in_hand:
            _, late = await asyncio.wait(list(self._in_hand.values()), timeout=STOP_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            if late:
                await self._let_go()
        for attendant in self._attendants:
            attendant.cancel()
        await asyncio.gather(*self._attendants, return_exceptions=True)

    async def _let_go(self) -> None:
        """Another replica, or the next start, need not wait for the leases of a process that is gone."""
        try:
            async with self._queue.transaction() as tx:
                await store.release(tx.connection, tx.now, self._owner)
        except (DatabaseError, OSError):
            log.exception("delivery_not_released")

    async def _keep_lookout(self) -> None:
        """Looks for all crews what is due, at once when there is news, and wakes those it is for."""
        news, clock = self._queue.news, self._queue.clock
        while True:
            news.clear()
            # One instant for the whole look: what falls due in the middle of it must not slip through.
            now = clock.now()
            until = now + LOOK_AGAIN[self._queue.database.dialect]
            try:
                async with self._queue.database.read() as connection:
                    outlook = await store.outlook(connection, now)
            except Exception:  # the loop's edge: a database away must not end delivery
                log.exception("delivery_look_failed")
                until = now + AFTER_FAILURE
            else:
                for wake, (priorities, _) in zip(self._wake, CREWS, strict=True):
                    if not outlook.due.isdisjoint(priorities):
                        wake.set()
                until = min(until, outlook.next_at or until)
            await clock.wait_until(until, news)

    async def _crew(self, number: int, priorities: Sequence[Priority], hands: int) -> None:
        """One crew: claims as many as it has hands free, until nothing more is due."""
        in_background()
        busy: set[asyncio.Task[None]] = set()
        wake = self._wake[number]
        # With nothing known to be due, a start waits for the first look.
        await wake.wait()
        while not self._stopping:
            wake.clear()
            leases_end_at = asyncio.get_running_loop().time() + LEASE.total_seconds()
            free = hands - len(busy)
            try:
                claimed = await self._claim(priorities, free) if free else []
            except Exception:  # the loop's edge, as above
                log.exception("delivery_claim_failed")
                await self._queue.clock.wait_until(self._queue.clock.now() + AFTER_FAILURE, wake)
                wake.set()
                claimed = []
            for effect in claimed:
                task = asyncio.create_task(self._carry_out(effect, leases_end_at), name=f"effect-{effect.id}")
                self._in_hand[effect.id] = task
                busy.add(task)
                task.add_done_callback(self._when_done(effect.id, busy, hands, wake))
            if not claimed or len(busy) >= hands:
                await wake.wait()

    def _when_done(
        self, effect: EffectId, busy: set[asyncio.Task[None]], hands: int, wake: asyncio.Event
    ) -> Callable[[asyncio.Task[None]], None]:
        def put_down(task: asyncio.Task[None]) -> None:
            if len(busy) == hands:
                # What found no hand free is still there. What waited for this effect is news of its own.
                wake.set()
            busy.discard(task)
            self._in_hand.pop(effect, None)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("delivery_task_failed", effect=effect, exc_info=error)

        return put_down

    async def _claim(self, priorities: Sequence[Priority], free: int) -> list[Leased]:
        async with self._queue.transaction() as tx:
            return await store.claim(
                tx.connection,
                owner=self._owner,
                priorities=priorities,
                limit=free,
                now=tx.now,
                lease_until=tx.now + LEASE,
                in_hand=self._in_hand,
            )

    async def _carry_out(self, effect: Leased, lease_ends_at: float) -> None:
        started_at = self._queue.clock.now()
        with (
            self._leases.held(effect.id),
            structlog.contextvars.bound_contextvars(
                effect=effect.id, kind=effect.kind, lane=effect.lane, request_id=effect.request_id
            ),
        ):
            attempt = await self._attempt(effect, lease_ends_at)
            metrics.DELIVERIES.labels(effect.kind, attempt.outcome).inc()
            tell = log.debug if attempt.outcome is Outcome.BUSY else log.info
            try:
                await self._put_on_record(effect, attempt, started_at)
                tell("delivery", outcome=attempt.outcome, detail=attempt.detail)
            except (DatabaseError, OSError):
                # The lease runs out, and the next holder looks before doing it again.
                log.exception("delivery_not_recorded")
            except Exception as mistake:  # the loop's edge: what was to follow could not be written
                log.exception("delivery_broken")
                broken = Attempt(Outcome.BROKEN, _named(mistake), uncertain=True)
                await self._put_on_record(effect, broken, started_at)

    async def _attempt(self, effect: Leased, lease_ends_at: float) -> Attempt:
        if asyncio.get_running_loop().time() >= lease_ends_at:
            # The process was held up between claiming and this.
            return Attempt(Outcome.BUSY, "the lease ended before it was begun")
        try:
            perform = self._performers[effect.kind]
            async with (
                asyncio.timeout(PERFORM_WITHIN_S),
                self._leases.performing(effect.id, lease_ends_at),
            ):
                done = await perform(effect)
        except Busy as limit:
            return Attempt(Outcome.BUSY, str(limit), again_at=limit.retry_at)
        except Away as away:
            return Attempt(Outcome.AWAY, str(away))
        except (Unclear, TimeoutError) as unclear:
            return Attempt(Outcome.UNCLEAR, str(unclear) or "no answer in time", uncertain=True)
        except Refused as refusal:
            return Attempt(Outcome.REFUSED, str(refusal))
        except (DatabaseError, OSError) as away:
            # Performers ask the database before they ask Slack: nothing was done.
            return Attempt(Outcome.AWAY, _named(away))
        except Exception as mistake:  # the loop's edge: recorded, told, and never in the way of the rest
            log.exception("delivery_broken")
            return Attempt(Outcome.BROKEN, _named(mistake))
        return Attempt(Outcome.DONE, done.detail, done.record)

    async def _put_on_record(self, effect: Leased, attempt: Attempt, started_at: datetime) -> None:
        """Write what came of it and what follows; tried again while the database is away."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + RECORD_WITHIN_S
        for tried in itertools.count(1):
            try:
                async with self._queue.transaction() as tx:
                    await settle(tx, effect, attempt, owner=self._owner, dead=self._dead)
                    await store.record(
                        tx.connection,
                        effect,
                        started_at=started_at,
                        ended_at=tx.now,
                        outcome=attempt.outcome,
                        detail=attempt.detail,
                    )
            except (DatabaseError, OSError) as error:
                if isinstance(error, STATEMENTS_REFUSED) and tried >= REFUSED_TRIES:
                    raise RuntimeError(f"cannot be put on record: {error}") from error
                if loop.time() > give_up_at:
                    raise
                log.warning("delivery_not_recorded_yet", error=_named(error))
                await asyncio.sleep(RECORD_AGAIN_S)
            else:
                return


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
