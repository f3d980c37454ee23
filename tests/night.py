"""A night on which the database goes away: who is on call, and what one sees of it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from simulator import Acts, Message
from tests.outage import StoppablePostgres
from tests.scenarios.test_ladders import PLAYBOOK
from tests.world import World
from tests.world import world as running_world

WITHIN = 60.0
ANSWERED_WITHIN = 3.0


@asynccontextmanager
async def night(folder: Path, url: str) -> AsyncIterator[World]:
    """Ana is on call, Dee after ten minutes, Eli after thirty."""
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    playbook = str(folder / "playbook.yaml")
    async with running_world(folder, PLAYBOOK=playbook, DATABASE_URL=url, LOG_LEVEL="info") as world:
        # Who is who and which channel is which is known from here on, and the roster is kept.
        number = await world.declares(world.person("bo"), "sev1 Before it all")
        page = await world.person("ana").sees(f"You are paged: INC-{number}", within=WITHIN)
        await world.person("ana").clicks("Acknowledge", message=page)
        await world.bot.settled(within=WITHIN)
        await world.bot.until(lambda _: (folder / "roster.json").exists(), WITHIN)
        yield world


@asynccontextmanager
async def night_on(postgres: StoppablePostgres, folder: Path) -> AsyncIterator[World]:
    """A night on a server that runs again afterwards, whatever was done to it."""
    async with night(folder, await postgres.new_database()) as found:
        try:
            yield found
        finally:
            await postgres.start()


async def goes_away(postgres: StoppablePostgres, world: World) -> None:
    await postgres.stop()
    await world.bot.until(lambda state: not state["database"], within=WITHIN)


async def is_back(postgres: StoppablePostgres, world: World) -> None:
    await postgres.start()
    await world.bot.until(lambda state: bool(state["ready"]), within=WITHIN)


async def declares(who: Acts, line: str) -> None:
    """Declare without a database: answered in time, and honestly."""
    answer = await who.types(f"/incident {line}", channel="#general")
    assert answer.ok, answer.error
    assert answer.elapsed < ANSWERED_WITHIN
    assert "I could not record this" in answer.text, answer.text


def pages(who: Acts, title: str) -> list[Message]:
    return [each for each in who.direct_messages() if title in f"{each.text} {each.blocks}" and each.by_app]


async def number_of(world: World, title: str) -> int:
    """The number it was given when the database was back."""
    found: list[int] = []

    def is_there() -> bool:
        texts = [each.text for each in world.said("#incidents") if title in each.text]
        found[:] = [int(match[1]) for text in texts if (match := re.search(r"INC-(\d+)", text))]
        return bool(found)

    await world.simulator.until(is_there, WITHIN, f"{title} with a number")
    assert len(set(found)) == 1
    return found[0]


async def timeline(world: World, number: int) -> str:
    answer = await world.person("bo").types(f"/incident timeline INC-{number}", channel="#general")
    return f"{answer.text} {answer.blocks}"
