"""The worker: what becomes of an effect, whatever its performer does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot.db import Database
from bot.delivery import store, worker
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.queue import Queue, Transaction
from bot.delivery.worker import Done, Perform, Worker
from tests.delivery.by_hand import HandClock, Outbox, effect, until


class Outside:
    """A performer that does as it is told; `done` in the order things were done."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.done: list[str] = []
        self.uncertain: list[str] = []
        self.dead: list[tuple[str, str, bool]] = []
        self.answers: dict[str, list[Exception]] = {}
        self.gates: dict[str, asyncio.Event] = {}

    async def perform(self, leased: Leased) -> Done:
        name = leased.payload["name"]
        self.tried.append(name)
        if leased.uncertain:
            self.uncertain.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if self.answers.get(name):
            raise self.answers[name].pop(0)
        self.done.append(name)
        return Done(detail="done")

    async def bury(self, tx: Transaction, leased: Leased, reason: str, goes_on: bool) -> None:
        self.dead.append((leased.payload["name"], reason, goes_on))


@pytest.fixture
def outside() -> Outside:
    return Outside()


@asynccontextmanager
async def at_work(
    outbox: Outbox, outside: Outside, more: Mapping[str, Perform] | None = None
) -> AsyncIterator[Worker]:
    working = Worker(outbox.queue, {"do": outside.perform, **(more or {})}, outside.bury)
    await working.start()
    try:
        yield working
    finally:
        for gate in outside.gates.values():
            gate.set()
        await working.stop()


async def attempts_of(outbox: Outbox) -> list[tuple[str, str]]:
    query = select(store.attempts.c.outcome, store.attempts.c.detail).order_by(store.attempts.c.id)
    async with outbox.queue.database.read() as connection:
        return [(row.outcome, row.detail) for row in await connection.execute(query)]


async def settled(outbox: Outbox, **wanted: str) -> None:
    """Wait for effects to reach a state."""

    async def reached() -> bool:
        return {name: state for name, state in (await outbox.states()).items() if name in wanted} == wanted

    await row_says(reached)


async def tried(outbox: Outbox, times: int) -> None:
    """Wait until so many attempts are on record."""

    async def reached() -> bool:
        return len(await attempts_of(outbox)) >= times

    await row_says(reached)


async def row_says(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110  It is a row of a database that is waited for.
            await asyncio.sleep(0.005)


async def test_it_is_done_as_soon_as_it_is_queued_and_on_record(outbox: Outbox, outside: Outside) -> None:
    async with at_work(outbox, outside):
        await outbox.put(effect())
        await settled(outbox, one="done")
    assert await attempts_of(outbox) == [("done", "done")]


async def test_a_limit_is_waited_for_and_is_no_failure(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.answers["one"] = [Busy("full", clock.now() + timedelta(seconds=90))]
    async with at_work(outbox, outside):
        await outbox.put(effect())
        await tried(outbox, 1)
        clock.advance(89)
        await outbox.put(effect("two", "other"))
        await settled(outbox, two="done", one="pending")
        clock.advance(1)
        await settled(outbox, one="done")
    assert [outcome for outcome, _ in await attempts_of(outbox)] == ["busy", "done", "done"]
    assert outside.uncertain == []


async def test_a_page_is_tried_again_every_five_seconds_at_most_and_never_given_up(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.answers["page"] = [Away("down") for _ in range(12)]
    async with at_work(outbox, outside):
        await outbox.put(effect("page", "page:1", priority=Priority.PAGE))
        for times in range(1, 13):
            await tried(outbox, times)
            clock.advance(5)
        await settled(outbox, page="done")
    assert outside.uncertain == []
    assert outside.dead == []


async def test_an_answer_that_was_lost_is_looked_for_the_next_time(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.answers["one"] = [Unclear("no answer")]
    async with at_work(outbox, outside):
        await outbox.put(effect())
        await tried(outbox, 1)
        clock.advance(1)
        await settled(outbox, one="done")
    assert outside.uncertain == ["one"]


async def test_a_refusal_is_told_once_and_what_follows_goes_on(outbox: Outbox, outside: Outside) -> None:
    outside.answers["first"] = [Refused("chat.postMessage: is_archived", error="is_archived")]
    async with at_work(outbox, outside):
        await outbox.put(effect("first"), effect("second"), effect("third"))
        await settled(outbox, first="dead", second="done", third="done")
    assert outside.dead == [("first", "chat.postMessage: is_archived", False)]


async def test_a_mistake_of_ours_is_tried_five_times_told_and_out_of_the_way(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.answers["first"] = [ValueError("a bug") for _ in range(9)]
    async with at_work(outbox, outside):
        await outbox.put(effect("first"), effect("second"))
        for times in range(1, 5):
            await tried(outbox, times)
            clock.advance(15)
        await settled(outbox, first="dead", second="done")
    assert outside.dead == [("first", "ValueError: a bug", False)]


async def test_a_page_that_hits_a_mistake_of_ours_is_tried_on_and_told_of(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.answers["page"] = [ValueError("a bug") for _ in range(6)]
    async with at_work(outbox, outside):
        await outbox.put(effect("page", "page:1", priority=Priority.PAGE))
        for times in range(1, 7):
            await tried(outbox, times)
            clock.advance(5)
        await settled(outbox, page="done")
    assert outside.dead == [("page", "ValueError: a bug", True)] * 2


async def test_an_effect_nobody_can_perform_is_told_and_out_of_the_way(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    """What a newer release queued, after going back to an older one."""
    async with at_work(outbox, outside):
        await outbox.put(effect("from the future", kind="unheard of"), effect("second"))
        for times in range(1, 5):
            await tried(outbox, times)
            clock.advance(15)
        await settled(outbox, **{"from the future": "dead", "second": "done"})


async def test_what_follows_is_written_with_the_end_of_it_or_not_at_all(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    fails = [True]

    async def perform(leased: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            tx.queue(effect("following", "other"))
            if fails.pop() if fails else False:
                raise LookupError("what it was about is gone")

        outside.tried.append("timer" if not leased.uncertain else "timer, uncertain")
        return Done(record)

    async with at_work(outbox, outside, {"timer": perform}):
        await outbox.put(effect("timer", kind="timer"))
        await tried(outbox, 1)
        assert await outbox.states() == {"timer": "pending"}
        clock.advance(1)
        await settled(outbox, timer="done", following="done")
    assert outside.tried == ["timer", "timer, uncertain", "following"]
    assert [outcome for outcome, _ in await attempts_of(outbox)] == ["broken", "done", "done"]


async def test_a_record_the_database_refuses_each_time_does_not_block_its_lane_for_ever(
    outbox: Outbox, outside: Outside, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RECORD_AGAIN_S", 0.001)

    async def perform(_: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            await tx.connection.execute(text("INSERT INTO outbox (lane) VALUES (NULL)"))

        return Done(record)

    # Captured, because drawing a traceback takes longer than all the rest.
    with structlog.testing.capture_logs():
        async with at_work(outbox, outside, {"timer": perform}):
            await outbox.put(effect("timer", kind="timer"), effect("second"))
            for times in range(1, 5):
                await tried(outbox, times)
                clock.advance(15)
            await settled(outbox, timer="dead", second="done")
    assert len(outside.dead) == 1


async def test_a_database_that_was_away_while_recording_costs_no_second_delivery(
    outbox: Outbox, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RECORD_AGAIN_S", 0.001)
    failures = [OperationalError("COMMIT", {}, Exception("disk full")), ConnectionRefusedError("gone")]
    finish = store.finish

    async def failing(*arguments: object, **options: object) -> object:
        if failures:
            raise failures.pop()
        return await finish(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "finish", failing)
    async with at_work(outbox, outside):
        await outbox.put(effect())
        await settled(outbox, one="done")
    assert outside.tried == ["one"]


async def test_what_waits_behind_a_lane_leaves_at_once_when_it_ends_whichever_crew_it_needs(
    outbox: Outbox, outside: Outside
) -> None:
    outside.gates["slow"] = asyncio.Event()
    async with at_work(outbox, outside):
        await outbox.put(effect("slow", priority=Priority.PAGE), effect("next", priority=Priority.COSMETIC))
        await until(lambda: outside.tried == ["slow"])
        outside.gates["slow"].set()
        await settled(outbox, slow="done", next="done")


async def test_with_every_other_hand_stuck_a_page_still_leaves(outbox: Outbox, outside: Outside) -> None:
    stuck = [f"stuck {number}" for number in range(60)]
    outside.gates = {name: asyncio.Event() for name in stuck}
    async with at_work(outbox, outside):
        await outbox.put(*(effect(name, name) for name in stuck))
        await until(lambda: len(outside.tried) == 24)
        await outbox.put(effect("page", "page:1", priority=Priority.PAGE))
        await settled(outbox, page="done")


async def test_a_jump_of_the_clock_past_the_lease_of_what_is_in_hand_changes_nothing(
    outbox: Outbox, outside: Outside, clock: HandClock
) -> None:
    outside.gates["slow"] = asyncio.Event()
    async with at_work(outbox, outside):
        await outbox.put(effect("slow"), effect("timer", "timer", after=7200))
        await until(lambda: outside.tried == ["slow"])
        clock.advance(7200)
        await settled(outbox, timer="done")
        outside.gates["slow"].set()
        await settled(outbox, slow="done")
    assert outside.tried == ["slow", "timer"]
    assert [outcome for outcome, _ in await attempts_of(outbox)] == ["done", "done"]


async def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest(
    outbox: Outbox, outside: Outside
) -> None:
    outside.gates["first"] = asyncio.Event()
    working = Worker(outbox.queue, {"do": outside.perform}, outside.bury)
    await working.start()
    await outbox.put(effect("first"), effect("second"))
    await until(lambda: outside.tried == ["first"])
    stopping = asyncio.create_task(working.stop())
    await until(lambda: all(crew.done() for crew in working._crews))
    await outbox.put(effect("later", "other"))
    outside.gates["first"].set()
    await stopping
    assert await outbox.states() == {"first": "done", "second": "pending", "later": "pending"}
    async with at_work(outbox, outside):
        await settled(outbox, first="done", second="done", later="done")
    assert outside.uncertain == []


async def test_a_claim_that_is_being_written_when_the_stop_comes_is_carried_out(
    outbox: Outbox, outside: Outside
) -> None:
    """Left leased, it would count as perhaps done, and what is cosmetic would be dropped."""
    for number in range(25):
        working = Worker(outbox.queue, {"do": outside.perform}, outside.bury)
        await working.start()
        await outbox.put(effect(f"{number}", f"lane {number}"))
        for _ in range(number):
            await asyncio.sleep(0)
        await working.stop()
        assert set((await outbox.states()).values()) <= {"done", "pending"}
    assert outside.uncertain == []


async def test_what_does_not_end_in_time_is_let_go_so_that_another_looks_at_once(
    outbox: Outbox, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "STOP_WITHIN_S", 0.05)
    outside.gates["stuck"] = asyncio.Event()
    working = Worker(outbox.queue, {"do": outside.perform}, outside.bury)
    await working.start()
    await outbox.put(effect("stuck"))
    await until(lambda: outside.tried == ["stuck"])
    await working.stop()
    del outside.gates["stuck"]
    async with at_work(outbox, outside):
        await settled(outbox, stuck="done")
    assert outside.uncertain == ["stuck"]


async def test_a_database_that_is_away_does_not_end_delivery(
    outbox: Outbox, outside: Outside, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [True]
    look = store.outlook

    async def looking(*arguments: object) -> object:
        if away:
            raise ConnectionRefusedError("the database is not there")
        return await look(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "outlook", looking)
    async with at_work(outbox, outside):
        await outbox.put(effect())
        away.clear()
        clock.advance(1)
        await settled(outbox, one="done")


async def test_a_commit_whose_caller_gave_up_waiting_is_still_carried_out(
    sqlite_database: Database, clock: HandClock, outside: Outside
) -> None:
    """They were told that it is not known; what was saved must not sleep until something else wakes it."""
    outbox = Outbox(Queue(sqlite_database, clock), clock)
    async with at_work(outbox, outside):
        started = time.perf_counter()
        await outbox.put(effect("timed", "timed"))
        takes = time.perf_counter() - started
        for delay in range(30):
            began = asyncio.create_task(outbox.put(effect(f"{delay}", f"lane {delay}")))
            await asyncio.sleep(takes * delay / 15)  # anywhere from before it begins to after it is committed
            began.cancel()
            await asyncio.gather(began, return_exceptions=True)
            clock.advance(5)
            await settled(outbox, **dict.fromkeys(await outbox.states(), "done"))
    assert len(outside.done) > 1


@pytest.mark.postgres
async def test_two_replicas_do_everything_once_and_each_lane_in_order(
    postgres_url: str, clock: HandClock
) -> None:
    outsides = [Outside(), Outside()]
    databases = [await Database.open(postgres_url) for _ in outsides]
    outboxes = [Outbox(Queue(database, clock), clock) for database in databases]
    workers = [
        Worker(box.queue, {"do": side.perform}, side.bury)
        for box, side in zip(outboxes, outsides, strict=True)
    ]
    every: list[str] = []

    async def perform(leased: Leased) -> Done:
        every.append(leased.payload["name"])
        await asyncio.sleep(0)
        return Done()

    for each in workers:
        each._performers = {"do": perform}
        await each.start()
    wanted: list[Effect] = [effect(f"{lane}.{seq}", f"lane {lane}") for seq in range(4) for lane in range(30)]
    await outboxes[0].put(*wanted[::2])
    await outboxes[1].put(*wanted[1::2])
    async with asyncio.timeout(30):
        while len(every) < len(wanted):
            clock.advance(1)
            await asyncio.sleep(0.02)
    for each in workers:
        await each.stop()
    for database in databases:
        await database.close()
    assert sorted(every) == sorted(each.payload["name"] for each in wanted)


@pytest.mark.postgres
async def test_a_replica_that_died_is_taken_over_when_its_lease_ends(
    postgres_database: Database, clock: HandClock, outside: Outside
) -> None:
    outbox = Outbox(Queue(postgres_database, clock), clock)
    await outbox.put(effect())
    await outbox.claim("a replica that dies", lease=45)
    async with at_work(outbox, outside):
        clock.advance(44)
        await outbox.put(effect("two", "other"))
        await settled(outbox, two="done", one="leased")
        clock.advance(1)
        await settled(outbox, one="done")
    assert outside.uncertain == ["one"]
