"""From the fix to the all-clear."""

from simulator import Message
from tests.seeing import WITHIN, announcements, from_bot, in_room, thread_texts
from tests.world import World

ASKED = "All clear?"


def questions(world: World, room: str) -> list[Message]:
    return [each for each in from_bot(world, room) if ASKED in each.text]


async def has_topic(world: World, room: str, words: str) -> None:
    channel = world.simulator.channel(room)
    await world.simulator.until(lambda: words in channel.topic, WITHIN, words)


async def test_the_states_of_an_incident_are_said_and_shown(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 Through all states")
    shown = {"mitigating": "Mitigating", "fixed": "Monitoring", "investigating": "Investigating"}
    for word, label in shown.items():
        await ana.types(f"/incident status {word}", channel=room)
        await has_topic(timed, room, label)
        await ana.sees(f"→ {label.lower()}", channel=room, within=WITHIN)
    answer = await ana.types("/incident status investigating", channel=room)
    assert "already" in answer.text
    await ana.types("/incident resolve Done with it", channel=room)
    await ana.sees(":white_check_mark: *Resolved* by", channel=room, within=WITHIN)
    await has_topic(timed, room, "Resolved")


async def test_a_watched_fix_is_cleared_and_the_incident_resolved(timed: World) -> None:
    ana, bo = timed.person("ana"), timed.person("bo")
    number, room = await in_room(timed, ana, "sev1 To be watched")
    await ana.types("/incident role commander @bo", channel=room)
    await ana.types("/incident status monitoring", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=14)
    await timed.bot.settled()
    assert not questions(timed, room)
    await timed.simulator.clock.advance(minutes=2)
    question = await ana.sees(ASKED, channel=room, within=WITHIN)
    assert f"<@{bo.id}>" in question.text
    await bo.clicks("All clear", message=question)
    await ana.sees(f"All clear: <@{bo.id}>", channel=room, within=WITHIN)
    await ana.sees(f"Resolved: INC-{number}", channel=room, within=WITHIN)
    assert not any(block["type"] == "actions" for block in question.blocks)
    await timed.simulator.clock.advance(hours=2)
    await timed.bot.settled()
    assert not questions(timed, room)


async def test_keep_watching_asks_again(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 Not sure yet")
    await ana.types("/incident status monitoring", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    question = await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.clicks("Keep watching", message=question)
    await ana.sees("is being watched until", channel=room, within=WITHIN)
    await timed.simulator.clock.advance(minutes=16)
    await timed.simulator.until(lambda: questions(timed, room), WITHIN, "asked again")


async def test_a_fix_that_was_none_goes_back_to_work(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 It came back")
    await ana.types("/incident status monitoring", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    question = await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.clicks("Not fixed", message=question)
    await ana.sees("monitoring → investigating", channel=room, within=WITHIN)
    await timed.simulator.until(lambda: not questions(timed, room), WITHIN, "the question is settled")
    # The next fix is watched like the first, even if it is resolved at once.
    await ana.types("/incident resolve Now really", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    await timed.simulator.until(lambda: questions(timed, room), WITHIN)


async def test_resolved_at_once_the_fix_is_watched_and_may_be_reopened(timed: World) -> None:
    ana = timed.person("ana")
    number, room = await in_room(timed, ana, "sev1 Quick fix")
    await ana.types("/incident resolve Restarted it", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    question = await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.clicks("Reopen", message=question)
    await ana.sees("reopened; it was resolved", channel=room, within=WITHIN)
    await timed.simulator.until(lambda: not questions(timed, room), WITHIN)
    await ana.sees(f"INC-{number} · sev1 · Quick fix · Investigating", channel=room, within=WITHIN)


async def test_resolving_while_it_is_watched_still_asks_and_all_clear_is_kept(timed: World) -> None:
    ana = timed.person("ana")
    number, room = await in_room(timed, ana, "sev1 Impatient")
    await ana.types("/incident status monitoring", channel=room)
    await ana.types("/incident resolve Looks good", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    question = await ana.sees(ASKED, channel=room, within=WITHIN)
    await ana.clicks("All clear", message=question)
    await ana.sees(f"All clear: <@{ana.id}>", channel=room, within=WITHIN)
    told = await ana.types(f"/incident timeline INC-{number}", channel="#general")
    assert "all clear" in str(told.blocks)
    resolved = [each for each in from_bot(timed, room) if each.text.startswith("Resolved:")]
    assert len(resolved) == 1


async def test_a_question_overtaken_by_a_resolve_offers_to_reopen(timed: World) -> None:
    ana = timed.person("ana")
    _, room = await in_room(timed, ana, "sev1 Overtaken")
    await ana.types("/incident status monitoring", channel=room)
    await timed.bot.settled()
    await timed.simulator.clock.advance(minutes=16)
    question = await ana.sees("Not fixed", channel=room, within=WITHIN)
    await ana.types("/incident resolve Enough", channel=room)
    await timed.simulator.until(lambda: "Not fixed" not in str(question.blocks), WITHIN)
    assert "Reopen" in str(question.blocks)


async def test_the_watch_is_over_while_the_bot_is_down(timed: World) -> None:
    ana = timed.person("ana")
    number = await timed.declares(ana, "noisy In a thread")
    await timed.simulator.until(lambda: announcements(timed, number), WITHIN)
    await ana.types(f"/incident resolve INC-{number} Restarted", channel="#general")
    await timed.bot.settled()
    await timed.bot.stop()
    await timed.simulator.clock.advance(hours=2)
    await timed.bot.start()
    await timed.simulator.until(
        lambda: sum(ASKED in text for text in thread_texts(timed, number)) == 1, WITHIN
    )


async def test_a_merge_shows_the_way_and_a_cancelled_one_says_so(timed: World) -> None:
    ana = timed.person("ana")
    first, room = await in_room(timed, ana, "sev1 The same thing")
    second, other = await in_room(timed, ana, "sev1 The same thing again")
    await ana.types(f"/incident merge INC-{first}", channel=other)
    channel = timed.simulator.channel(room)
    await ana.sees(f"merged into INC-{first}, which goes on in <#{channel.id}>", channel=other, within=WITHIN)
    await ana.sees(f"INC-{second} was merged into this one", channel=room, within=WITHIN)
    await ana.sees(f"Merged into *INC-{first}*", channel=other, within=WITHIN)
    await ana.types("/incident cancel", channel=room)
    await ana.sees("a false alarm", channel=room, within=WITHIN)
    answer = await ana.types(f"/incident merge INC-{first}", channel=other)
    assert "already merged" in answer.text
