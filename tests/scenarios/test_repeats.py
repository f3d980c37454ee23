"""Slack delivers things twice: at once, late, on both sockets, and to the next life of the bot."""

import asyncio
from pathlib import Path
from typing import Any

from simulator import Acts
from simulator.delivery.route import Delivered
from tests.scenarios.life import PATIENCE, remains
from tests.world import World
from tests.world import world as running_world


def count(world: World, words: str) -> int:
    """How many messages anywhere contain the words, whoever may see them."""
    channels = world.simulator.workspace.channels.values()
    every = [message for channel in channels for message in (*channel.messages, *channel.ephemerals)]
    return sum(words in f"{message.text} {message.blocks}" for message in every)


def again(world: World) -> Delivered:
    """The last delivery, as Slack sends it a second time."""
    last = world.simulator.acting.last
    assert last is not None
    return Delivered(last.type, last.payload, attempt=1, reason="timeout")


async def at_once(world: World, *deliveries: Delivered) -> list[Any]:
    """On both sockets in the same moment: each goes to the next one in turn."""
    return list(await asyncio.gather(*(world.simulator.route.ask(each) for each in deliveries)))


async def test_a_command_delivered_twice_is_carried_out_once(world: World, ana: Acts, dee: Acts) -> None:
    first = await dee.types("/incident sev1 Declared twice", channel="#general", twice=True)
    number = int(first.text.split("INC-")[1].split()[0])
    room = await world.room(number)
    await dee.sees("Acknowledge", channel=room, within=PATIENCE)
    await world.bot.settled(PATIENCE)
    found = remains(world, number)
    assert len(found["rooms"]) == 1
    assert [times for _, times in found["announcements"]] == [1]
    assert count(world, "Declared twice") == count(world, f"INC-{number} ·")
    assert str((await dee.types("/incident list", channel="#general")).blocks).count("Declared twice") == 1

    await dee.types("/incident update Said twice by Slack", channel=room, twice=True)
    await ana.sees("Said twice by Slack", channel="#incidents", within=PATIENCE)
    await world.bot.settled(PATIENCE)
    texts = [each.text for each in world.said(room) if "Said twice by Slack" in each.text]
    assert len(texts) == 1
    timeline = await dee.types("/incident timeline", channel=room)
    assert str(timeline.blocks).count("Said twice by Slack") == 1


async def test_a_click_delivered_twice_counts_once_and_nobody_is_lectured(
    world: World, bo: Acts, dee: Acts
) -> None:
    number = await world.declares(dee, "sev1 Clicked twice")
    page = await bo.sees(f"You are paged: INC-{number}", within=PATIENCE)
    told_before = len(bo.ephemerals())
    await bo.clicks("Acknowledge", message=page, twice=True)
    await bo.sees("Acknowledged by <@U02BO>", within=PATIENCE)
    await world.bot.settled(PATIENCE)
    assert "already" not in " ".join(each.text for each in bo.ephemerals()[told_before:])
    timeline = await dee.types(f"/incident timeline INC-{number}", channel="#general")
    assert str(timeline.blocks).count("acknowledged") == 1
    assert not [each for each in bo.direct_messages() if "delivered" in each.text]


async def test_a_form_delivered_twice_is_taken_once(world: World, dee: Acts) -> None:
    number = await world.declares(dee, "sev2 A form twice")
    room = await world.room(number)
    await dee.sees("Post update", channel=room, within=PATIENCE)
    await dee.clicks("Post update", channel=room)
    form = await dee.modal(within=PATIENCE)
    field = next(block["block_id"] for block in form.blocks if block["type"] == "input")
    errors = await dee.submits({field: "Typed into a form"}, twice=True)
    assert errors == {}
    await dee.sees("Typed into a form", channel=room, within=PATIENCE)
    await world.bot.settled(PATIENCE)
    assert len([each for each in world.said(room) if "Typed into a form" in each.text]) == 1


async def test_both_sockets_in_the_same_moment(world: World, dee: Acts) -> None:
    """The database decides between the two; whichever was first, both are answered."""
    before = await dee.types("/incident list", channel="#general")
    assert before.ok
    command = again(world)
    trigger = f"{command.payload['trigger_id']}.same-moment"
    for text, words in (
        ("sev2 Declared on both", "Declared on both"),
        ("sev3 Once more on both", "Once more on both"),
    ):
        payload = {**command.payload, "text": text, "trigger_id": f"{trigger}.{words}"}
        both = (Delivered("slash_commands", payload), Delivered("slash_commands", payload))
        answers = await at_once(world, *both)
        assert all("is declared" in answer["text"] for answer in answers), answers
        listed = await dee.types("/incident list", channel="#general")
        assert str(listed.blocks).count(words) == 1
    await world.bot.settled(PATIENCE)


async def test_an_event_delivered_twice_is_one_line_of_the_timeline(
    world: World, ana: Acts, dee: Acts
) -> None:
    number = await world.declares(dee, "sev2 Marked twice")
    room = await world.room(number)
    await ana.joins(room)
    said = await ana.says("It began at noon", room)
    await ana.reacts("pushpin", room, said)
    await world.simulator.deliver_again(event=True)
    await world.simulator.deliver_again(event=True)

    async def timeline() -> str:
        return str((await dee.types("/incident timeline", channel=room)).blocks)

    async with asyncio.timeout(PATIENCE):
        while "It began at noon" not in await timeline():
            await world.bot.settled(PATIENCE)
    await world.bot.settled(PATIENCE)
    assert (await timeline()).count("It began at noon") == 1


async def test_a_repeat_that_reaches_the_next_life_of_the_bot(tmp_path: Path) -> None:
    """Its answer was lost when the bot died, so Slack delivers again, to a process that knows nothing."""
    async with running_world(tmp_path) as world:
        ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
        number = await world.declares(dee, "sev1 Before the crash")
        declared = again(world)
        room = await world.room(number)
        page = await bo.sees(f"You are paged: INC-{number}", within=PATIENCE)
        await bo.clicks("Acknowledge", message=page)
        clicked = again(world)
        await dee.types("/incident update Once and for all", channel=room)
        updated = again(world)
        await ana.joins(room)
        said = await ana.says("Seen in the logs", room)
        await ana.reacts("pushpin", room, said)
        await world.bot.settled(PATIENCE)
        await world.bot.kill()
        await world.bot.start()
        await at_once(world, declared, clicked, updated)
        await world.simulator.deliver_again(event=True)
        await world.bot.settled(PATIENCE)
        listed = await dee.types("/incident list", channel="#general")
        assert str(listed.blocks).count("Before the crash") == 1
        timeline = str((await dee.types("/incident timeline", channel=room)).blocks)
        for words in ("acknowledged", "Once and for all", "Seen in the logs"):
            assert timeline.count(words) == 1, words
        found = remains(world, number)
        assert all(times == 1 for _, times in found["rooms"][0]["messages"])
        assert [times for _, times in found["announcements"]] == [1]
