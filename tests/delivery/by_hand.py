"""A clock that is set by hand, and short ways to queue, claim and look."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.delivery import store
from bot.delivery.model import Effect, Leased, Payload, Priority, State
from bot.delivery.queue import Queue

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EVERY = tuple(Priority)


class HandClock:
    """Stands still until it is moved; whoever waits looks again then."""

    def __init__(self) -> None:
        self.at = START
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def wait_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set() and (instant is None or self.at < instant):
            waits = [asyncio.ensure_future(event.wait()) for event in (wake, self._moved)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()


def effect(
    name: str = "one",
    lane: str = "lane",
    *,
    priority: Priority = Priority.UPDATE,
    kind: str = "do",
    key: str | None = None,
    after: float = 0,
) -> Effect:
    """`after`: seconds from the start of the test's clock."""
    not_before = START + timedelta(seconds=after) if after else None
    return Effect(kind, lane, priority, {"name": name}, key, not_before)


def names(effects: Sequence[Leased]) -> list[str]:
    return [each.payload["name"] for each in effects]


class Outbox:
    """The queue as a test uses it."""

    def __init__(self, queue: Queue, clock: HandClock) -> None:
        self.queue = queue
        self.clock = clock

    async def put(self, *effects: Effect) -> None:
        await self.queue.put(effects)

    async def claim(
        self,
        owner: str = "me",
        *,
        limit: int = 10,
        priorities: Sequence[Priority] = EVERY,
        lease: float = 45,
    ) -> list[Leased]:
        now = self.clock.now()
        async with self.queue.transaction() as tx:
            return await store.claim(
                tx.connection,
                owner=owner,
                priorities=priorities,
                limit=limit,
                now=now,
                lease_until=now + timedelta(seconds=lease),
            )

    async def finish(self, leased: Leased, owner: str = "me") -> bool:
        async with self.queue.transaction() as tx:
            ended = await store.finish(
                tx.connection, leased, owner=owner, state=State.DONE, error=None, now=tx.now
            )
        return ended is not None

    async def put_back(
        self,
        leased: Leased,
        owner: str = "me",
        *,
        after: float = 1,
        failed: bool = True,
        uncertain: bool = False,
    ) -> None:
        async with self.queue.transaction() as tx:
            await store.put_back(
                tx.connection,
                leased,
                owner=owner,
                not_before=tx.now + timedelta(seconds=after),
                error="not yet",
                failed=failed,
                uncertain=uncertain,
                now=tx.now,
            )

    async def states(self) -> dict[str, str]:
        """What became of each effect, by its name (the last one of that name)."""
        async with self.queue.database.read() as connection:
            rows = await connection.execute(store.outbox.select().order_by(store.outbox.c.id))
        found: dict[str, str] = {}
        for row in rows:
            payload: Payload = row.payload
            found[payload["name"]] = str(row.state)
        return found


async def until(holds: Callable[[], bool], within: float = 10) -> None:
    """Wait, in real time, for something another task brings about."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110  Whatever it is, somewhere in the worker's tasks.
            await asyncio.sleep(0.002)
