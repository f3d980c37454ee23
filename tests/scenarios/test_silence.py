"""Acknowledged, and then nothing is heard."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World
from tests.world import world as running_world

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  dee: {slack: dee@example.com}
  eli: {slack: eli@example.com}
escalation:
  platform:
    acknowledge_timeout: 20m
    ladder:
      - {page: [ana]}
      - {after: 10m, page: [dee]}
      - {after: 30m, page: [eli]}
severities:
  sev1: {page: {path: platform}, room: thread}
"""


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("silence"), playbook=PLAYBOOK) as found:
        yield found


async def acknowledged(night: World, title: str) -> int:
    number = await night.declares(night.person("bo"), f"sev1 {title}")
    ana = night.person("ana")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await ana.sees("Acknowledged by <@U01ANA>")
    await night.bot.settled()
    return number


def texts(night: World, who: str, number: int) -> list[str]:
    return [each.text for each in night.person(who).direct_messages() if f"INC-{number} ·" in each.text]


async def test_who_goes_silent_is_asked_and_then_the_next_is_paged(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await acknowledged(night, "Fell asleep again")
    await night.simulator.clock.advance(minutes=19)
    await night.bot.settled()
    assert not any("still on" in text for text in texts(night, "ana", number))
    await night.simulator.clock.advance(minutes=1)
    question = await ana.sees(f"Are you still on INC-{number}")
    await ana.clicks("Still on it", message=question)
    await ana.sees("you were heard of")
    # The same time once more; then nobody answers.
    await night.simulator.clock.advance(minutes=20)
    await ana.sees(f"Are you still on INC-{number}")
    await night.bot.settled()
    assert not any("paged" in text for text in texts(night, "dee", number))
    await night.simulator.clock.advance(minutes=5)
    page = await dee.sees(f"You are paged: INC-{number}")
    await ana.sees("went on without you")
    await dee.sees("was not heard of since: paging on", channel="#incidents")
    # And on, until somebody answers.
    await night.simulator.clock.advance(minutes=20)
    await night.person("eli").sees(f"You are paged: INC-{number}")
    # Whoever answers then is waited for as well.
    await dee.clicks("Acknowledge", message=page)
    await night.bot.settled()
    await night.simulator.clock.advance(minutes=20)
    await dee.clicks("I can't, next please", message=await dee.sees(f"Are you still on INC-{number}"))
    await night.person("bo").sees("nobody further to call", channel="#incidents")


async def test_whoever_is_heard_of_is_not_asked(night: World) -> None:
    number = await acknowledged(night, "Awake and at work")
    await night.simulator.clock.advance(minutes=10)
    await night.person("bo").types(f"/incident update INC-{number} Rolling back", channel="#general")
    await night.bot.settled()
    await night.simulator.clock.advance(minutes=40)
    await night.bot.settled()
    assert not any("still on" in text for text in texts(night, "ana", number))


async def test_what_is_over_is_not_asked_about(night: World) -> None:
    number = await acknowledged(night, "Over soon")
    await night.person("bo").types(f"/incident cancel INC-{number}", channel="#general")
    await night.bot.settled()
    await night.simulator.clock.advance(minutes=30)
    await night.bot.settled()
    assert not any("still on" in text for text in texts(night, "ana", number))


async def test_who_is_called_for_one_gone_silent_may_pass_it_on_at_once(night: World) -> None:
    number = await acknowledged(night, "Asleep, and the next one busy")
    dee, eli = night.person("dee"), night.person("eli")
    await night.simulator.clock.advance(minutes=20)
    await night.person("ana").sees(f"Are you still on INC-{number}")
    await night.bot.settled()
    await night.simulator.clock.advance(minutes=5)
    await dee.clicks("I can't, next please", message=await dee.sees(f"You are paged: INC-{number}"))
    page = await eli.sees(f"You are paged: INC-{number}")
    # Once somebody is there, whoever was called before them is told so.
    await eli.clicks("Acknowledge", message=page)
    await eli.sees("Acknowledged by <@U05ELI>")
