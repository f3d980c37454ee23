"""Kill -9 at every Slack call of an incident's life: afterwards everything is there, and nothing twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from simulator.faults import Phase
from tests.conftest import url_of
from tests.scenarios.life import live, remains
from tests.world import World
from tests.world import world as running_world

pytestmark = pytest.mark.kill

# Above the number of calls of a life, which differs by what coincides; what is beyond it is skipped.
CALLS = range(1, 49)


@dataclass
class Arena:
    """A world in which the bot is killed again and again, and what an undisturbed life leaves there."""

    world: World
    undisturbed: dict[str, Any] = field(default_factory=dict)
    longest: int = 0


async def arena(world: World) -> Arena:
    # The first one looks up who is who and which channel is which; the second is like all that follow.
    await live(world)
    life = await live(world)
    return Arena(world, remains(world, life.number), len(life.reaper.counted))


@pytest.fixture(scope="session")
async def sqlite_arena(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    async with running_world(tmp_path_factory.mktemp("kill"), start=False, LOG_LEVEL="warning") as world:
        await world.bot.start_as_command()
        yield await arena(world)


@pytest.fixture(scope="session")
async def postgresql_arena(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, postgres_template: asyncpg.Connection
) -> AsyncIterator[Arena]:
    await postgres_template.execute("CREATE DATABASE kill")
    url = url_of(postgres_server, "kill")
    folder = tmp_path_factory.mktemp("kill")
    async with running_world(folder, start=False, LOG_LEVEL="warning", DATABASE_URL=url) as world:
        await world.bot.start_as_command()
        yield await arena(world)
    await postgres_template.execute("DROP DATABASE kill WITH (FORCE)")


@pytest.fixture
def found(dialect: str, request: pytest.FixtureRequest) -> Arena:
    arena: Arena = request.getfixturevalue(f"{dialect}_arena")
    return arena


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
async def test_killed_at_any_call_all_of_an_incident_is_there_once(
    found: Arena, call: int, phase: Phase
) -> None:
    if call > found.longest:
        pytest.skip(f"a life has {found.longest} calls")
    life = await live(found.world, call, phase)
    assert remains(found.world, life.number) == found.undisturbed, f"killed {phase} {life.reaper.struck}"


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 4, 6])
async def test_killed_in_the_first_life_of_a_workspace(
    sqlite_arena: Arena, call: int, phase: Phase, tmp_path: Path
) -> None:
    """When channels are still to be found and joined, and nothing is known from before."""
    async with running_world(tmp_path, start=False, LOG_LEVEL="warning") as world:
        await world.bot.start_as_command()
        life = await live(world, call, phase)
        assert remains(world, life.number) == sqlite_arena.undisturbed, f"killed {phase} {life.reaper.struck}"
