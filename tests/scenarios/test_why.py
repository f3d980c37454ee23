"""Why somebody was paged, or nobody was."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.world import ROOT, World
from tests.world import world as running_world

SECRET = "for the tests of why, and long enough"
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  dee: {slack: dee@example.com}
schedules:
  primary:
    layers:
      - {rotate: [dee], every: 1 week, starts: 2026-01-05 00:00}
      - {rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}
escalation:
  platform:
    repeat: 1
    ladder:
      - {page: [schedule:primary]}
      - {after: 10m, page: [dee]}
severities:
  sev1: {page: {path: platform}, room: thread}
  sev2: {page: {after: 15m, path: platform}, room: thread}
  sev3: {room: thread}
"""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("why")
    async with running_world(folder, playbook=PLAYBOOK, LINK_SECRET=SECRET) as found:
        yield found


@pytest.fixture
async def quiet_house(tmp_path: Path) -> AsyncIterator[World]:
    """One of its own, in which nobody covers yet."""
    async with running_world(tmp_path, playbook=PLAYBOOK, LINK_SECRET=SECRET) as found:
        yield found


async def asked_in_slack(world: World, what: str, who: str = "bo") -> str:
    answer = await world.person(who).types(f"/ops why {what}", channel="#general")
    return answer.text + str(answer.blocks)


async def asked_in_a_shell(world: World, what: str) -> str:
    return await in_a_shell(world, "why", what)


async def in_a_shell(world: World, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        env=world.bot.environment,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode()


async def test_a_page_tells_rule_rung_layer_cover_way_and_answer(quiet_house: World) -> None:
    ana, bo = quiet_house.person("ana"), quiet_house.person("bo")
    await bo.types("/oncall cover primary @ana for 2h", channel="#general")
    number = await quiet_house.declares(ana, "sev1 Covered & escalated")
    page = await bo.sees(f"You are paged: INC-{number}")
    await quiet_house.bot.settled()
    await quiet_house.simulator.clock.advance(minutes=10)
    await quiet_house.person("dee").sees(f"You are paged: INC-{number}")
    await bo.clicks("Acknowledge", message=page)
    await quiet_house.bot.settled()

    told = await asked_in_slack(quiet_house, f"INC-{number}")
    for fact in (
        "the playbook pages for sev1: along the path platform",
        "rule: step 1 of 2 of the path platform, round 1 of 2, made by <@U01ANA>",
        "target schedule:primary: layer 2 of 2; cover 1: <@U02BO> for <@U01ANA>, entered by <@U02BO>",
        "without covers it would be <@U01ANA>",
        "rule: step 2 of 2 of the path platform",
        "target dee: named by the playbook",
        "by slack: meant for",
        "accepted",
        "acknowledged by <@U02BO>",
        "ended before step 1 of 2 of the path platform, round 2 of 2: somebody answered",
        "timer page.climb: cancelled",
    ):
        assert fact in told, fact

    said = await asked_in_a_shell(quiet_house, f"INC-{number}")
    assert "target schedule:primary: layer 2 of 2; cover 1: bo for ana, entered by bo" in said
    assert "Covered & escalated" in said
    assert "acknowledged by bo" in said
    number_of_page = said.split("Page ")[1].split()[0]
    assert "rule: step 1 of 2" in await asked_in_slack(quiet_house, number_of_page)
    assert "rule: step 1 of 2" in await asked_in_a_shell(quiet_house, number_of_page)


async def test_a_page_tells_the_next_step_of_its_path_as_its_incident_does(house: World) -> None:
    number = await house.declares(house.person("ana"), "sev1 Not answered yet")
    await house.bot.settled()
    said = await asked_in_a_shell(house, f"INC-{number}")
    page = said.split("Page ")[1].split()[0]
    for told in (said, await asked_in_a_shell(house, page), await asked_in_slack(house, page)):
        assert "Path platform, begun" in told
        assert "next: step 2 of 2 of the path platform, round 1 of 2" in told
        assert "timer page.climb: pending, due" in told
    await house.person("ana").types(f"/incident ack INC-{number}", channel="#general")
    await house.bot.settled()
    assert "timer page.climb: cancelled" in await asked_in_slack(house, page)


async def test_a_call_tells_what_an_incident_would(house: World) -> None:
    bo = house.person("bo")
    await bo.types("/oncall page platform Look at the <backup>", channel="#general")
    shown = await bo.sees("Look at the &lt;backup&gt;: Nobody has answered yet")
    await house.bot.settled()
    name = shown.text.split()[0]
    assert name.startswith("CALL-")
    for told, text in (
        (await asked_in_slack(house, name.lower()), "Look at the &lt;backup&gt;"),
        (await asked_in_a_shell(house, name), "Look at the <backup>"),
    ):
        assert f"{name} · {text}" in told
        assert "nobody has acknowledged it" in told
        assert "rule: step 1 of 2 of the path platform, round 1 of 2" in told
        assert "next: step 2 of 2 of the path platform" in told
        assert "timer page.climb: pending, due" in told
    assert "is acknowledged by" in await in_a_shell(house, "ack", name, "--as", "dee")
    assert "acknowledged by dee" in await asked_in_a_shell(house, name)
    assert "timer page.climb: cancelled" in await asked_in_slack(house, name)


async def test_the_absence_of_a_page_has_its_reason_too(house: World) -> None:
    ana = house.person("ana")
    quiet = await house.declares(ana, "sev3 Nobody is paged")
    told = await asked_in_slack(house, f"INC-{quiet}")
    assert "nobody was paged" in told
    assert "the playbook pages nobody for sev3" in told

    later = await house.declares(ana, "sev2 Not yet")
    told = await asked_in_slack(house, f"INC-{later}")
    assert "along the path platform after 0:15:00 without an acknowledgement" in told
    assert "timer incident.page_due: pending, due" in told
    await ana.types(f"/incident ack INC-{later}", channel="#general")
    assert "timer incident.page_due: cancelled" in await asked_in_slack(house, f"INC-{later}")


async def test_a_slack_that_was_away_is_in_the_record(house: World) -> None:
    before = len(house.bot.log)

    def news(world: World) -> list[str]:
        return world.bot.log[before:].splitlines()

    house.simulator.faults.outage(sockets=False)
    number = await house.declares(house.person("ana"), "sev1 While Slack is down")
    # Tried, and in vain.
    await house.bot.until(
        lambda _: any("page.show" in line and "unclear" in line for line in news(house)), 30
    )
    house.simulator.faults.clear()
    await house.bot.settled(30)
    told = await asked_in_slack(house, f"INC-{number}")
    assert "page.show: done" in told, told
    assert "unclear" in told


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("", "Why what?"),
        ("99999", "There is no page 99999"),
        ("INC-99999", "There is no INC-99999"),
        ("CALL-99999", "There is no CALL-99999"),
    ],
)
async def test_what_is_not_there_is_said(house: World, what: str, says: str) -> None:
    assert says in await asked_in_slack(house, what)


async def test_what_is_private_is_for_those_who_may_see_it(house: World) -> None:
    number = await house.declares(house.person("ana"), "sev3 A breach private")
    assert f"There is no INC-{number}" in await asked_in_slack(house, f"INC-{number}", who="chen")
    assert "A breach" in await asked_in_slack(house, f"INC-{number}", who="ana")


async def test_a_shell_is_told_who_is_on_call_with_covers_and_without(house: World) -> None:
    await house.person("bo").types("/oncall cover primary for 2h", channel="#general")
    await house.bot.settled()
    at = f"{house.simulator.clock.now() + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    asked = ("oncall", "who", "primary", "--at", at, "--json")
    assert json.loads(await in_a_shell(house, *asked))["people"] == ["ana"]
    covered = json.loads(await in_a_shell(house, *asked, "--covers"))
    assert covered["people"] == ["bo"]
    end = f"{datetime.fromisoformat(covered['until']) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    listed = ("oncall", "shifts", "primary", "--from", at, "--to", end, "--json", "--covers")
    found = json.loads(await in_a_shell(house, *listed))
    assert [each["people"] for each in found] == [["bo"], ["ana"]]
    assert found[0]["end"] == covered["until"]
