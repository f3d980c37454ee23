"""What becomes of a page when its ways fail."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import SystemClock
from bot.contacts.model import Method, Planned
from bot.db import Database
from bot.delivery import store as delivery
from bot.delivery.queue import Queue, Transaction
from bot.model import UserId
from bot.paging import reaching, store
from bot.paging.model import Page, PageId, PageState, Subject
from bot.paging.notice import NoticeState
from bot.playbook import Playbook, PlaybookFile

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com, contacts: {sms: "json://127.0.0.1/sms"}}
notify: {default: [{via: [slack, sms]}]}
severities: {sev1: {}}
"""


async def test_two_ways_that_fail_at_once_leave_nobody_unheard(database: Database, tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    playbook = PlaybookFile(tmp_path / "playbook.yaml", {}).current
    queue, told = Queue(database, SystemClock()), list[str]()

    async def unreachable(tx: Transaction, page: Page, reason: str) -> None:
        told.append(reason)

    now = datetime.now(UTC)
    async with queue.transaction() as tx:
        fresh = Page(
            PageId(0), Subject("INC-1", "sev1", "Down"), "ana", UserId("U1"), "asked", UserId("U2"), now
        )
        page = await store.add(tx.connection, fresh)
        ways = [Planned(Method(name, ""), now, held=False) for name in ("slack", "sms")]
        await reaching.begin(tx, page, ways, playbook)
    async with database.read() as connection:
        notices = await store.notices_of(connection, page.id)

    async def fails(number: int) -> None:
        async with queue.transaction() as tx:
            await reaching.failed(
                tx, page, notices[number], "refused", playbook=playbook, unreachable=unreachable
            )

    async with queue.transaction() as tx:
        await reaching.failed(tx, page, notices[0], "refused", playbook=playbook, unreachable=unreachable)
        second = asyncio.create_task(fails(1))
        # On PostgreSQL it begins meanwhile, and does not see what is being written here.
        if database.dialect == "postgresql":
            await somebody_waits_for_a_row(database)
    await second

    # Who notices only then that nothing is left comes back to it.
    async with database.read() as connection:
        waits = await delivery.is_waiting(connection, lane=f"timer:lost:{page.id}")
    assert waits or told
    async with queue.transaction() as tx:
        await reaching.say_if_lost(tx, page.id, playbook=playbook, unreachable=unreachable)
    async with database.read() as connection:
        found = await store.find(connection, page.id)
    assert found is not None
    assert found.state is PageState.UNREACHABLE
    assert told == ["slack: refused; sms: refused"]


async def somebody_waits_for_a_row(database: Database) -> None:
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(30):
        while True:
            async with database.read() as connection:
                if (await connection.execute(query)).scalar_one():
                    return


@pytest.fixture
async def two_pages(postgres_database: Database, tmp_path: Path) -> tuple[Queue, Playbook, list[Page]]:
    """Two open pages of one person about one subject; the older one was written to last."""
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    playbook = PlaybookFile(tmp_path / "playbook.yaml", {}).current
    queue, now = Queue(postgres_database, SystemClock()), datetime.now(UTC)
    subject, ana = Subject("INC-1", "sev1", "Down"), UserId("U1")
    fresh = Page(PageId(0), subject, "ana", None, "asked", UserId("U2"), now)
    async with queue.transaction() as tx:
        pages = [await store.add(tx.connection, fresh) for _ in range(2)]
    async with queue.transaction() as tx:
        # Where PostgreSQL reads a table from its beginning, what was written last comes last.
        await store.reached(tx.connection, pages[0].id, ana)
    return queue, playbook, pages


async def hold_one_after_the_other(
    queue: Queue, pages: list[Page], meanwhile: Callable[[Transaction], Awaitable[None]]
) -> None:
    """Hold pages as an answer does, while another transaction does something to all of them."""

    async def other() -> None:
        async with queue.transaction() as tx:
            await meanwhile(tx)

    async with queue.transaction() as tx:
        await store.hold(tx.connection, pages[0].id)
        waits = asyncio.create_task(other())
        await somebody_waits_for_a_row(queue.database)
        await store.hold(tx.connection, pages[1].id)
    await waits


@pytest.mark.postgres
async def test_pages_that_are_described_anew_are_held_in_the_order_of_everybody(
    two_pages: tuple[Queue, Playbook, list[Page]],
) -> None:
    queue, _, pages = two_pages

    async def describe(tx: Transaction) -> None:
        # As it is free to, and does where a table is small or its rows are many.
        for way in ("indexscan", "bitmapscan"):
            await tx.connection.execute(text(f"SET LOCAL enable_{way} = off"))
        await store.describe(tx.connection, Subject("INC-1", "sev1", "Worse"))

    await hold_one_after_the_other(queue, pages, describe)
    async with queue.database.read() as connection:
        found = await store.of_subject(connection, "INC-1")
    assert [each.subject.title for each in found] == ["Worse", "Worse"]


@pytest.mark.postgres
async def test_who_is_given_up_is_held_in_the_order_of_everybody(
    two_pages: tuple[Queue, Playbook, list[Page]],
) -> None:
    queue, playbook, pages = two_pages
    told = list[str]()

    async def unreachable(tx: Transaction, page: Page, reason: str) -> None:
        told.append(reason)

    async with queue.transaction() as tx:
        ways = [Planned(Method(name, ""), tx.now, held=False) for name in ("slack", "sms")]
        await reaching.begin(tx, pages[1], ways, playbook)
        slack, sms = await store.notices_of(tx.connection, pages[1].id)
        await store.end_notice(tx.connection, sms, NoticeState.FAILED, "no such number", tx.now)

    async def fail(tx: Transaction) -> None:
        await reaching.failed(tx, pages[1], slack, "refused", playbook=playbook, unreachable=unreachable)

    await hold_one_after_the_other(queue, pages, fail)
    assert told == ["sms: no such number; slack: refused"]
