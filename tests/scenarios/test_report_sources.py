"""A weekly report out of all that can be connected: probes, GitHub, a channel, what people enter."""

import json
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from bot.walltime import instant
from simulator import Message
from tests.checks.asking import serving
from tests.seeing import from_bot
from tests.world import World
from tests.world import world as running_world

WITHIN = 60.0
SECTIONS = [
    "reliability",
    "slos",
    "deployments",
    "alerts",
    "feedback",
    "activity",
    "toil",
    "capacity",
    "cost",
]


class Outside:
    """A site that answers, and a GitHub with one deployment."""

    def __init__(self) -> None:
        self.asked = 0
        self.deployed_at = datetime(2020, 1, 1, tzinfo=UTC)
        self.github_is_away = False

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/health":
            self.asked += 1
            return web.Response(text="fine")
        if self.github_is_away:
            return web.Response(status=502)
        return web.json_response(self._github(request))

    def _github(self, request: web.Request) -> Any:
        at = f"{self.deployed_at:%Y-%m-%dT%H:%M:%SZ}"
        if request.path.endswith("/deployments"):
            deployment = {
                "id": 7,
                "sha": "abc",
                "ref": "v1.2.0",
                "environment": "production",
                "created_at": at,
            }
            return [{**deployment, "production_environment": True}]
        if request.path.endswith("/statuses"):
            later = f"{self.deployed_at + timedelta(minutes=8):%Y-%m-%dT%H:%M:%SZ}"
            return [{"state": "success", "created_at": later}, {"state": "in_progress", "created_at": at}]
        if request.path == "/search/issues":
            return {"total_count": 3, "incomplete_results": False, "items": []}
        if request.path == "/repos/example/app":
            return {"default_branch": "main"}
        return [{"name": "main"}, {"name": "search"}] if request.path.endswith("/branches") else []


def playbook(url: str) -> str:
    return json.dumps(
        {
            "version": 1,
            "team": "Checkout",
            "timezone": "America/New_York",
            "people": {"ana": {"slack": "ana@example.com"}},
            "checks": {"site": {"http": {"url": f"{url}/health"}, "every": "1m"}},
            "slos": {"availability": {"objective": "99.9%", "good": "check:site"}},
            "reports": {
                "weekly": {
                    "when": "0 16 * * FRI",
                    "channels": ["#incidents"],
                    "sections": ["verdict", *SECTIONS],
                    "github": ["example/app"],
                    "feedback": {"channel": "#dev-help", "github_label": "feedback"},
                    "cost": {"budget": 2000},
                    "targets": {"uptime": "99%", "deployments": 1, "deployment": "10m"},
                }
            },
        }
    )


@pytest.fixture(scope="module")
async def outside() -> AsyncIterator[tuple[Outside, str]]:
    found = Outside()
    async with serving(found.answer) as url:
        yield found, url


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, outside: tuple[Outside, str]
) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("sources")
    file = folder / "playbook.yaml"
    file.write_text(playbook(outside[1]))
    given = {"PLAYBOOK": str(file), "GITHUB_API_URL": outside[1], "GITHUB_TOKEN": "ghp_forthetests"}
    async with running_world(folder, limits=False, seed=None, start=True, **given) as found:
        await found.bot.settled(WITHIN)
        yield found


async def to(world: World, at: datetime) -> None:
    await world.simulator.clock.advance(at - world.simulator.clock.now())


def friday(world: World, *, days: int = 0) -> datetime:
    """The next Friday at 16:00 in New York that is at least so many days away."""
    zone, after = ZoneInfo("America/New_York"), world.simulator.clock.now() + timedelta(days=days)
    day = after.astimezone(zone).date()
    while day.weekday() != 4 or instant(datetime.combine(day, time(16)), zone) <= after:
        day += timedelta(days=1)
    return instant(datetime.combine(day, time(16)), zone)


@dataclass(frozen=True)
class Entered:
    """What was answered to those who entered something."""

    capacity: str
    undone: str
    overview: str


@pytest.fixture(scope="module")
async def entered(house: World) -> Entered:
    """On a Thursday people enter what no machine knows, and take one of it back."""
    ana = house.person("ana")
    await to(house, friday(house, days=2) - timedelta(days=1))

    async def answered(line: str) -> str:
        answer = await ana.types(f"/ops record {line}")
        assert answer.ok, answer.error
        return str(answer.blocks)

    capacity = await answered("capacity cpu=45% connections=190/200")
    await answered("toil “Log <rotation>” 15m daily automate 1d")
    await answered("cost $1,234.50")
    await answered("cost 99999")
    found = Entered(capacity, undone=await answered("undo"), overview=await answered(""))
    # A report is about whole minutes.
    await house.simulator.clock.advance(minutes=1)
    return found


async def test_people_enter_what_no_machine_knows_and_take_it_back(house: World, entered: Entered) -> None:
    assert "cpu 45 %" in entered.capacity
    assert "connections 190 of 200 (95 %)" in entered.capacity
    assert "99,999" in entered.undone
    assert "Log &lt;rotation&gt;" in entered.overview
    assert "99,999" not in entered.overview
    for wrong, says in (
        ("mood good", "I cannot record “mood”, only capacity, cost, toil"),
        ("capacity cpu", "Try: /ops record capacity cpu=45%"),
        ("toil nothing", "Try: /ops record toil"),
    ):
        assert says in (await house.person("ana").types(f"/ops record {wrong}")).text


@pytest.mark.usefixtures("entered")
async def test_on_friday_it_tells_of_all_of_them(house: World, outside: tuple[Outside, str]) -> None:
    ana, (world_outside, _) = house.person("ana"), outside
    world_outside.deployed_at = house.simulator.clock.now()
    await ana.joins("#dev-help")
    await ana.says("Where do I find <the export>?", channel="#dev-help")
    await ana.says("Thanks, found it", channel="#dev-help")
    asked = world_outside.asked
    for _ in range(5):
        await house.simulator.clock.advance(minutes=1)
        await house.bot.settled(WITHIN)
    await house.bot.until(lambda _: world_outside.asked > asked, WITHIN)
    await to(house, friday(house) + timedelta(seconds=1))

    def screens() -> list[Message]:
        return [
            each
            for each in from_bot(house, "#incidents")
            if "Weekly report" in each.text and not each.is_reply
        ]

    await house.simulator.until(lambda: bool(screens()), WITHIN, "the report")
    await house.bot.settled(WITHIN)
    [screen] = screens()
    every = house.simulator.channel("#incidents").by_ts.values()
    thread = [each for each in every if each.thread_ts == screen.ts and each.is_reply]
    told = {each.text.split(":")[0]: ana.reads(each) for each in thread if not each.files}
    if os.environ.get("WATCHBILL_SHOW"):
        print(ana.reads(screen), *told.values(), sep="\n\n")
    assert "uptime: 100 %" in told["Reliability"]
    assert "availability" in told["SLOs"]
    assert "v1.2.0 to production, succeeded, took 8 min" in told["Deployments"]
    assert "0 alerts of probes" not in told["Deployments"]
    assert "alerts: 0" in told["Alerts"]
    assert "Where do I find <the export>?" in told["Feedback"]
    assert re.search(r"https://\S+/archives/C\w+/p\d+", told["Feedback"])
    assert "Thanks" not in told["Feedback"]
    assert "3 pull requests merged" in told["Activity"]
    assert "Log <rotation>: 15 min daily, 7.5 h a month" in told["Toil"]
    assert "Too much is in use of connections (95 %)" in ana.reads(screen) + told["Capacity"]
    assert "1,234.50" in told["Cost"]
    [csv] = [
        file.content.decode("utf-8-sig")
        for each in thread
        for file in each.files
        if file.name.endswith("csv")
    ]
    assert "date,uptime %,average ms,p95 ms,p99 ms,error %,requests,incidents,deployments,notes" in csv
    assert '"week, average",100' in csv
    why = str((await ana.types('/ops report why "uptime"')).blocks)
    assert "answers did not fail" in why
    assert "entered by ana" in str((await ana.types("/ops report why connections")).blocks)


@pytest.mark.usefixtures("entered")
async def test_a_github_that_is_away_is_unknown_and_the_rest_is_told(
    house: World, outside: tuple[Outside, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = house.person("ana")
    monkeypatch.setattr(outside[0], "github_is_away", True)
    await ana.types("/ops report weekly")

    def mine() -> list[Message]:
        return [each for each in ana.direct_messages() if "Weekly report" in each.text and not each.is_reply]

    await house.simulator.until(lambda: bool(mine()), WITHIN, "the report so far")
    await house.bot.settled(WITHIN)
    seen = ana.reads(mine()[0])
    assert "Deployments: not known: GitHub answered 502" in seen
    assert "Capacity: " in seen
