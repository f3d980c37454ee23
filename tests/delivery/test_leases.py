"""Leases are renewed while somebody is at work; what cannot be kept is dropped before it changes hands."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.delivery import leases, store
from bot.delivery.errors import Unclear
from bot.delivery.leases import LEASE, Leases
from bot.delivery.model import EffectId, Leased
from bot.delivery.queue import Queue
from bot.delivery.worker import Done, Worker
from tests.delivery.by_hand import HandClock, Outbox, effect, until

SOON = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def renewed_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY_S", 0.01)


class Slow:
    """A performer that takes until it is let go on; knows whether it was cut off."""

    def __init__(self) -> None:
        self.began = 0
        self.cut_off = 0
        self.uncertain = 0
        self.gate = asyncio.Event()

    async def perform(self, leased: Leased) -> Done:
        self.began += 1
        self.uncertain += leased.uncertain
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cut_off += 1
            raise
        return Done()

    def worker(self, queue: Queue) -> Worker:
        async def nobody_hears(*_: object) -> None:
            raise AssertionError("nothing is given up here")

        return Worker(queue, {"do": self.perform}, nobody_hears)


async def lease_ends(database: Database) -> float:
    """Seconds from the epoch; 0 where nobody has a lease."""
    async with database.read() as connection:
        at = await connection.scalar(select(store.outbox.c.lease_until))
    return at.timestamp() if at else 0.0


async def test_who_is_at_work_for_longer_than_a_lease_keeps_it(outbox: Outbox, clock: HandClock) -> None:
    slow = Slow()
    working = slow.worker(outbox.queue)
    await working.start()
    await outbox.put(effect())
    await until(lambda: slow.began == 1)
    for _ in range(4):
        clock.advance(SOON.total_seconds())
        async with asyncio.timeout(10):
            while await lease_ends(outbox.queue.database) < (clock.now() + LEASE).timestamp():  # noqa: ASYNC110
                await asyncio.sleep(0.005)  # a row that the worker writes
        assert await outbox.claim("another replica") == []
    slow.gate.set()
    await working.stop()
    assert await outbox.states() == {"one": "done"}
    assert (slow.began, slow.cut_off) == (1, 0)


async def test_work_ends_with_its_lease_when_the_database_is_away(
    outbox: Outbox, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From then on another replica may be at it."""
    monkeypatch.setattr("bot.delivery.worker.LEASE", timedelta(seconds=1))
    away = [True]
    renew = store.renew

    async def renewing(*arguments: object, **options: object) -> object:
        if away:
            raise ConnectionRefusedError("the database is not there")
        return await renew(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "renew", renewing)
    slow = Slow()
    working = slow.worker(outbox.queue)
    await working.start()
    await outbox.put(effect())
    await until(lambda: slow.cut_off == 1)
    away.clear()
    slow.gate.set()
    async with asyncio.timeout(10):
        while await outbox.states() != {"one": "done"}:
            clock.advance(1)
            await asyncio.sleep(0.01)  # a row that the worker writes
    await working.stop()
    assert (slow.began, slow.uncertain) == (2, 1), "tried again, and with a look first"


async def test_who_lost_a_lease_stops_and_leaves_no_trace_on_the_work_of_others(
    outbox: Outbox, clock: HandClock
) -> None:
    slow = Slow()
    working = slow.worker(outbox.queue)
    await working.start()
    await outbox.put(effect())
    await until(lambda: slow.began == 1)
    async with outbox.queue.transaction() as tx:
        await tx.connection.execute(update(store.outbox).values(lease_owner="another replica"))
    await until(lambda: slow.cut_off == 1)
    await working.stop()
    assert await outbox.states() == {"one": "leased"}


async def test_what_began_after_its_lease_had_ended_is_cut_off_at_once(sqlite_database: Database) -> None:
    held = Leases(Queue(sqlite_database, HandClock()), "me")
    one = EffectId(1)
    with held.held(one), pytest.raises(Unclear, match="lease ended"):
        async with held.performing(one, asyncio.get_running_loop().time() - 1):
            await asyncio.Event().wait()
