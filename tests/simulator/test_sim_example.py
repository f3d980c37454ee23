"""The example service answers what a bot's checks and reports ask, and can be taken down."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest

from simulator import Simulator

REPO = "github/repos/example/app"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as found:
        yield found


async def get(simulator: Simulator, path: str, **query: str) -> tuple[int, object]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.url}/example/{path}", params=query) as answer,
    ):
        return answer.status, await answer.json()


async def test_it_is_taken_down_and_brought_back(simulator: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        for up, status in ((False, 503), (True, 200)):
            async with session.post(f"{simulator.url}/sim/example", json={"up": up}) as answer:
                assert await answer.json() == {"in_use": False, "up": up}
            assert (await get(simulator, "health"))[0] == status
        async with session.post(f"{simulator.url}/sim/example", json={"up": "no"}) as answer:
            assert answer.status == 400


async def test_its_history_follows_the_clock(simulator: Simulator) -> None:
    await simulator.clock.advance(days=100)
    now = simulator.clock.now()
    _, releases = await get(simulator, f"{REPO}/releases")
    _, deployments = await get(simulator, f"{REPO}/deployments", per_page="3")
    assert isinstance(releases, list)
    assert isinstance(deployments, list)
    assert len(deployments) == 3
    for newest in (releases[0], deployments[0]):
        age = now - datetime.fromisoformat(newest["created_at"])
        assert timedelta() <= age < timedelta(days=3)
    _, statuses = await get(simulator, f"{REPO}/deployments/{deployments[1]['id']}/statuses", per_page="1")
    assert isinstance(statuses, list)
    assert [each["state"] for each in statuses] == ["success"]
    assert (await get(simulator, f"{REPO}/deployments/1/statuses"))[0] == 404


async def test_searches_find_what_was_merged_in_a_range(simulator: Simulator) -> None:
    now = simulator.clock.now()
    week = f"{now - timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}..{now:%Y-%m-%dT%H:%M:%SZ}"
    _, found = await get(
        simulator, "github/search/issues", q=f"repo:example/app is:pr is:merged merged:{week}"
    )
    assert isinstance(found, dict)
    assert found["total_count"] == len(found["items"]) in (4, 5)
    _, found = await get(simulator, "github/search/issues", q="repo:example/app is:issue is:open label:bug")
    assert isinstance(found, dict)
    assert found["total_count"] == 0


@pytest.mark.parametrize(("query", "value"), [("max(instance:cpu:ratio)", ["0.42"]), ("no_such_thing", [])])
async def test_a_metric_is_known_by_a_word_in_the_query(
    simulator: Simulator, query: str, value: list[str]
) -> None:
    _, said = await get(simulator, "prometheus/api/v1/query", query=query)
    assert isinstance(said, dict)
    assert [each["value"][1] for each in said["data"]["result"]] == value
