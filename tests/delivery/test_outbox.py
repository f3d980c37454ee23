"""The outbox as tables and queries, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.db import Database
from bot.delivery import store
from bot.delivery.model import Outcome, Priority
from bot.delivery.queue import Queue
from tests.delivery.by_hand import EVERY, START, HandClock, Outbox, effect, names


async def test_what_was_queued_exists_only_if_the_transaction_commits(outbox: Outbox) -> None:
    async def change_your_mind() -> None:
        async with outbox.queue.transaction() as tx:
            tx.queue(effect())
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_your_mind()
    assert await outbox.claim() == []
    await outbox.put(effect())
    assert names(await outbox.claim()) == ["one"]


async def test_a_lane_goes_one_by_one_in_order(outbox: Outbox) -> None:
    await outbox.put(effect("first"), effect("second"), effect("elsewhere", "other"))
    claimed = await outbox.claim()
    assert names(claimed) == ["first", "elsewhere"]
    assert await outbox.claim() == []
    await outbox.finish(claimed[0])
    assert names(await outbox.claim()) == ["second"]


async def test_what_is_put_back_stays_first_in_its_lane(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect("first"), effect("second"))
    (first,) = await outbox.claim()
    await outbox.put_back(first, after=30)
    assert await outbox.claim() == []
    clock.advance(30)
    assert names(await outbox.claim()) == ["first"]


async def test_the_most_urgent_goes_first_and_the_older_of_equals(outbox: Outbox) -> None:
    for name, priority in (
        ("cosmetic", Priority.COSMETIC),
        ("update", Priority.UPDATE),
        ("later update", Priority.UPDATE),
        ("page", Priority.PAGE),
        ("answer", Priority.ANSWER),
    ):
        await outbox.put(effect(name, name, priority=priority))
    assert names(await outbox.claim(limit=4)) == ["page", "answer", "update", "later update"]
    assert names(await outbox.claim()) == ["cosmetic"]


async def test_a_claim_takes_no_more_than_was_asked_for_and_only_its_own_kind(outbox: Outbox) -> None:
    for number in range(20):
        await outbox.put(effect(str(number), f"lane {number}"))
    await outbox.put(effect("page", "page", priority=Priority.PAGE))
    assert names(await outbox.claim(limit=3, priorities=EVERY[1:])) == ["0", "1", "2"]
    assert names(await outbox.claim(priorities=(Priority.PAGE,))) == ["page"]


async def test_a_timer_waits_for_its_time(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect(after=60))
    clock.advance(59.999999)
    assert await outbox.claim() == []
    async with outbox.queue.database.read() as connection:
        assert (await store.outlook(connection, clock.now())).next_at == START + timedelta(seconds=60)
    clock.advance(0.000001)
    assert names(await outbox.claim()) == ["one"]


async def test_a_key_that_waits_is_not_queued_twice(outbox: Outbox) -> None:
    await outbox.put(effect("first", key="card"), effect("again", key="card"))
    await outbox.put(effect("once more", key="card"))
    (first,) = await outbox.claim()
    assert first.payload["name"] == "first"
    # What was rendered may be old by now: the next one is a new one.
    await outbox.put(effect("newer", key="card"))
    await outbox.finish(first)
    assert names(await outbox.claim()) == ["newer"]


async def test_two_of_one_key_are_never_in_hand_at_once_even_from_two_lanes(outbox: Outbox) -> None:
    await outbox.put(effect("in the channel", "announce", key="announcement"))
    (first,) = await outbox.claim()
    await outbox.put(effect("in the thread", "incident", key="announcement"))
    assert await outbox.claim() == []
    await outbox.finish(first)
    assert names(await outbox.claim()) == ["in the thread"]


async def test_putting_back_takes_the_newer_of_its_key_with_it(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect("older", key="card"))
    (older,) = await outbox.claim()
    await outbox.put(effect("newer", key="card"))
    await outbox.put_back(older)
    assert await outbox.states() == {"older": "pending", "newer": "cancelled"}
    clock.advance(1)
    assert names(await outbox.claim()) == ["older"]


async def test_who_lost_the_lease_can_neither_finish_nor_put_back(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect("old", key="card"))
    (mine,) = await outbox.claim("me", lease=45)
    clock.advance(45)
    (theirs,) = await outbox.claim("they")
    assert theirs.id == mine.id
    assert theirs.uncertain
    # What changed meanwhile is theirs to show: a put-back of mine must not take it away.
    await outbox.put(effect("new", key="card"))
    await outbox.put_back(mine, "me")
    assert not await outbox.finish(mine, "me")
    assert await outbox.states() == {"old": "leased", "new": "pending"}
    assert await outbox.finish(theirs, "they")
    assert names(await outbox.claim()) == ["new"]


async def test_a_lease_holds_until_it_ends_and_not_a_moment_longer(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect())
    await outbox.claim("me", lease=45)
    clock.advance(44.999999)
    assert await outbox.claim("they") == []
    async with outbox.queue.database.read() as connection:
        assert (await store.outlook(connection, clock.now())).next_at == START + timedelta(seconds=45)
    clock.advance(0.000001)
    (again,) = await outbox.claim("they")
    assert (again.attempts, again.uncertain) == (2, True)


async def test_what_is_in_hand_is_not_claimed_from_oneself_when_the_clock_jumps(
    outbox: Outbox, clock: HandClock
) -> None:
    await outbox.put(effect("held"), effect("waiting", "other"))
    (held,) = await outbox.claim(limit=1)
    clock.advance(3600)
    async with outbox.queue.transaction() as tx:
        claimed = await store.claim(
            tx.connection,
            owner="me",
            priorities=EVERY,
            limit=1,
            now=tx.now,
            lease_until=tx.now + timedelta(seconds=45),
            in_hand={held.id},
        )
    assert names(claimed) == ["waiting"]
    await outbox.put_back(held, failed=False)
    clock.advance(1)
    (again,) = await outbox.claim()
    assert not again.uncertain


async def test_an_earlier_one_that_was_committed_later_waits_for_what_is_in_hand(outbox: Outbox) -> None:
    """On PostgreSQL numbers are given out before transactions end: they may appear out of order."""
    await outbox.put(effect("late comer"), effect("in hand"))
    table = store.outbox
    async with outbox.queue.transaction() as tx:
        await tx.connection.execute(
            table.update()
            .where(table.c.id == select(func.min(table.c.id)).scalar_subquery())
            .values(lane="aside")
        )
    claimed = await outbox.claim()
    held = next(each for each in claimed if each.payload["name"] == "in hand")
    late = next(each for each in claimed if each.payload["name"] == "late comer")
    await outbox.put_back(late, after=0)
    async with outbox.queue.transaction() as tx:
        await tx.connection.execute(table.update().where(table.c.id == late.id).values(lane="lane"))
    assert await outbox.claim() == []
    await outbox.finish(held)
    assert names(await outbox.claim()) == ["late comer"]


async def test_cancelling_takes_back_what_waits_and_not_what_is_in_hand(outbox: Outbox) -> None:
    await outbox.put(effect("in hand", "a", key="a"))
    (held,) = await outbox.claim()
    await outbox.put(effect("waits", "b", key="b", after=60), effect("stays", "c", key="c"))
    async with outbox.queue.transaction() as tx:
        tx.queue(effect("taken back at once", "d", key="d"))
        await tx.cancel("a", "b", "d")
    assert await outbox.states() == {"in hand": "leased", "waits": "cancelled", "stays": "pending"}
    assert await outbox.finish(held)


async def test_failures_count_in_a_row_and_a_full_bucket_is_none(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect())
    for failed, failures in ((True, 0), (True, 1), (False, 2), (True, 0)):
        (leased,) = await outbox.claim()
        assert leased.failures == failures
        await outbox.put_back(leased, failed=failed)
        clock.advance(1)
    (leased,) = await outbox.claim()
    assert (leased.failures, leased.attempts) == (1, 5)


async def test_once_uncertain_it_stays_so_until_it_is_done(outbox: Outbox, clock: HandClock) -> None:
    await outbox.put(effect())
    (leased,) = await outbox.claim()
    await outbox.put_back(leased, uncertain=True)
    clock.advance(1)
    (leased,) = await outbox.claim()
    await outbox.put_back(leased, uncertain=False)
    clock.advance(1)
    (leased,) = await outbox.claim()
    assert leased.uncertain


async def test_releasing_frees_leases_and_leaves_one_of_each_key(outbox: Outbox) -> None:
    await outbox.put(effect("mine", "a", key="card"), effect("theirs", "b"))
    await outbox.claim("me", limit=1)
    await outbox.claim("they", limit=1)
    await outbox.put(effect("newer", "a", key="card"))
    async with outbox.queue.transaction() as tx:
        await store.release(tx.connection, tx.now, "me")
    assert await outbox.states() == {"mine": "pending", "theirs": "leased", "newer": "cancelled"}
    async with outbox.queue.transaction() as tx:
        await store.release(tx.connection, tx.now)
    claimed = await outbox.claim()
    assert names(claimed) == ["mine", "theirs"]
    assert all(each.uncertain for each in claimed)


async def test_two_workers_share_the_work_and_nothing_is_taken_twice(
    database: Database, clock: HandClock
) -> None:
    """On PostgreSQL they run side by side and skip each other's rows instead of waiting."""
    outbox = Outbox(Queue(database, clock), clock)
    await outbox.put(*(effect(f"{lane}.{seq}", f"lane {lane}") for lane in range(20) for seq in range(3)))
    taken: list[str] = []
    at_work: set[str] = set()

    async def worker(owner: str) -> None:
        idle = 0
        while idle < 50:
            claimed = await outbox.claim(owner, limit=4)
            idle = 0 if claimed else idle + 1
            for each in claimed:
                assert each.lane not in at_work, "two of one lane at once"
                at_work.add(each.lane)
                taken.append(each.payload["name"])
            await asyncio.sleep(0)
            for each in claimed:
                at_work.discard(each.lane)
                assert await outbox.finish(each, owner)

    await asyncio.gather(worker("one"), worker("two"), worker("three"))
    assert sorted(taken) == sorted(f"{lane}.{seq}" for lane in range(20) for seq in range(3))
    for lane in range(20):
        assert [name for name in taken if name.startswith(f"{lane}.")] == [
            f"{lane}.{seq}" for seq in range(3)
        ]


@pytest.mark.postgres
async def test_a_worker_in_the_middle_of_claiming_holds_up_no_other(
    postgres_database: Database, clock: HandClock
) -> None:
    outbox = Outbox(Queue(postgres_database, clock), clock)
    await outbox.put(effect("a", "a"), effect("b", "b"))
    async with outbox.queue.transaction() as tx:
        first = await store.claim(
            tx.connection,
            owner="one",
            priorities=EVERY,
            limit=1,
            now=clock.now(),
            lease_until=clock.now() + timedelta(seconds=45),
        )
        async with asyncio.timeout(2):
            second = await asyncio.create_task(outbox.claim("two"))
    assert (names(first), names(second)) == (["a"], ["b"])


async def test_the_backlog_is_what_is_late_and_not_what_has_its_time_to_come(
    outbox: Outbox, clock: HandClock
) -> None:
    await outbox.put(effect("timer", "timer", after=600), effect("now"))

    async def backlog() -> tuple[int, float]:
        async with outbox.queue.database.read() as connection:
            found = await store.backlog(connection, clock.now())
        return found.size, (clock.now() - found.oldest).total_seconds() if found.oldest else 0

    clock.advance(10)
    assert await backlog() == (1, 10)
    (leased,) = await outbox.claim()
    await outbox.put_back(leased, after=30, failed=False)
    clock.advance(10)
    assert await backlog() == (1, 20), "held back by a limit, it is as late as before"
    clock.advance(20)
    (leased,) = await outbox.claim()
    await outbox.finish(leased)
    assert await backlog() == (0, 0)


async def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(
    outbox: Outbox, clock: HandClock
) -> None:
    await outbox.put(effect("done"), effect("timer", "timer", after=10**8), effect("cancelled", "c", key="c"))
    done = next(each for each in await outbox.claim() if each.payload["name"] == "done")
    async with outbox.queue.transaction() as tx:
        await store.record(
            tx.connection, done, started_at=tx.now, ended_at=tx.now, outcome=Outcome.DONE, detail=""
        )
    await outbox.finish(done)
    clock.advance(100)
    async with outbox.queue.transaction() as tx:
        await store.forget_before(tx.connection, clock.now())
    assert await outbox.states() == {"timer": "pending", "cancelled": "leased"}


async def test_looking_for_work_does_not_read_what_is_done_with(sqlite_database: Database) -> None:
    """A year of finished deliveries must not slow down a page: every look uses an index of what is active."""
    clock = HandClock()
    outbox = Outbox(Queue(sqlite_database, clock), clock)
    seen: list[tuple[str, tuple[Any, ...]]] = []

    def remember(
        connection: object, cursor: object, sql: str, arguments: tuple[Any, ...], context: object, many: bool
    ) -> None:
        if "outbox" in sql and sql.startswith(("SELECT", "WITH", "UPDATE")):
            seen.append((sql, arguments))

    engine = sqlite_database._writer.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    await outbox.put(effect("a", key="a"))
    (leased,) = await outbox.claim()
    await outbox.put_back(leased)
    async with outbox.queue.transaction() as tx:
        await store.outlook(tx.connection, tx.now)
        await store.is_waiting(tx.connection, lane="a")
        await store.backlog(tx.connection, tx.now)
        await store.cancel(tx.connection, ["a"], tx.now)
        await store.release(tx.connection, tx.now)
    event.remove(engine, "before_cursor_execute", remember)
    assert len(seen) >= 8
    async with sqlite_database.write() as connection:
        for sql, arguments in seen:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", arguments)
            for step in plan.scalars("detail"):
                assert "SCAN outbox" not in step or "USING" in step, f"{step}: {sql}"
