"""PagerDuty while the database is away, where an emergency has no number yet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import pagerduty
from tests.night import declares, goes_away, is_back, number_of
from tests.outage import StoppablePostgres
from tests.pagerduty import KEY
from tests.scenarios.test_pagerduty import HOUSE, PLAYBOOK, WITHIN
from tests.world import World
from tests.world import world as running_world


@pytest.fixture
async def service() -> AsyncIterator[pagerduty.PagerDuty]:
    async with pagerduty.PagerDuty() as found:
        yield found
    assert not found.refused, "what was sent is as documented"


@pytest.fixture
async def night(
    postgres: StoppablePostgres, service: pagerduty.PagerDuty, tmp_path: Path
) -> AsyncIterator[World]:
    async with running_world(
        tmp_path,
        playbook=PLAYBOOK,
        DATABASE_URL=await postgres.new_database(),
        PUBLIC_URL=f"https://{HOUSE}",
        PAGERDUTY_EVENTS_URL=service.url,
        PAGERDUTY_WEBHOOK_SECRET=service.secret,
    ) as found:
        try:
            await found.declares(found.person("bo"), "sev2 Before it all")
            await found.person("ana").sees("Before it all", within=WITHIN)
            await found.bot.settled(within=WITHIN)
            await found.bot.until(lambda _: (found.bot.folder / "roster.json").exists(), WITHIN)
            await goes_away(postgres, found)
            yield found
        finally:
            await postgres.start()


async def opened(night: World, service: pagerduty.PagerDuty, title: str) -> str:
    """The key under which PagerDuty knows what was declared with this title."""
    keys: list[str] = []

    def is_there() -> bool:
        keys[:] = [each["dedup_key"] for each in service.of("trigger") if title in str(each["payload"])]
        return bool(keys)

    await night.simulator.until(is_there, WITHIN, f"{title} in PagerDuty")
    return keys[-1]


@pytest.mark.postgres
async def test_who_acknowledges_there_has_it_also_without_a_database(
    night: World, postgres: StoppablePostgres, service: pagerduty.PagerDuty
) -> None:
    await declares(night.person("bo"), "sev1 Answered over there")
    await night.person("ana").sees("You are paged: sev1", within=WITHIN)
    key = await opened(night, service, "Answered over there")
    status, said = await service.tells(night.bot.url, service.event("incident.acknowledged", key))
    assert (status, "is acknowledged by Tenex Engineer" in said["done"]) == (200, True), said
    await night.person("ana").sees("Acknowledged by Tenex Engineer", within=WITHIN)

    await is_back(postgres, night)
    number = await number_of(night, "Answered over there")
    await night.bot.settled(within=WITHIN)
    shown = await night.person("bo").types(f"/incident show INC-{number}", channel="#general")
    assert "Tenex Engineer at" in str(shown.blocks)
    await night.simulator.until(
        lambda: service.incidents[(KEY, key)] == "resolved", WITHIN, "nobody is called under the old name"
    )
    assert (KEY, f"{HOUSE}/INC-{number}") not in service.incidents


@pytest.mark.postgres
async def test_what_rang_without_a_number_rings_under_its_number_and_stops_when_answered(
    night: World, postgres: StoppablePostgres, service: pagerduty.PagerDuty
) -> None:
    ana = night.person("ana")
    await declares(night.person("bo"), "sev1 Rings on")
    await ana.sees("You are paged: sev1", within=WITHIN)
    key = await opened(night, service, "Rings on")
    await is_back(postgres, night)
    number = await number_of(night, "Rings on")
    numbered = f"{HOUSE}/INC-{number}"
    rung = {(KEY, numbered): "triggered", (KEY, key): "resolved"}
    await night.simulator.until(lambda: rung.items() <= service.incidents.items(), WITHIN, str(rung))
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}", within=WITHIN))
    await night.simulator.until(
        lambda: service.incidents[(KEY, numbered)] == "acknowledged", WITHIN, "PagerDuty hears of the answer"
    )
