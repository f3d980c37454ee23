"""A step that reaches nobody is no step: whoever is next is called at once, and nothing stays silent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator import Acts
from tests.world import World
from tests.world import world as running_world

# Real seconds: the machine may be busy with much else.
WITHIN = 40.0
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  dee: {slack: dee@example.com}
  zoe: {slack: zoe@example.com}
escalation:
  gone: {ladder: [{page: [zoe]}, {after: 20m, page: [bo]}, {after: 40m, page: [dee]}]}
  later: {ladder: [{page: [ana]}, {after: 10m, page: [zoe]}, {after: 30m, page: [bo]}]}
  called: {unheard: "#dev-help", ladder: [{page: [ana]}, {after: 5m, page: [bo]}]}
severities:
  sev1: {page: {path: gone}, room: thread}
  sev2: {page: {path: later}, room: thread}
  sev3: {page: {after: 15m, path: later}, room: thread}
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[World]:
    """Slack knows nobody by Zoe's address."""
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        yield found


def paged(who: Acts, number: int) -> bool:
    return any(f"You are paged: INC-{number}" in who.reads(each) for each in who.direct_messages())


async def test_the_next_is_called_at_once_where_the_only_one_of_a_step_cannot_be_reached(
    house: World,
) -> None:
    ana, bo, dee = house.person("ana"), house.person("bo"), house.person("dee")
    number = await house.declares(ana, "sev1 Nobody on the first step")
    await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    await ana.sees("zoe could not be paged", channel="#incidents", within=WITHIN)
    # Whoever was called has their time to answer, as after any step.
    await house.simulator.clock.advance(minutes=19)
    await house.bot.settled(WITHIN)
    assert not paged(dee, number)
    await house.simulator.clock.advance(minutes=2)
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)


async def test_a_step_further_up_is_passed_over_too_and_once(house: World) -> None:
    ana, bo = house.person("ana"), house.person("bo")
    number = await house.declares(bo, "sev2 Nobody on the second step")
    await ana.sees(f"You are paged: INC-{number}", within=WITHIN)
    await house.bot.settled(WITHIN)
    assert not paged(bo, number)
    await house.simulator.clock.advance(minutes=10)
    await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    await house.simulator.clock.advance(minutes=30)
    await house.bot.settled(WITHIN)
    assert sum(f"You are paged: INC-{number}" in bo.reads(each) for each in bo.direct_messages()) == 1


async def test_whoever_called_a_path_hears_its_end_and_its_answer_as_news(house: World) -> None:
    ana, bo, dee = house.person("ana"), house.person("bo"), house.person("dee")
    await dee.types("/oncall page called Can somebody look?", channel="#general")
    page = await ana.sees("Can somebody look?", within=WITHIN)
    await house.simulator.clock.advance(minutes=5)
    await bo.sees("Can somebody look?", within=WITHIN)
    await house.bot.settled(WITHIN)
    before = {each.ts for each in dee.direct_messages()}
    await house.simulator.clock.advance(minutes=5)
    alarm = await dee.sees("Is anybody here to take it?", channel="#dev-help", within=WITHIN)
    assert "nobody answered on the path called" in dee.reads(alarm)
    news = await dee.sees(":warning: CALL-1: nobody answered", within=WITHIN)
    await house.bot.settled(WITHIN)
    assert [each.ts for each in dee.direct_messages() if each.ts not in before] == [news.ts]

    before = {each.ts for each in dee.direct_messages()}
    await ana.clicks("Acknowledge", message=page)
    answer = await dee.sees(f":white_check_mark: @{ana.name} acknowledged CALL-1", within=WITHIN)
    await house.simulator.until(lambda: "Is anybody here" not in dee.reads(alarm), WITHIN)
    await house.bot.settled(WITHIN)
    assert [each.ts for each in dee.direct_messages() if each.ts not in before] == [answer.ts]
    assert len([each for each in house.said("#dev-help") if "Can somebody look?" in each.text]) == 1


async def test_a_page_that_waits_is_not_forgotten_when_its_severity_is_renamed(
    house: World, tmp_path: Path
) -> None:
    ana, bo = house.person("ana"), house.person("bo")
    number = await house.declares(bo, "sev3 Slow")
    await house.bot.settled(WITHIN)
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK.replace("  sev3:", "  minor:"))
    await bo.types("/ops reload", channel="#general")
    await house.simulator.clock.advance(minutes=16)
    loud = (f"INC-{number}", "the playbook has no path for sev3 any more", "Is anybody here to take it?")
    await house.simulator.until(
        lambda: any(all(each in ana.reads(found) for each in loud) for found in house.said("#incidents")),
        WITHIN,
    )
