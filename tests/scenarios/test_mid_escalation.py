"""What happens while a ladder is being climbed: covers, restarts, handoffs, clocks that change."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator import Acts
from tests.world import World
from tests.world import world as running_world

PLAYBOOK = """
version: 1
timezone: America/New_York
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  chen: {slack: chen@example.com}
  dee: {slack: dee@example.com, timezone: UTC}
schedules:
  steady: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
  spring: {layers: [{rotate: [ana, bo], every: 1 day, starts: 2026-01-05 02:30}]}
  autumn: {layers: [{rotate: [ana, bo], every: 1 day, starts: 2026-01-05 01:30}]}
escalation:
  covered:
    ladder:
      - {page: [schedule:steady]}
      - {after: 10m, page: [schedule:steady]}
      - {after: 20m, page: [chen]}
  spring:
    ladder:
      - {page: [schedule:spring]}
      - {after: 15m, page: [schedule:spring]}
  autumn:
    ladder:
      - {page: [schedule:autumn]}
      - {after: 15m, page: [schedule:autumn]}
      - {after: 75m, page: [schedule:autumn]}
severities:
  sev1: {page: {path: covered}, room: thread}
  sev2: {page: {path: spring}, room: thread}
  sev3: {page: {path: autumn}, room: thread}
"""


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[World]:
    """Each test's own: one is in spring, another in autumn."""
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        yield found


def pages(who: Acts, number: int) -> int:
    return sum(f"INC-{number} ·" in message.text for message in who.direct_messages())


async def heard(night: World, number: int, *names: str) -> tuple[int, ...]:
    await night.bot.settled(30)
    return tuple(pages(night.person(name), number) for name in names)


async def until(night: World, instant: datetime) -> None:
    left = instant - night.simulator.clock.now()
    assert left > timedelta()
    await night.simulator.clock.advance(seconds=left.total_seconds())


async def test_a_cover_that_begins_between_two_rungs_is_who_the_second_rung_means(night: World) -> None:
    bo = night.person("bo")
    now = night.simulator.clock.now()
    number = await night.declares(night.person("dee"), "sev1 Covered in the middle")
    assert await heard(night, number, "ana", "bo", "chen") == (1, 0, 0)
    await night.simulator.clock.advance(minutes=5)
    await bo.types("/oncall cover steady @ana for 30m", channel="#general")
    await night.simulator.clock.advance(minutes=5)
    assert await heard(night, number, "ana", "bo", "chen") == (1, 1, 0)
    assert night.simulator.clock.now() < now + timedelta(minutes=11)
    await night.simulator.clock.advance(minutes=10)
    assert await heard(night, number, "ana", "bo", "chen") == (1, 1, 1)


async def test_a_bot_killed_between_two_rungs_climbs_on(night: World) -> None:
    await night.simulator.clock.advance(hours=1)
    number = await night.declares(night.person("dee"), "sev1 Killed in the middle")
    assert await heard(night, number, "ana", "chen") == (1, 0)
    await night.bot.kill()
    await night.bot.start()
    await night.simulator.clock.advance(minutes=9)
    assert await heard(night, number, "ana", "chen") == (1, 0)
    await night.simulator.clock.advance(minutes=1)
    assert await heard(night, number, "ana", "chen") == (2, 0)
    await night.bot.kill()
    await night.bot.start()
    await night.simulator.clock.advance(minutes=10)
    assert await heard(night, number, "ana", "chen") == (2, 1)


async def test_the_handoff_in_the_hour_that_does_not_exist_counts_for_the_next_rung(night: World) -> None:
    # 02:30 on 9 March 2036 does not exist in New York: the watch changes at 03:00, which is 07:00 UTC.
    await until(night, datetime(2036, 3, 9, 6, 50, tzinfo=UTC))
    await night.bot.settled(30)
    number = await night.declares(night.person("dee"), "sev2 The clocks go forward")
    first = await heard(night, number, "ana", "bo")
    assert sorted(first) == [0, 1]
    await until(night, datetime(2036, 3, 9, 7, 5, 5, tzinfo=UTC))
    assert await heard(night, number, "ana", "bo") == (1, 1)


async def test_the_handoff_in_the_hour_that_comes_twice_happens_once(night: World) -> None:
    # 01:30 on 2 November 2036 is at 05:30 UTC and again at 06:30: the watch changes at the first.
    await until(night, datetime(2036, 11, 2, 5, 20, tzinfo=UTC))
    await night.bot.settled(30)
    number = await night.declares(night.person("dee"), "sev3 The clocks go back")
    first = await heard(night, number, "ana", "bo")
    assert sorted(first) == [0, 1]
    await until(night, datetime(2036, 11, 2, 5, 35, 5, tzinfo=UTC))
    assert await heard(night, number, "ana", "bo") == (1, 1)
    await until(night, datetime(2036, 11, 2, 6, 35, 10, tzinfo=UTC))
    assert await heard(night, number, "ana", "bo") == (first[0] + 2 * first[1], first[1] + 2 * first[0])
