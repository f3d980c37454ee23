"""The auditor finds what an open incident lacks, and nothing where all is well."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.db import Database
from bot.delivery.queue import Queue, Transaction
from bot.incidents import store
from bot.incidents.model import change, queued, rooms
from bot.incidents.model.change import Change, Declaration
from bot.incidents.model.incident import Number, RoomKind, Terms
from bot.incidents.service.audit import repair
from bot.messages import store as messages
from bot.messages.store import Posted
from bot.model import Act, ChannelId, Ts, UserId

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANNEL = Terms("sev1", RoomKind.CHANNEL, update_every=timedelta(minutes=15))
THREAD = Terms("sev3", RoomKind.THREAD)


@pytest.fixture
def queue(sqlite_database: Database) -> Queue:
    return Queue(sqlite_database, SystemClock())


def declared(terms: Terms, **more: Any) -> Change:
    wanted = Declaration("Title", terms, Act(UserId("U01ANA"), NOW, "test"), **more)
    return change.declare(Number(1), wanted)


async def kept(tx: Transaction, found: Change, *, queues: bool = True) -> None:
    await store.add(tx.connection, found.incident)
    if queues:
        tx.queue(*found.effects)


async def posted(tx: Transaction, *keys: str) -> None:
    for key in keys:
        await messages.keep(tx.connection, Posted(key, ChannelId("C1"), Ts(key), ""), NOW)


async def found_by(queue: Queue) -> set[str]:
    async with queue.transaction() as tx:
        return {finding.what for finding in await repair(tx)}


@pytest.mark.parametrize("terms", [CHANNEL, THREAD])
async def test_what_was_just_declared_lacks_nothing(queue: Queue, terms: Terms) -> None:
    async with queue.transaction() as tx:
        await kept(tx, declared(terms))
    assert await found_by(queue) == set()


async def test_what_neither_is_there_nor_on_its_way_is_queued_once(queue: Queue) -> None:
    async with queue.transaction() as tx:
        await kept(tx, declared(CHANNEL), queues=False)
    assert await found_by(queue) == {
        "incident_without_announcement",
        "incident_without_room",
        "incident_without_update_timer",
    }
    assert await found_by(queue) == set()


async def test_a_card_that_waits_for_its_thread_does_not_hide_the_missing_announcement(queue: Queue) -> None:
    async with queue.transaction() as tx:
        await kept(tx, declared(THREAD), queues=False)
        tx.queue(queued.card(Number(1)))
    assert await found_by(queue) == {"incident_without_announcement"}


async def test_a_thread_without_its_card_gets_one(queue: Queue) -> None:
    async with queue.transaction() as tx:
        await kept(tx, declared(THREAD), queues=False)
        await posted(tx, "incident:1:announcement")
    assert await found_by(queue) == {"incident_without_card"}


async def test_a_private_incident_without_a_room_lacks_nothing(queue: Queue) -> None:
    async with queue.transaction() as tx:
        first = declared(CHANNEL, private=True)
        none = rooms.do_without_room(first.incident, "restricted_action", NOW)
        await kept(tx, none, queues=False)
    assert await found_by(queue) == {"incident_without_update_timer"}
