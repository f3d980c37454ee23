"""`/oncall ask-cover`: the rotation is asked, and the first who takes it has it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator import Acts, Message
from tests.world import World
from tests.world import world as running_world

# Whole days from a far past on, so that who is on now is the same whenever the test runs.
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com, timezone: UTC}
  chen: {slack: chen@example.com}
  dee: {slack: dee@example.com}
schedules:
  primary:
    announce: "#dev-help"
    layers:
      - {rotate: [bo, chen], every: 1 week, starts: 2020-01-06 00:00}
      - {rotate: [ana], every: 1 week, starts: 2020-01-06 00:00}
  secondary:
    layers: [{rotate: [[ana, dee]], every: 1 week, starts: 2020-01-06 00:00}]
severities:
  sev1: {page: {at_once: [schedule:primary]}, room: thread}
"""
# Real seconds: the machine may be busy with much else.
WITHIN = 30.0


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        yield found


def told(who: Acts, words: str) -> list[Message]:
    """The messages to somebody with these words in them."""
    return [each for each in who.direct_messages() if words in who.reads(each)]


async def test_the_first_who_takes_it_has_it_and_everybody_sees_it(watch: World) -> None:
    ana, bo, chen = watch.person("ana"), watch.person("bo"), watch.person("chen")
    answer = await ana.types("/oncall ask-cover primary for 5h")
    assert "I ask <@U02BO>, <@U03CHEN> to cover you on *primary*" in answer.text
    asked = [await each.sees("@ana asks for cover", within=WITHIN) for each in (bo, chen)]
    own = await ana.sees("You asked for cover on", within=WITHIN)
    assert not told(watch.person("dee"), "asks for cover")

    presses = (each.clicks("Take it", message=seen) for each, seen in zip((bo, chen), asked, strict=True))
    assert [each.ok for each in await asyncio.gather(*presses)] == [True, True]
    both = await ana.sees("stands in for you", within=WITHIN)
    first, second = (bo, chen) if "@bo stands in" in ana.reads(both) else (chen, bo)
    await first.sees("You stand in for @ana", within=WITHIN)
    await second.sees("was first and has taken it", within=WITHIN)
    await second.sees(f"Taken by @{first.name}: @ana's watch", within=WITHIN)
    await watch.bot.settled()
    assert not told(second, "You stand in for")
    assert f"Taken by @{first.name}: your watch" in ana.reads(own)
    assert all("Take it" not in each.reads(m) for each, m in zip((bo, chen), asked, strict=True))
    shown = await ana.types("/oncall")
    assert f"primary*: <@{first.id}>" in str(shown.blocks)
    number = await watch.declares(ana, "sev1 Whoever took it is paged")
    await first.sees(f"You are paged: INC-{number}", within=WITHIN)

    # Whoever took it gives it back: the one who asked is on call again, and hears it.
    await first.clicks("Take it back", message=await first.sees("You stand in for @ana"))
    await ana.sees(f"@{first.name} took the cover back: you are on call", within=WITHIN)
    await second.sees(f"Taken back by @{first.name}", within=WITHIN)
    assert "primary*: <@U01ANA>" in str((await ana.types("/oncall")).blocks)


async def test_what_nobody_takes_is_loud_when_it_begins(watch: World) -> None:
    ana, bo = watch.person("ana"), watch.person("bo")
    await ana.types("/oncall ask-cover")
    await ana.modal()
    assert await ana.submits({"Schedule": "primary"}) == {}
    asked = await bo.sees("@ana asks for cover", within=WITHIN)
    # It has begun already, so there is half an hour to answer.
    await watch.simulator.clock.advance(minutes=29)
    await watch.bot.settled()
    assert not told(ana, "Nobody took")
    await watch.simulator.clock.advance(minutes=1)
    await ana.sees("Nobody took your watch, so you are on call", within=WITHIN)
    await bo.sees("Nobody took @ana's watch", channel="#dev-help", within=WITHIN)
    await watch.simulator.until(lambda: "Nobody took it" in bo.reads(asked), WITHIN)
    await watch.bot.settled()
    assert not told(bo, "You stand in for")
    assert len([m for m in watch.said("#dev-help") if "Nobody took" in m.text]) == 1


async def test_withdrawn_it_can_be_asked_again_and_not_twice_at_once(watch: World) -> None:
    ana, bo, dee = watch.person("ana"), watch.person("bo"), watch.person("dee")
    await ana.types("/oncall ask-cover primary tomorrow 08:00 to 12:00")
    asked = await bo.sees("@ana asks for cover", within=WITHIN)
    again = await ana.types("/oncall ask-cover primary tomorrow 10:00 to 14:00")
    assert "You asked for cover from" in again.text
    own = await ana.sees("You asked for cover on", within=WITHIN)
    await ana.clicks("Withdraw", message=own)
    await watch.simulator.until(lambda: "Withdrawn" in bo.reads(asked), WITHIN)
    answer = await ana.types("/oncall ask-cover primary tomorrow 10:00 to 14:00")
    assert "I ask" in answer.text
    # On together with somebody: they are on anyway, and nobody else is in that rotation.
    alone = await dee.types("/oncall ask-cover secondary for 2h")
    assert "nobody else in the rotation" in alone.text
    # Away for all of it: nobody is called for what is over.
    await watch.bot.stop()
    await watch.simulator.clock.advance(hours=48)
    await watch.bot.start()
    await ana.sees("Nobody took it: @ana is on call on primary", within=WITHIN)
    await watch.bot.settled()
    assert not told(ana, "Nobody took your watch")


async def test_whoever_is_no_longer_on_call_needs_no_cover(watch: World) -> None:
    ana, bo, dee = watch.person("ana"), watch.person("bo"), watch.person("dee")
    await ana.types("/oncall ask-cover primary tomorrow 08:00 to 12:00")
    asked = await bo.sees("@ana asks for cover", within=WITHIN)
    await dee.types("/oncall cover primary @ana tomorrow 00:00 to 23:00")
    await watch.simulator.until(lambda: "Not needed any more" in bo.reads(asked), WITHIN)
    await watch.simulator.clock.advance(hours=48)
    await watch.bot.settled()
    assert not told(ana, "Nobody took")
    assert not [m for m in watch.said("#dev-help") if "Nobody took" in m.text]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tertiary for 2h", "From when to when?"),
        ("primary for 90d", "at most 60 days"),
        ("for 9999w", "at most 60 days"),
        ("primary 2020-01-05 09:00 to 2020-01-05 10:00", "That time is over"),
        ("primary 2099-01-05 09:00 to 2099-01-05 09:00", "ends after it begins"),
    ],
)
async def test_a_mistake_in_asking_is_answered_with_what_to_type(world: World, text: str, says: str) -> None:
    answer = await world.person("bo").types(f"/oncall ask-cover {text}", channel="#general")
    assert says in answer.text


async def test_asking_for_a_watch_of_somebody_else_is_refused(watch: World) -> None:
    bo, eli = watch.person("bo"), watch.person("eli")
    assert "You are not on call on primary then" in (await bo.types("/oncall ask-cover primary for 2h")).text
    assert "You are not in the playbook" in (await eli.types("/oncall ask-cover primary for 2h")).text
