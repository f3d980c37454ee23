"""What becomes of a page when its ways fail."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.clock import SystemClock
from bot.contacts.model import Method, Planned
from bot.db import Database
from bot.delivery import store as delivery
from bot.delivery.queue import Queue, Transaction
from bot.model import UserId
from bot.paging import reaching, store
from bot.paging.model import Page, PageId, PageState, Subject
from bot.playbook import PlaybookFile

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
