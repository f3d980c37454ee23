"""Times by which an incident should be acknowledged and resolved."""

from tests.seeing import WITHIN, announcements, from_bot, in_room, thread_texts
from tests.world import World

ACKNOWLEDGE = "The target to acknowledge has passed"
RESOLVE = "The target to resolve has passed"


def times_said(world: World, room: str, text: str) -> int:
    return sum(text in each.text for each in from_bot(world, room))


async def test_missed_targets_are_said_once_and_kept(timed: World) -> None:
    ana = timed.person("ana")
    number, room = await in_room(timed, ana, "sev1 Nobody comes")
    await timed.simulator.clock.advance(minutes=4)
    await timed.bot.settled()
    assert times_said(timed, room, ACKNOWLEDGE) == 0
    await timed.simulator.clock.advance(minutes=2)
    await ana.sees(ACKNOWLEDGE, channel=room, within=WITHIN)
    await timed.simulator.clock.advance(minutes=55)
    await ana.sees(RESOLVE, channel=room, within=WITHIN)
    await timed.simulator.clock.advance(hours=5)
    await timed.bot.settled()
    assert times_said(timed, room, ACKNOWLEDGE) == times_said(timed, room, RESOLVE) == 1
    await ana.types("/incident resolve It was the cable", channel=room)
    await ana.types("/incident reopen", channel=room)
    await ana.types("/incident severity sev2", channel=room)
    await timed.simulator.clock.advance(hours=10)
    await timed.bot.settled()
    assert times_said(timed, room, ACKNOWLEDGE) == times_said(timed, room, RESOLVE) == 1
    shown = await ana.types(f"/incident show INC-{number}", channel="#general")
    assert "acknowledge, resolve" in str(shown.blocks)
    told = await ana.types(f"/incident timeline INC-{number}", channel="#general")
    assert ACKNOWLEDGE in str(told.blocks)


async def test_targets_that_were_met_are_not_mentioned(timed: World) -> None:
    ana, bo = timed.person("ana"), timed.person("bo")
    number, room = await in_room(timed, ana, "sev1 Well handled")
    await bo.clicks("Acknowledge", message=await bo.sees(f"You are paged: INC-{number}", within=WITHIN))
    await ana.types("/incident resolve Rolled back", channel=room)
    await timed.simulator.clock.advance(hours=3)
    await timed.bot.settled()
    assert times_said(timed, room, "The target to") == 0


async def test_a_higher_severity_has_its_shorter_targets_at_once(timed: World) -> None:
    ana = timed.person("ana")
    number, room = await in_room(timed, ana, "sev2 Getting worse")
    await timed.simulator.clock.advance(minutes=7)
    await timed.bot.settled()
    await ana.types("/incident severity sev1", channel=room)
    await ana.sees(ACKNOWLEDGE, channel=room, within=WITHIN)
    assert number


async def test_a_lower_severity_has_longer_targets(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 Not so bad")
    await ana.types("/incident severity sev2", channel=room)
    await timed.simulator.clock.advance(minutes=10)
    await timed.bot.settled()
    assert times_said(timed, room, ACKNOWLEDGE) == 0
    await timed.simulator.clock.advance(minutes=6)
    await ana.sees(ACKNOWLEDGE, channel=room, within=WITHIN)


async def test_a_thread_is_told_of_its_targets(timed: World) -> None:
    ana = timed.person("ana")
    number = await timed.declares(ana, "sev3 A nuisance")
    await timed.simulator.until(lambda: announcements(timed, number), WITHIN)
    await timed.bot.settled()
    await timed.simulator.clock.advance(hours=5)
    await timed.simulator.until(
        lambda: any(ACKNOWLEDGE in text for text in thread_texts(timed, number)), WITHIN
    )


async def test_reopened_days_later_it_has_its_time_anew(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 Comes back")
    await ana.clicks("Acknowledge", channel=room)
    await ana.types("/incident resolve Rolled back", channel=room)
    await timed.simulator.clock.advance(hours=72)
    await ana.types("/incident reopen", channel=room)
    await timed.bot.settled()
    assert times_said(timed, room, RESOLVE) == 0
    await timed.simulator.clock.advance(minutes=61)
    await ana.sees(RESOLVE, channel=room, within=WITHIN)
