"""Nobody answers: who hears what, and when."""

from collections.abc import AsyncIterator

import pytest

from simulator import Acts
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
schedules:
  primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
  nobody: {layers: [{rotate: [bo], every: 1 week, starts: 2126-01-07 00:00}]}
escalation:
  platform:
    repeat: 1
    ladder:
      - {page: [schedule:primary]}
      - {after: 10m, page: [dee]}
      - {after: 30m, page: [eli]}
  gap:
    ladder:
      - {page: [schedule:nobody]}
      - {after: 5m, page: [dee]}
    unheard: "#dev-help"
severities:
  sev1: {page: {path: platform}, room: thread}
  sev2: {page: {after: 15m, path: platform}, room: thread}
  sev3: {page: {path: gap}, room: thread}
"""


@pytest.fixture
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("night"), playbook=PLAYBOOK) as found:
        yield found


def pages(who: Acts, number: int) -> int:
    """How many pages about the incident somebody was sent."""
    return sum(f"INC-{number} ·" in message.text for message in who.direct_messages())


async def test_an_unanswered_page_climbs_to_the_end_and_says_that_nobody_heard(night: World) -> None:
    ana, dee, eli = night.person("ana"), night.person("dee"), night.person("eli")
    number = await night.declares(night.person("bo"), "sev1 Nobody answers")
    heard = []
    for minutes in (0, 9, 1, 20, 10, 10, 20):
        await night.simulator.clock.advance(minutes=minutes)
        await night.bot.settled()
        heard.append((pages(ana, number), pages(dee, number), pages(eli, number)))
    assert heard == [(1, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 2, 2)]
    await night.simulator.clock.advance(minutes=10)
    await eli.sees("there is nobody left to call", channel="#incidents")


async def test_an_answer_a_second_before_a_rung_ends_the_climb(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await night.declares(night.person("bo"), "sev1 Answered in time")
    page = await ana.sees(f"You are paged: INC-{number}")
    await night.bot.settled()
    await night.simulator.clock.advance(minutes=9, seconds=55)
    await ana.clicks("Acknowledge", message=page)
    await night.simulator.clock.advance(minutes=30)
    await night.bot.settled()
    assert pages(dee, number) == 0


async def test_who_cannot_take_it_passes_it_on_at_once(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await night.declares(night.person("bo"), "sev1 Passed on")
    await ana.clicks("I can't, next please", message=await ana.sees(f"You are paged: INC-{number}"))
    await dee.sees(f"You are paged: INC-{number}")
    await ana.sees("could not take it")
    await dee.clicks("Acknowledge", message=await dee.sees(f"You are paged: INC-{number}"))
    await dee.sees("Acknowledged by <@U04DEE>")


async def test_who_has_it_can_call_for_the_next(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await night.declares(night.person("bo"), "sev1 Too much for one")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await ana.clicks("Escalate", message=await ana.sees("Acknowledged by <@U01ANA>"))
    await dee.sees(f"You are paged: INC-{number}")


async def test_an_empty_rung_is_said_and_passed_over_at_once(night: World) -> None:
    dee = night.person("dee")
    number = await night.declares(night.person("bo"), "sev3 Nobody on the first rung")
    await dee.sees(f"You are paged: INC-{number}")
    await dee.sees("nobody is on call for nobody", channel="#dev-help")


async def test_a_path_that_begins_later_begins_only_if_nobody_answered(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await night.declares(night.person("bo"), "sev2 Later")
    await night.bot.settled()
    assert pages(ana, number) == 0
    await night.simulator.clock.advance(minutes=15)
    await ana.sees(f"You are paged: INC-{number}")
    await night.simulator.clock.advance(minutes=10)
    await dee.sees(f"You are paged: INC-{number}")


async def test_after_downtime_one_overdue_rung_is_called_and_not_all(night: World) -> None:
    dee, eli = night.person("dee"), night.person("eli")
    number = await night.declares(night.person("bo"), "sev1 While we slept")
    await night.bot.settled()
    await night.bot.stop()
    await night.simulator.clock.advance(hours=2)
    await night.bot.start()
    await dee.sees(f"You are paged: INC-{number}")
    await night.bot.settled()
    assert pages(eli, number) == 0
    await night.simulator.clock.advance(minutes=20)
    await eli.sees(f"You are paged: INC-{number}")


async def test_a_page_keeps_the_ladder_it_started_with(night: World) -> None:
    dee, eli = night.person("dee"), night.person("eli")
    number = await night.declares(night.person("bo"), "sev1 Reloaded meanwhile")
    await night.bot.settled()
    file = night.bot.folder / "playbook.yaml"
    file.write_text(PLAYBOOK.replace("after: 10m, page: [dee]", "after: 10m, page: [eli]"))
    assert "read again" in (await eli.types("/ops reload", channel="#general")).text
    await night.simulator.clock.advance(minutes=10)
    await dee.sees(f"You are paged: INC-{number}")


async def test_a_cover_that_begins_meanwhile_is_who_is_called(night: World) -> None:
    ana, bo = night.person("ana"), night.person("bo")
    await bo.types("/oncall cover primary @ana for 3h", channel="#general")
    number = await night.declares(bo, "sev1 Covered")
    await bo.sees(f"You are paged: INC-{number}")
    assert pages(ana, number) == 0


async def test_a_page_still_on_its_way_to_slack_is_not_doubled_by_the_next_rounds(night: World) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    night.simulator.faults.outage(sockets=False)
    number = await night.declares(night.person("bo"), "sev1 Slack is down as well")
    for minutes in (10, 20, 10, 10):
        await night.simulator.clock.advance(minutes=minutes)
        await night.bot.until(lambda state: state["backlog"] > 0)
    night.simulator.faults.clear()
    await night.simulator.clock.advance(seconds=5)
    await ana.sees(f"You are paged: INC-{number}")
    await dee.sees(f"You are paged: INC-{number}")
    assert (pages(ana, number), pages(dee, number)) == (1, 1)
