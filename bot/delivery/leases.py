"""Leases on what is in hand: short, so that a replica that died is soon replaced, and renewed meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import structlog

from bot.db import DatabaseError
from bot.delivery import store
from bot.delivery.errors import Unclear
from bot.delivery.model import EffectId
from bot.delivery.queue import Queue

log = structlog.get_logger()

# What a replica that was killed had in hand is taken up by another within 20 s: the lease, a second until
# somebody looks, and time to look for what may have been done already.
LEASE = timedelta(seconds=12)
# Three tries before a lease ends; a process held up for longer than that has lost its leases.
RENEW_EVERY_S = 3.0
RENEW_WITHIN_S = 3.0


class Leases:
    """The leases of one worker. What cannot be kept is dropped before anybody else may take it up."""

    def __init__(self, queue: Queue, owner: str) -> None:
        self._queue = queue
        self._owner = owner
        # None: performed, and being put on record.
        self._held: dict[EffectId, asyncio.Timeout | None] = {}

    @contextmanager
    def held(self, effect: EffectId) -> Iterator[None]:
        """The lease is renewed until the block ends."""
        self._held[effect] = None
        try:
            yield
        finally:
            del self._held[effect]

    @asynccontextmanager
    async def performing(self, effect: EffectId, ends_at: float) -> AsyncIterator[None]:
        """For as long as the lease lasts, which is until `ends_at` (the loop's time) and each renewal after.

        The block is cancelled, and raises Unclear, when the lease ends: from then on another replica may be
        at it. That looks first, and finds what was done until now.
        """
        try:
            async with asyncio.timeout_at(ends_at) as limit:
                self._held[effect] = limit
                yield
        except TimeoutError:
            if limit.expired():
                raise Unclear("the lease ended before it was done") from None
            raise
        finally:
            self._held[effect] = None

    async def keep(self) -> None:
        """Renew all that is held every few seconds, in one statement; runs until cancelled."""
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            if not self._held:
                continue
            try:
                async with asyncio.timeout(RENEW_WITHIN_S):
                    await self._renew()
            except (DatabaseError, OSError) as error:
                log.warning(
                    "leases_not_renewed", held=len(self._held), error=f"{type(error).__name__}: {error}"
                )

    async def _renew(self) -> None:
        held = list(self._held)
        # From before the question: what the answer tells may be as old as that.
        ends_at = asyncio.get_running_loop().time() + LEASE.total_seconds()
        async with self._queue.transaction() as tx:
            kept = await store.renew(tx.connection, held, owner=self._owner, lease_until=tx.now + LEASE)
        for effect in held:
            limit = self._held.get(effect)
            if limit is None or limit.expired():
                continue
            if effect in kept:
                limit.reschedule(ends_at)
            else:
                log.warning("lease_lost", effect=effect)
                limit.reschedule(asyncio.get_running_loop().time())
