"""Messages that people mark stand in the timeline with author, time and link, once."""

import asyncio

from simulator import Acts, Message
from simulator.workspace import channels, messages
from simulator.workspace.text import flatten
from tests.seeing import WITHIN, announcements, cards, in_room, thread_of
from tests.world import World


async def timeline(who: Acts, number: int) -> str:
    return flatten((await who.types(f"/incident timeline INC-{number}", channel="#general")).blocks)


async def until_in(who: Acts, number: int, text: str, *, there: bool = True) -> str:
    """Ask for the timeline until a text is in it, or gone from it."""
    deadline = asyncio.get_running_loop().time() + WITHIN
    while True:
        told = await timeline(who, number)
        if (text in told) is there:
            return told
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.05)  # nothing of ours changes: the bot reads the message from Slack
    raise AssertionError(f"{text!r} in the timeline is not {there}:\n{told}")


async def test_a_pushpin_puts_a_message_into_the_timeline_once_and_taking_it_off_removes_it(
    world: World, ana: Acts, bo: Acts
) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    await bo.joins(room)
    ts = await bo.says("The *deploy* of 14:02 <looks> bad & odd", channel=room)
    await ana.reacts("pushpin", room, ts)
    told = await until_in(ana, number, "The *deploy* of 14:02 &lt;looks&gt; bad &amp; odd")
    line = next(each for each in told.splitlines() if "deploy" in each)
    assert f"<@{bo.id}>" in line
    assert f"^{int(float(ts))}^" in line
    assert f"/p{ts.replace('.', '')}" in line
    # A second person, and a pin on top: still one line.
    await bo.reacts("pushpin", room, ts)
    await ana.pins(room, ts)
    await world.bot.settled()
    assert (await timeline(ana, number)).count("deploy") == 1
    await ana.sees("deploy", channel=room, within=WITHIN)
    await ana.unreacts("pushpin", room, ts)
    await bo.unreacts("pushpin", room, ts)
    await world.bot.settled()
    assert "deploy" in await timeline(ana, number)
    await ana.unpins(room, ts)
    await until_in(ana, number, "deploy", there=False)
    [card] = cards(world, number, room)
    await world.simulator.until(lambda: "deploy" not in ana.reads(card), WITHIN)


async def test_other_reactions_and_the_bots_own_pin_are_no_entries(world: World, ana: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    ts = await ana.says("Nothing to keep", channel=room)
    await ana.reacts("eyes", room, ts)
    await world.simulator.until(lambda: world.simulator.channel(room).pins, WITHIN)
    await world.bot.settled()
    told = await timeline(ana, number)
    assert "Nothing to keep" not in told
    assert "Post update" not in told
    assert told.count("Edit") == 2, told  # declared, and paged


async def test_a_mark_put_on_and_taken_off_at_once_leaves_nothing(world: World, ana: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    ts = await ana.says("On second thought", channel=room)
    await ana.reacts("pushpin", room, ts)
    await ana.unreacts("pushpin", room, ts)
    await world.bot.settled()
    assert "On second thought" not in await timeline(ana, number)
    # And on again.
    await ana.reacts("pushpin", room, ts)
    await until_in(ana, number, "On second thought")


async def test_a_reply_in_a_thread_of_the_room_is_read_too(world: World, ana: Acts, bo: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    await bo.joins(room)
    root = await ana.says("Theories?", channel=room)
    await bo.says("Not that", channel=room, thread=root)
    ts = await bo.says("DNS, it is always DNS", channel=room, thread=root)
    await ana.reacts("pushpin", room, ts)
    told = await until_in(ana, number, "DNS, it is always DNS")
    assert "Theories?" not in told


async def test_the_thread_of_an_announcement_belongs_to_its_incident(world: World, ana: Acts) -> None:
    number = await world.declares(ana, "sev3 In a thread")
    await world.simulator.until(lambda: announcements(world, number) and thread_of(world, number), WITHIN)
    root = announcements(world, number)[0].ts
    pinned = await ana.says("Seen in staging as well", channel="#incidents", thread=root)
    await ana.reacts("pushpin", "#incidents", pinned)
    await until_in(ana, number, "Seen in staging as well")
    added = await ana.says("And in the lab", channel="#incidents", thread=root)
    await ana.shortcut("Add to timeline", channel="#incidents", ts=added)
    told = await until_in(ana, number, "And in the lab")
    line = next(each for each in told.splitlines() if "And in the lab" in each)
    assert f"thread_ts={root}" in line
    # What is merely said in the channel is nobody's.
    loose = await ana.says("Lunch?", channel="#incidents")
    await ana.reacts("pushpin", "#incidents", loose)
    await world.bot.settled()
    assert "Lunch?" not in await timeline(ana, number)


async def test_the_shortcut_adds_a_message_of_the_room(world: World, ana: Acts, bo: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    await bo.joins(room)
    ts = await bo.says("Error rate is down to 1 %", channel=room)
    await ana.shortcut("Add to timeline", channel=room, ts=ts)
    await ana.sees(f"Added to the timeline of INC-{number}", within=WITHIN)
    await ana.shortcut("Add to timeline", channel=room, ts=ts)
    told = await timeline(ana, number)
    assert told.count("Error rate is down") == 1
    assert f"<@{bo.id}>" in next(each for each in told.splitlines() if "Error rate" in each)


async def test_elsewhere_the_shortcut_asks_for_which_incident(world: World, ana: Acts, bo: Acts) -> None:
    number, _ = await in_room(world, ana, "sev2 Which one")
    # The bot is not in this channel, and could not read it.
    channels.create(world.simulator.workspace, f"far-away-{number}", bo.id, private=True)
    await bo.invites(f"#far-away-{number}", "ana")
    ts = await bo.says("Our customers see it too\nall of them", channel=f"#far-away-{number}")
    await ana.shortcut("Add to timeline", channel=f"#far-away-{number}", ts=ts)
    await ana.modal(within=WITHIN)
    assert await ana.submits({"Incident": f"INC-{number} Which one"}) == {}
    told = await until_in(ana, number, "Our customers see it too")
    assert f"<@{bo.id}>" in next(each for each in told.splitlines() if "Our customers" in each)
    [*warned] = (each for each in world.said("#prod-alerts") if "read_message" in each.text)
    assert warned == []


async def test_an_app_without_a_user_is_named_as_it_calls_itself(world: World, ana: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    channel = world.simulator.channel(room)
    alert = Message("", channel.id, "", "CPU at 99 %", subtype="bot_message", username="Grafana")
    messages.post(world.simulator.workspace, alert)
    await ana.reacts("pushpin", room, alert.ts)
    told = await until_in(ana, number, "CPU at 99 %")
    assert "Grafana: CPU at 99 %" in told
    other = Message("", channel.id, "", "Disk is full", subtype="bot_message", username="Nagios")
    messages.post(world.simulator.workspace, other)
    await ana.shortcut("Add to timeline", channel=room, ts=other.ts)
    assert "Nagios: Disk is full" in await until_in(ana, number, "Disk is full")


async def test_words_and_times_of_entries_can_be_put_right(world: World, ana: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    await ana.types("/incident update Roling back", channel=room)
    said = await ana.sees(":loudspeaker: *Update*\nRoling back", channel=room, within=WITHIN)
    await world.bot.settled()
    listed = await ana.types(f"/incident timeline INC-{number}", channel="#general")
    assert listed.message is not None
    [entry] = (block for block in listed.blocks if "Roling back" in str(block))
    await ana.clicks(entry["accessory"]["action_id"], message=_only(listed.message, "Roling back"))
    earlier = int(world.simulator.clock.now().timestamp()) - 600
    assert await ana.submits({"Text": "Rolling back", "Time": earlier}) == {}
    told = await until_in(ana, number, "Rolling back")
    assert f"^{earlier}^" in next(each for each in told.splitlines() if "Rolling back" in each)
    # Wherever the words were said they are right now, and nowhere are they said again.
    await world.simulator.until(lambda: "Rolling back" in ana.reads(said), WITHIN)
    await world.simulator.until(
        lambda: any("Rolling back" in ana.reads(each) for each in thread_of(world, number)), WITHIN
    )
    await world.bot.settled()
    [card] = cards(world, number, room)
    assert "Roling" not in ana.reads(card)
    assert sum(":loudspeaker:" in ana.reads(each) for each in thread_of(world, number)) == 1


def _only(message: Message, words: str) -> Message:
    """Of a long list, leave the entry that is meant: a person clicks the button beside it."""
    message.blocks = [block for block in message.blocks if words in str(block)]
    return message


async def test_a_note_stands_on_the_card_and_in_the_timeline(world: World, ana: Acts) -> None:
    number, room = await in_room(world, ana, "sev2 Marked")
    await ana.types("/incident note Vendor case 4711 is open", channel=room)
    await ana.sees("Vendor case 4711 is open", channel=room, within=WITHIN)
    assert "Vendor case 4711 is open" in await timeline(ana, number)
