"""Where an incident is worked on: its channel with all that belongs in it, or a thread."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from simulator.workspace import channels
from tests.seeing import ODD, WITHIN, announcements, calls, cards, from_bot, thread_of, thread_texts
from tests.world import World
from tests.world import world as running_world


@pytest.fixture(scope="module")
async def odd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("odd"), PLAYBOOK=str(ODD)) as found:
        yield found


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[World]:
    """A workspace in which Slack may refuse things."""
    async with running_world(tmp_path, PLAYBOOK=str(ODD)) as found:
        yield found


async def test_a_channel_gets_name_topic_card_pin_call_and_people(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev1 Checkout returns 500s")
    room = await odd.room(number, WITHIN)
    assert room == f"#inc-{number}-checkout-returns-500s"
    await bo.sees(f"INC-{number} · sev1", channel=room, within=WITHIN)
    channel = odd.simulator.channel(room)
    await odd.simulator.until(lambda: channel.topic and channel.pins and channel.bookmarks, WITHIN)
    # What was paged says where to go, once there is a place to go to.
    await bo.sees(f"Work on it in <#{channel.id}>", within=WITHIN)
    await odd.bot.settled()
    [card] = cards(odd, number, room)
    assert list(channel.pins) == [card.ts]
    assert [(each.title, each.link) for each in channel.bookmarks] == [
        (f"Call for INC-{number}", f"https://meet.example.com/inc-{number}")
    ]
    assert "sev1 · Investigating" in channel.topic
    assert "Commander: nobody yet" in channel.topic
    assert "Next update" in channel.topic
    assert {ana.id, bo.id} <= set(channel.members)
    assert len(announcements(odd, number)) == 1


async def test_whoever_takes_a_role_is_invited_and_told_the_duties(odd: World) -> None:
    ana, chen = odd.person("ana"), odd.person("chen")
    number = await odd.declares(ana, "sev1 Login loops")
    room = await odd.room(number, WITHIN)
    await ana.types(f"/incident role INC-{number} scribe @chen", channel="#general")
    channel = odd.simulator.channel(room)
    await odd.simulator.until(lambda: chen.id in channel.members, WITHIN)
    await chen.sees(f"You are *scribe* of INC-{number}", within=WITHIN)
    await ana.types("/incident role commander @ana", channel=room)
    await odd.simulator.until(lambda: "Commander: <@U01ANA>" in channel.topic, WITHIN)
    await odd.bot.settled()
    invitations = calls(odd, "conversations.invite", channel=channel.id)
    # Given away and given back: told each time, and nobody is invited who is there.
    await ana.types("/incident role scribe @ana", channel=room)
    await ana.types("/incident role scribe @chen", channel=room)

    def told() -> int:
        return sum(f"You are scribe of INC-{number}" in each.text for each in chen.direct_messages())

    await odd.simulator.until(lambda: told() == 2, WITHIN)
    await odd.bot.settled()
    assert calls(odd, "conversations.invite", channel=channel.id) == invitations


async def test_a_name_that_a_stranger_took_is_passed_over(odd: World) -> None:
    ana = odd.person("ana")
    before = await odd.declares(ana, "sev3 Just to know the number")
    taken = f"inc-{before + 1}-the-same-name"
    channels.create(odd.simulator.workspace, taken, odd.person("dee").id, private=False)
    number = await odd.declares(ana, "sev2 The same name")
    await odd.simulator.until(lambda: odd.simulator.workspace.channel_named(f"{taken}-2"), WITHIN)
    await ana.sees(f"INC-{number} · sev2", channel=f"#{taken}-2", within=WITHIN)
    assert from_bot(odd, f"#{taken}") == []


async def test_a_room_is_named_by_the_letters_slack_takes(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "sev2 Überweisung fällt aus: ça va? don't ☎")
    assert await odd.room(number, WITHIN) == f"#inc-{number}-uberweisung-fallt-aus-ca-va-dont"
    number = await odd.declares(ana, "sev2 שלום")
    assert await odd.room(number, WITHIN) == f"#inc-{number}"


async def test_a_new_title_is_shown_everywhere_and_the_channel_keeps_its_name(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev1 Somthing")
    room = await odd.room(number, WITHIN)
    await ana.sees(f"INC-{number} · sev1 · Somthing", channel=room, within=WITHIN)
    await ana.types("/incident rename Search is slow", channel=room)
    await ana.sees(f"INC-{number} · sev1 · Search is slow", channel=room, within=WITHIN)
    await ana.sees(f"INC-{number} · sev1 · Search is slow", channel="#incidents", within=WITHIN)
    await bo.sees(f"You are paged: INC-{number} · sev1 · Search is slow", within=WITHIN)
    await odd.bot.settled()
    assert await odd.room(number) == room
    assert len(cards(odd, number, room)) == len(announcements(odd, number)) == 1


async def test_with_nobody_on_call_the_room_opens_and_everybody_hears_of_it(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "lonely Queue is stuck")
    room = await odd.room(number, WITHIN)
    await ana.sees("nobody is on call for empty", channel=room, within=WITHIN)
    await ana.sees(f"INC-{number}", channel="#incidents", within=WITHIN)
    alarm = await ana.sees("Is anybody here to take it?", channel="#incidents", within=WITHIN)
    assert f"INC-{number}" in alarm.text
    # Once somebody has it, the alarm loses its button.
    await odd.person("dee").clicks("Acknowledge", message=alarm)
    await ana.sees("<@U04DEE> has it.", channel="#incidents", within=WITHIN)
    assert not any(block["type"] == "actions" for block in alarm.blocks)
    await odd.simulator.until(lambda: "U04DEE" in odd.simulator.channel(room).members, WITHIN)


async def test_a_thread_holds_announcement_then_card_and_updates_once(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "sev3 Avatars are missing")
    await odd.simulator.until(
        lambda: announcements(odd, number) and thread_of(odd, number), WITHIN, "a card in the thread"
    )
    assert cards(odd, number, "#incidents") == thread_of(odd, number)[:1]
    await ana.types(f"/incident update INC-{number} Asking the CDN", channel="#general")
    await ana.sees(":loudspeaker: *Update*\nAsking the CDN", channel="#incidents", within=WITHIN)
    await odd.bot.settled()
    assert sum(":loudspeaker:" in text for text in thread_texts(odd, number)) == 1


async def test_worse_than_thought_moves_from_the_thread_into_a_channel(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev3 Emails are late")
    await odd.simulator.until(
        lambda: announcements(odd, number) and cards(odd, number, "#incidents"), WITHIN, "a card"
    )
    await ana.types(f"/incident severity INC-{number} sev1", channel="#general")
    room = await odd.room(number, WITHIN)
    await bo.sees(f"You are paged: INC-{number} · sev1", within=WITHIN)
    await ana.sees("sev3 → sev1", channel=room, within=WITHIN)
    channel = odd.simulator.channel(room)
    await odd.simulator.until(lambda: channel.pins and channel.bookmarks, WITHIN)
    await odd.bot.settled()
    # The thread says where it went, and what was its card has no buttons any more.
    texts = thread_texts(odd, number)
    assert any(f"is worked on in #{room[1:]} from here on" in text for text in texts)
    assert len(cards(odd, number, room)) == 1
    assert cards(odd, number, "#incidents") == []
    left = thread_of(odd, number)[0]
    assert f"<#{channel.id}>" in left.text
    await ana.types("/incident update Found the queue", channel=room)
    await ana.sees("Found the queue", channel=room, within=WITHIN)
    await odd.bot.settled()
    assert sum("Found the queue" in text for text in thread_texts(odd, number)) == 1


async def test_worse_than_thought_within_the_same_moment_still_gets_its_room(odd: World) -> None:
    ana = odd.person("ana")
    odd.simulator.faults.latency(0.3)
    number = await odd.declares(ana, "sev3 Worse by the minute")
    await ana.types(f"/incident severity INC-{number} sev2", channel="#general")
    room = await odd.room(number, WITHIN)
    await ana.sees("sev3 → sev2", channel=room, within=WITHIN)
    odd.simulator.faults.latency(0)
    await odd.bot.settled()
    assert len(cards(odd, number, room)) == len(announcements(odd, number)) == 1


async def test_raising_the_severity_adds_the_call_and_lowering_it_keeps_the_room(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "sev2 Reports are wrong")
    room = await odd.room(number, WITHIN)
    channel = odd.simulator.channel(room)
    await odd.simulator.until(lambda: channel.pins, WITHIN)
    assert channel.bookmarks == []
    for severity in ("sev1", "sev2", "sev1"):
        await ana.types(f"/incident severity {severity}", channel=room)
    await odd.simulator.until(lambda: channel.bookmarks and "sev1" in channel.topic, WITHIN)
    await odd.bot.settled()
    assert len(channel.bookmarks) == 1
    await ana.types("/incident severity sev3", channel=room)
    await odd.simulator.until(lambda: "sev3" in channel.topic, WITHIN)
    await ana.sees("sev1 → sev3", channel=room, within=WITHIN)


async def test_fifty_changes_in_two_seconds_are_a_handful_of_edits(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "sev2 A busy one")
    room = await odd.room(number, WITHIN)
    await ana.sees(f"INC-{number} · sev2", channel=room, within=WITHIN)
    await odd.bot.settled()
    [card], [announcement] = cards(odd, number, room), announcements(odd, number)
    before = [calls(odd, "chat.update", ts=each.ts) for each in (card, announcement)]
    await asyncio.gather(*(ana.types(f"/incident rename Title {count}", channel=room) for count in range(49)))
    await ana.types("/incident rename The last title", channel=room)
    await ana.sees("The last title", channel=room, within=WITHIN)
    await ana.sees("The last title", channel="#incidents", within=WITHIN)
    await odd.bot.settled()
    for each, count in zip((card, announcement), before, strict=True):
        assert calls(odd, "chat.update", ts=each.ts) - count <= 8
        assert "The last title" in each.text


async def test_without_channels_work_goes_on_in_the_thread(fresh: World) -> None:
    ana, bo = fresh.person("ana"), fresh.person("bo")
    fresh.simulator.faults.refuse("conversations.create", "restricted_action")
    # The announcement is still on its way when the channel is refused: it must not be posted a second time.
    fresh.simulator.faults.latency(0.5, ["chat.postMessage"])
    number = await fresh.declares(ana, "sev1 Checkout returns 500s")
    await ana.types(f"/incident update INC-{number} Looking into it", channel="#general")
    await ana.sees("Slack allowed no channel (restricted_action)", channel="#incidents", within=WITHIN)
    await ana.sees(":loudspeaker: *Update*\nLooking into it", channel="#incidents", within=WITHIN)
    fresh.simulator.faults.latency(0)
    await fresh.bot.settled()
    assert len(announcements(fresh, number)) == len(cards(fresh, number, "#incidents")) == 1
    assert sum(":loudspeaker:" in text for text in thread_texts(fresh, number)) == 1
    page = await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    await bo.clicks("Acknowledge", message=page)
    await ana.sees("<@U02BO> at", channel="#incidents", within=WITHIN)


async def test_what_slack_refuses_in_a_room_is_told_once_and_stops_nothing(fresh: World) -> None:
    ana = fresh.person("ana")
    refused = {
        "conversations.invite": "missing_scope",
        "conversations.setTopic": "restricted_action",
        "pins.add": "not_pinnable",
        "bookmarks.add": "restricted_action",
    }
    for method, error in refused.items():
        fresh.simulator.faults.refuse(method, error)
    numbers = [await fresh.declares(ana, f"sev1 Trouble number {count}") for count in range(3)]
    for number in numbers:
        room = await fresh.room(number, WITHIN)
        await ana.sees(f"INC-{number} · sev1", channel="#incidents", within=WITHIN)
        await fresh.simulator.until(partial(cards, fresh, number, room), WITHIN)
        await ana.types(f"/incident update INC-{number} Going on", channel="#general")
    for method, error in refused.items():
        await ana.sees(f"{method}: {error}", channel="#prod-alerts", within=WITHIN)
    await fresh.bot.settled()
    told = [each.text for each in from_bot(fresh, "#prod-alerts")]
    assert [sum(method in text for text in told) for method in refused] == [1, 1, 1, 1], told
    for number in numbers:
        assert any("Going on" in text for text in thread_texts(fresh, number))


async def test_one_who_cannot_be_invited_keeps_nobody_else_out(fresh: World) -> None:
    ana, bo = fresh.person("ana"), fresh.person("bo")
    fresh.simulator.workspace.people["U03CHEN"].deleted = True
    number = await fresh.declares(ana, "sev1 Checkout returns 500s")
    room = await fresh.room(number, WITHIN)
    await ana.types("/incident role commander @chen", channel=room)
    await ana.types("/incident role operations @dee", channel=room)
    members = fresh.simulator.channel(room).members
    await fresh.simulator.until(lambda: {ana.id, bo.id, "U04DEE"} <= set(members), WITHIN)
    await ana.sees("conversations.invite: cant_invite", channel="#prod-alerts", within=WITHIN)
