"""The way in: a transaction that changes what is known and queues what follows, both or neither."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.contextvars import get_contextvars

from bot.clock import Clock
from bot.db import Database
from bot.delivery import store
from bot.delivery.model import Effect


class Transaction:
    """One unit of work. `connection` is for stores; effects queued here exist only if it commits."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.queued = False
        self._waiting: list[Effect] = []

    def queue(self, *effects: Effect) -> None:
        """Queue effects, in this order."""
        self._waiting.extend(effects)

    async def cancel(self, *keys: str) -> None:
        """Take back pending effects by key: timers that no longer matter, including ones queued above."""
        self._waiting = [effect for effect in self._waiting if effect.key not in keys]
        await store.cancel(self.connection, keys, self.now)

    async def flush(self) -> None:
        """Write what was queued; called once, just before the commit."""
        if self._waiting:
            # What an effect queues in turn has the id of the request that began it all.
            request_id = get_contextvars().get("request_id")
            await store.add(self.connection, self._waiting, self.now, request_id)
            self.queued = True


class Queue:
    """Where services get their transactions; wakes the worker when something was queued."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.news = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One write transaction; commits at the end, rolls back on any error."""
        tx: Transaction | None = None
        try:
            async with self.database.write() as connection:
                tx = Transaction(connection, self.clock.now())
                yield tx
                await tx.flush()
        finally:
            # Also where it raised: a commit whose caller ran out of patience may have come to pass.
            if tx is not None and tx.queued:
                self.news.set()

    async def put(self, effects: Iterable[Effect]) -> None:
        """Queue effects that follow from no change: an answer to a mistake, a home tab to draw."""
        async with self.transaction() as tx:
            tx.queue(*effects)
