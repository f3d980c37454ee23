"""Reports that write themselves."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.world import World
from tests.world import world as running_world

ZONE = ZoneInfo("America/New_York")
PLAYBOOK = """
version: 1
team: Checkout
timezone: America/New_York
people:
  ana: {slack: ana@example.com}
reports:
  weekly:
    when: "0 16 * * FRI"
    channels: ["#prod-alerts", "#incidents"]
    sections: [incidents]
"""


@pytest.fixture
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    async with running_world(folder, PLAYBOOK=str(folder / "playbook.yaml")) as found:
        yield found


async def to_friday(world: World, *, seconds: int) -> None:
    """Move the clock to the next Friday, `seconds` from 16:00 in New York."""
    now = world.simulator.clock.now().astimezone(ZONE).replace(tzinfo=None)
    friday = now.replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=(4 - now.weekday()) % 7)
    while friday + timedelta(seconds=seconds) <= now:
        friday += timedelta(days=7)
    target = (friday + timedelta(seconds=seconds)).replace(tzinfo=ZONE)
    left = target - datetime.now(ZONE) - world.simulator.clock.offset
    await world.simulator.clock.advance(seconds=left.total_seconds())


def reports(world: World, channel: str) -> list[str]:
    return [each.text for each in world.said(channel) if "Weekly report" in each.text]


async def test_on_friday_at_four_the_report_is_in_both_channels_once(house: World) -> None:
    ana = house.person("ana")
    await house.declares(ana, "sev1 Before the week ends")
    await house.bot.settled(30)
    await to_friday(house, seconds=-60)
    await house.bot.settled(30)
    assert reports(house, "#prod-alerts") == []
    await house.simulator.clock.advance(seconds=61)
    for channel in ("#prod-alerts", "#incidents"):
        await ana.sees("Weekly report · Checkout", channel=channel, within=30)
    await house.bot.settled(30)
    assert len(reports(house, "#prod-alerts")) == len(reports(house, "#incidents")) == 1
