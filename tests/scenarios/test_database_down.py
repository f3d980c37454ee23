"""The database is away: people are paged all the same, and it is written down when it is back."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.night import (
    ANSWERED_WITHIN,
    WITHIN,
    declares,
    goes_away,
    is_back,
    night,
    night_on,
    number_of,
    pages,
    timeline,
)
from tests.outage import StoppablePostgres, way_to
from tests.seeing import announcements
from tests.world import World

pytestmark = pytest.mark.postgres

# The whole of it, as the promise has it, is 120; a suite that is run all day makes do with less.
OUTAGE_S = float(os.environ.get("WATCHBILL_TEST_OUTAGE", "15"))


@pytest.fixture
async def world(postgres: StoppablePostgres, tmp_path: Path) -> AsyncIterator[World]:
    async with night_on(postgres, tmp_path) as found:
        yield found


async def test_without_a_database_a_sev1_is_paged_and_acknowledged_and_recorded_afterwards(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    await goes_away(postgres, world)
    await declares(bo, "sev1 Checkout is down")
    page = await ana.sees("You are paged: sev1 · Checkout is down", within=WITHIN)
    assert (await world.simulator.acting.deliver_again()).ok, "the same request again is the same emergency"
    announced = await bo.sees("Checkout is down", channel="#incidents", within=WITHIN)
    await ana.clicks("Acknowledge", message=page)
    await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
    await world.simulator.until(lambda: "emergency.ack" not in str(announced.blocks), WITHIN)
    await world.simulator.clock.advance(minutes=11)
    assert not pages(dee, "Checkout is down"), "who has it is not disturbed by those after them"
    await is_back(postgres, world)
    number = await number_of(world, "Checkout is down")
    await world.bot.settled(within=WITHIN)
    assert [each.ts for each in pages(ana, "Checkout is down")] == [page.ts]
    assert f"INC-{number}" in page.text
    assert "Acknowledged by <@U01ANA>" in str(page.blocks)
    assert [each.ts for each in announcements(world, number)] == [announced.ts]
    told = await timeline(world, number)
    for line in (
        "declared as sev1",
        "paged <@U01ANA> (on call for primary)",
        "acknowledged",
        "while the database",
    ):
        assert line in told, told
    await world.simulator.clock.advance(minutes=40)
    await world.bot.settled(within=WITHIN)
    assert not pages(dee, "Checkout is down")


async def test_without_a_database_the_ladder_goes_on_and_with_it_again_from_where_it_stood(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee, eli = (world.person(name) for name in ("ana", "bo", "dee", "eli"))
    await goes_away(postgres, world)
    await declares(bo, "sev1 Nobody answers here")
    await ana.sees("You are paged: sev1 · Nobody answers here", within=WITHIN)
    await world.simulator.clock.advance(minutes=9)
    assert not pages(dee, "Nobody answers here")
    await world.simulator.clock.advance(minutes=1)
    await dee.sees("You are paged: sev1 · Nobody answers here", within=WITHIN)
    await is_back(postgres, world)
    number = await number_of(world, "Nobody answers here")
    await world.bot.settled(within=WITHIN)
    await world.simulator.clock.advance(minutes=19)
    await world.bot.settled(within=WITHIN)
    assert not pages(eli, "Nobody answers here")
    await world.simulator.clock.advance(minutes=1, seconds=5)
    await eli.sees(f"You are paged: INC-{number}", within=WITHIN)
    await world.bot.settled(within=WITHIN)
    assert [len(pages(who, "Nobody answers here")) for who in (ana, dee, eli)] == [1, 1, 1]
    await dee.clicks("Acknowledge", message=pages(dee, "Nobody answers here")[0])
    await dee.sees("Acknowledged by <@U04DEE>", within=WITHIN)


async def test_a_bot_restarted_without_its_database_goes_on_with_what_it_wrote_down(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
    await goes_away(postgres, world)
    await declares(bo, "sev1 Before the restart")
    await ana.sees("You are paged: sev1 · Before the restart", within=WITHIN)
    await world.bot.kill()
    await world.bot.start(until_ready=False)
    await world.bot.until(lambda state: bool(state["slack"]) and not state["database"], within=WITHIN)
    await declares(bo, "sev1 After the restart")
    page = await ana.sees("You are paged: sev1 · After the restart", within=WITHIN)
    await ana.clicks("Acknowledge", message=page)
    await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
    await world.simulator.clock.advance(minutes=10)
    await dee.sees("You are paged: sev1 · Before the restart", within=WITHIN)
    await is_back(postgres, world)
    numbers = [await number_of(world, f"{when} the restart") for when in ("Before", "After")]
    await world.bot.settled(within=WITHIN)
    assert len(set(numbers)) == 2
    assert [len(pages(ana, f"{when} the restart")) for when in ("Before", "After")] == [1, 1]
    assert [len(pages(dee, f"{when} the restart")) for when in ("Before", "After")] == [1, 0]
    # And not once more, whatever is left in its files.
    await world.bot.stop()
    await world.bot.start()
    await world.bot.settled(within=WITHIN)
    listed = await bo.types("/incident list", channel="#general")
    assert str(listed.blocks).count("the restart") == 2


async def test_a_commit_whose_answer_was_lost_is_one_incident_and_one_page(
    postgres: StoppablePostgres, tmp_path: Path
) -> None:
    async with way_to(await postgres.new_database()) as way, night(tmp_path, way.url) as world:
        ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
        way.drops_commit_of = b"Was it saved"
        await declares(bo, "sev1 Was it saved")
        page = await ana.sees("You are paged: sev1 · Was it saved", within=WITHIN)
        assert way.dropped.is_set()
        way.mend()
        number = await number_of(world, "Was it saved")
        await world.bot.settled(within=WITHIN)
        await world.simulator.until(lambda: f"INC-{number}" in page.text, WITHIN)
        assert len(pages(ana, "Was it saved")) == 1
        assert len(announcements(world, number)) == 1
        listed = await bo.types("/incident list", channel="#general")
        assert str(listed.blocks).count("Was it saved") == 1
        await ana.clicks("Acknowledge", message=page)
        await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
        await world.simulator.clock.advance(minutes=11)
        await world.bot.settled(within=WITHIN)
        assert not pages(dee, "Was it saved")


async def test_a_database_that_swallows_everything_keeps_nobody_waiting(
    postgres: StoppablePostgres, tmp_path: Path
) -> None:
    async with way_to(await postgres.new_database()) as way, night(tmp_path, way.url) as world:
        ana, bo = world.person("ana"), world.person("bo")
        way.silence()
        await declares(bo, "sev1 Everything hangs")
        page = await ana.sees("You are paged: sev1 · Everything hangs", within=WITHIN)
        way.cut()
        way.mend()
        number = await number_of(world, "Everything hangs")
        await world.simulator.until(lambda: f"INC-{number}" in page.text, WITHIN)
        assert len(pages(ana, "Everything hangs")) == 1


async def test_who_acknowledges_an_older_page_without_a_database_is_told_that_it_did_not_work(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    number = await world.declares(bo, "sev1 An older one")
    page = await ana.sees(f"You are paged: INC-{number}", within=WITHIN)
    await world.bot.settled(within=WITHIN)
    await goes_away(postgres, world)
    assert (await ana.clicks("Acknowledge", message=page)).ok
    await ana.sees("I could not save this", within=WITHIN)
    assert "You are paged" in page.text
    await is_back(postgres, world)
    await ana.clicks("Acknowledge", message=page)
    await world.simulator.until(lambda: "Acknowledged by <@U01ANA>" in str(page.blocks), WITHIN)


async def test_a_form_is_as_good_as_a_line_and_who_pages_nobody_is_told(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    await goes_away(postgres, world)
    await bo.types("/incident", channel="#general")
    assert await bo.submits({"title": "From a form", "severity": "sev1"}) == {}
    await ana.sees("You are paged: sev1 · From a form", within=WITHIN)
    await bo.sees("I could not record this", within=WITHIN)
    await is_back(postgres, world)
    await number_of(world, "From a form")


async def test_minutes_without_a_database_under_load_lose_nothing_and_say_nothing_twice(
    world: World, postgres: StoppablePostgres
) -> None:
    ana, bo = world.person("ana"), world.person("bo")
    loop = asyncio.get_running_loop()
    declared: list[str] = []
    late: list[str] = []

    async def one(title: str) -> None:
        begun = loop.time()
        answer = await bo.types(f"/incident sev1 {title}", channel="#general")
        assert answer.ok, answer.error
        assert answer.elapsed < ANSWERED_WITHIN
        await world.simulator.until(lambda: pages(ana, title), WITHIN, f"a page about {title}")
        if loop.time() - begun > 10:
            late.append(f"{title}: {loop.time() - begun:.1f} s")

    async def load(over: asyncio.Event) -> None:
        running: list[asyncio.Task[object]] = []
        while not over.is_set():
            title = f"Load number {len(declared):03}."
            declared.append(title)
            running.append(asyncio.create_task(one(title)))
            running.append(
                asyncio.create_task(bo.types("/incident update INC-1 Still on it", channel="#general"))
            )
            await asyncio.sleep(1)  # the load itself: one a second
        await asyncio.gather(*running)

    over = asyncio.Event()
    loading = asyncio.create_task(load(over))
    await asyncio.sleep(3)
    await postgres.stop()
    await asyncio.sleep(OUTAGE_S)
    await postgres.start()
    await world.bot.until(lambda state: bool(state["ready"]), within=WITHIN)
    await asyncio.sleep(3)
    over.set()
    await loading
    for title in declared:
        await number_of(world, title)
    await world.bot.settled(within=WITHIN)
    assert len(declared) > OUTAGE_S
    assert [len(pages(ana, title)) for title in declared] == [1] * len(declared)
    heads = [each.text for each in world.said("#incidents") if not each.is_reply]
    announced = [sum(title in text for text in heads) for title in declared]
    assert announced == [1] * len(declared)
    assert not late
