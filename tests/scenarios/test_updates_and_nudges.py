"""Updates reach whoever waits for them, and whoever leads is asked for the next one."""

from simulator import Message
from tests.seeing import WITHIN, announcements, from_bot, in_room, thread_of, thread_texts
from tests.world import World

ASKED = "Where do things stand?"


def nudges(world: World, room: str) -> list[Message]:
    return [each for each in from_bot(world, room) if ASKED in each.text]


async def test_an_update_tells_room_and_thread_where_things_stand(timed: World) -> None:
    ana = timed.person("ana")
    number, room = await in_room(timed, ana, "sev2 Search is slow")
    await ana.types("/incident update Index is being rebuilt eta: in an hour", channel=room)
    said = await ana.sees(":loudspeaker: *Update*\nIndex is being rebuilt", channel=room, within=WITHIN)
    text = ana.reads(said)
    for field in (f"INC-{number} · sev2", "Investigating", "Over by", "in an hour", "Next update"):
        assert field in text
    await timed.simulator.until(lambda: thread_of(timed, number), WITHIN)
    [relayed] = [each for each in thread_texts(timed, number) if "Index is being rebuilt" in each]
    assert "in an hour" in relayed
    # The card and the announcement show the latest one.
    await ana.sees("*Latest update*", channel=room, within=WITHIN)
    await timed.simulator.until(
        lambda: "Index is being rebuilt" in ana.reads(announcements(timed, number)[0]), WITHIN
    )


async def test_an_update_from_the_form_says_the_same(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev2 Invoices are late")
    await ana.clicks("Post update", channel=room)
    assert (
        await ana.submits({"Where do things stand?": "Queue drains", "When should it be over?": "20 min"})
        == {}
    )
    text = ana.reads(await ana.sees(":loudspeaker: *Update*\nQueue drains", channel=room, within=WITHIN))
    assert "20 min" in text


async def test_without_an_update_the_leader_is_asked_until_there_is_one(timed: World) -> None:
    ana, bo = timed.person("ana"), timed.person("bo")
    _, room = await in_room(timed, ana, "sev2 Nothing is said")
    await timed.simulator.clock.advance(minutes=31)
    first = await ana.sees(ASKED, channel=room, within=WITHIN)
    assert f"<@{ana.id}>" in first.text  # nobody commands, nobody acknowledged: whoever declared it
    await ana.sees("overdue", channel=room, within=WITHIN)
    await ana.types("/incident role commander @bo", channel=room)
    await timed.simulator.clock.advance(minutes=31)
    await timed.simulator.until(
        lambda: [each.ts for each in nudges(timed, room)] not in ([], [first.ts]), WITHIN, "a second nudge"
    )
    [second] = nudges(timed, room)
    assert f"<@{bo.id}>" in second.text
    # The button on it opens the form; the update answers it.
    await bo.clicks("Post update", message=second)
    assert await bo.submits({"Where do things stand?": "Still looking"}) == {}
    await timed.simulator.until(lambda: not nudges(timed, room), WITHIN, "the nudge is gone")
    await timed.simulator.clock.advance(minutes=20)
    await timed.bot.settled()
    assert not nudges(timed, room)
    await timed.simulator.clock.advance(minutes=11)
    await timed.simulator.until(lambda: nudges(timed, room), WITHIN, "asked again after the next interval")


async def test_whoever_acknowledged_is_asked_before_whoever_declared(timed: World) -> None:
    ana, bo = timed.person("ana"), timed.person("bo")
    number, room = await in_room(timed, ana, "sev2 Acknowledged")
    await bo.clicks("Acknowledge", message=await bo.sees(f"You are paged: INC-{number}", within=WITHIN))
    await timed.simulator.clock.advance(minutes=31)
    assert f"<@{bo.id}>" in (await ana.sees(ASKED, channel=room, within=WITHIN)).text


async def test_snooze_asks_again_after_one_more_interval_and_stop_does_not(timed: World) -> None:
    ana, chen = timed.person("ana"), timed.person("chen")
    _, room = await in_room(timed, ana, "sev2 Snoozed")
    await chen.joins(room)
    await timed.simulator.clock.advance(minutes=31)
    asked = await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.clicks("Snooze", message=asked)
    await timed.simulator.until(lambda: not nudges(timed, room), WITHIN)
    await timed.simulator.clock.advance(minutes=25)
    await timed.bot.settled()
    assert not nudges(timed, room)
    await timed.simulator.clock.advance(minutes=6)
    asked = await ana.sees(ASKED, channel=room, within=WITHIN)
    # Two answer at once: the first counts, the second is told.
    await ana.clicks("Stop asking", message=asked)
    if nudges(timed, room):
        await chen.clicks("Snooze", message=asked)
        await chen.sees("answered already", within=WITHIN)
    await timed.simulator.until(lambda: not nudges(timed, room), WITHIN)
    await timed.simulator.clock.advance(hours=3)
    await timed.bot.settled()
    assert not nudges(timed, room)
    # An update begins the asking anew.
    await ana.types("/incident update Back at it", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=31)
    await timed.simulator.until(lambda: nudges(timed, room), WITHIN)


async def test_the_end_takes_the_nudge_away(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev2 Ended while asked")
    await timed.simulator.clock.advance(minutes=31)
    await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.types("/incident cancel", channel=room)
    await timed.simulator.until(lambda: not nudges(timed, room), WITHIN)


async def test_a_thread_incident_is_asked_in_its_thread(timed: World) -> None:
    ana = timed.person("ana")
    number = await timed.declares(ana, "noisy Cache misses")
    await timed.simulator.until(lambda: announcements(timed, number) and thread_of(timed, number), WITHIN)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=11)
    await timed.simulator.until(lambda: any(ASKED in text for text in thread_texts(timed, number)), WITHIN)
    await ana.types(f"/incident update INC-{number} Warm again", channel="#general")
    await timed.simulator.until(
        lambda: not any(ASKED in text for text in thread_texts(timed, number)), WITHIN
    )
    await timed.simulator.until(
        lambda: any(":loudspeaker:" in text for text in thread_texts(timed, number)), WITHIN
    )
    await timed.bot.settled()
    assert sum(":loudspeaker:" in text for text in thread_texts(timed, number)) == 1


async def test_nudges_missed_while_the_bot_was_down_come_once(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev2 Asleep at the wheel")
    await timed.bot.stop()
    await timed.simulator.clock.advance(hours=6)
    await timed.bot.start()
    await timed.simulator.until(lambda: nudges(timed, room), WITHIN)
    await timed.bot.settled()
    assert len(nudges(timed, room)) == 1


async def test_nudges_missed_while_slack_was_down_come_once(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev2 Nobody to ask")
    timed.simulator.faults.unavailable()
    for _ in range(4):
        await timed.simulator.clock.advance(minutes=31)
    timed.simulator.faults.clear()
    await timed.simulator.clock.advance(minutes=1)
    await timed.simulator.until(lambda: nudges(timed, room), WITHIN)
    await timed.bot.settled(30)
    assert len(nudges(timed, room)) == 1
