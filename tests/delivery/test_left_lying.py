"""Whether a page lies about that nobody tries to send: the sign that delivery itself stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db import Database
from bot.delivery import store
from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.store.stuck import pages_left_lying

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def queue(database: Database, *effects: Effect, at: datetime = NOW) -> None:
    async with database.write() as connection:
        await store.add(connection, effects, at)


async def is_stuck(database: Database, now: datetime) -> bool:
    async with database.read() as connection:
        return await pages_left_lying(connection, now - 2 * MINUTE)


def page(lane: str = "page:1", **more: datetime) -> Effect:
    return Effect("page.show", lane, Priority.PAGE, {}, lane, more.get("not_before"))


async def take(database: Database, now: datetime) -> list[Leased]:
    async with database.write() as connection:
        return await store.claim(
            connection,
            owner="me",
            priorities=[Priority.PAGE],
            limit=5,
            now=now,
            lease_until=now + MINUTE,
        )


async def test_a_page_that_nobody_takes_is_left_lying_after_two_minutes(database: Database) -> None:
    await queue(database, page())
    assert not await is_stuck(database, NOW + MINUTE)
    assert await is_stuck(database, NOW + 2 * MINUTE)


@pytest.mark.parametrize("priority", [Priority.NOTICE, Priority.TIMER])
async def test_so_is_a_text_message_or_a_step_of_a_ladder(database: Database, priority: Priority) -> None:
    await queue(database, Effect("page.climb", "timer:1", priority))
    assert await is_stuck(database, NOW + 2 * MINUTE)


async def test_one_whose_time_has_not_come_is_not(database: Database) -> None:
    await queue(database, page(not_before=NOW + 10 * MINUTE))
    assert not await is_stuck(database, NOW + 5 * MINUTE)
    assert await is_stuck(database, NOW + 12 * MINUTE)


async def test_one_that_is_tried_again_and_again_is_not(database: Database) -> None:
    await queue(database, page(), page())
    (taken,) = await take(database, NOW)
    async with database.write() as connection:
        await store.put_back(
            connection,
            taken,
            owner="me",
            not_before=NOW + 3 * MINUTE,
            error="away",
            failed=True,
            uncertain=False,
            now=NOW,
        )
    assert not await is_stuck(database, NOW + 4 * MINUTE), "Slack is away, and delivery is not"
    assert await is_stuck(database, NOW + 5 * MINUTE)


async def test_one_whose_holder_died_is_left_lying_until_somebody_takes_it(database: Database) -> None:
    await queue(database, page())
    await take(database, NOW)
    assert not await is_stuck(database, NOW + 2 * MINUTE)
    assert await is_stuck(database, NOW + 3 * MINUTE)


@pytest.mark.parametrize("priority", [Priority.ANSWER, Priority.UPDATE, Priority.COSMETIC])
async def test_what_is_no_page_may_wait(database: Database, priority: Priority) -> None:
    await queue(database, Effect("home.draw", "home:1", priority))
    assert not await is_stuck(database, NOW + 60 * MINUTE)
