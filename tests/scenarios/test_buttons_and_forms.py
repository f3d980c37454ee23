"""Every button and every form: who was first, who is told what, and what a form does that comes late."""

import asyncio
from datetime import timedelta

from simulator import Acts, Message
from tests.world import World


async def a_card(world: World, who: Acts, text: str = "sev2 Checkout down") -> tuple[int, str, Message]:
    """Declare; gives the number, the room and the card in it."""
    number = await world.declares(who, text)
    room = await world.room(number)
    return number, room, await who.sees(f"INC-{number} · ", channel=room)


def buttons(message: Message) -> list[str]:
    """What can be clicked on it, in order."""
    found = []
    for block in message.blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if element.get("type") == "button":
                found.append(element["text"]["text"])
            found += [option["text"]["text"] for option in element.get("options", ())]
    return found


async def test_a_card_has_every_act_until_the_incident_ends(world: World, ana: Acts) -> None:
    number, room, card = await a_card(world, ana)
    acts = ["Post update", "Change severity/status", "Take a role", "Page someone", "Resolve"]
    more = ["Show the timeline", "Add a note", "Rename", "False alarm: cancel it"]
    assert buttons(card) == ["Acknowledge", *acts, *more]
    await ana.clicks("Acknowledge", message=card)
    await world.simulator.until(lambda: buttons(card) == [*acts, *more])
    await ana.types("/incident resolve Gone", channel=room)
    await world.simulator.until(lambda: buttons(card) == ["Reopen", "Show the timeline"])
    await ana.clicks("Show the timeline", message=card)
    await ana.sees(f"Timeline of INC-{number}", channel=room)
    await ana.clicks("Reopen", message=card)
    await world.simulator.until(lambda: buttons(card) == [*acts, *more])


async def test_of_two_who_acknowledge_at_once_the_first_wins_and_the_second_is_told_alone(
    world: World, ana: Acts, bo: Acts, dee: Acts
) -> None:
    number, room, card = await a_card(world, dee)
    await asyncio.gather(ana.clicks("Acknowledge", message=card), bo.clicks("Acknowledge", message=card))
    shown = f"INC-{number} was already acknowledged by"

    def told() -> list[Acts]:
        return [who for who in (ana, bo) if who.sees_now(shown)]

    await world.simulator.until(told)
    await world.bot.settled()
    assert len(told()) == 1
    second, first = (ana, bo) if told() == [ana] else (bo, ana)
    sentence = second.sees_now(shown)
    assert sentence is not None
    assert second.reads(sentence).startswith(f"INC-{number} was already acknowledged by @{first.name} at")
    assert not first.sees_now(shown)
    assert not dee.sees_now(shown)
    await dee.sees(f"@{first.name} at", channel=room)


async def test_acknowledging_from_the_announcement_shows_on_the_page(
    world: World, ana: Acts, bo: Acts
) -> None:
    number, _, _ = await a_card(world, bo)
    announcement = await bo.sees(f"INC-{number} · ", channel="#incidents")
    await bo.clicks("Acknowledge", message=announcement)
    await world.simulator.until(lambda: buttons(announcement) == ["Show"])
    page = await ana.sees(f"INC-{number} · sev2 · Checkout down: ")
    assert "Acknowledged by @bo" in ana.reads(page)
    assert buttons(page) == []
    await bo.clicks("Show", message=announcement)
    await bo.sees(f"INC-{number} Checkout down", channel="#incidents")


async def test_show_in_the_list_shows_the_card(world: World, ana: Acts) -> None:
    number, room, _ = await a_card(world, ana, "sev2 Listed and shown")
    listed = await ana.types("/incident list", channel=room)
    before = len(ana.ephemerals())
    await ana.clicks("Show", message=listed.message)  # the newest stands first
    await world.simulator.until(lambda: len(ana.ephemerals()) > before)
    shown = ana.ephemerals()[-1]
    assert f"INC-{number} Listed and shown" in ana.reads(shown)
    await ana.clicks("Acknowledge", message=shown)
    await ana.sees("@ana at", channel=room)


async def test_a_click_in_a_thread_is_answered_in_the_thread(world: World, ana: Acts, bo: Acts) -> None:
    number = await world.declares(ana, "sev3 Slow search")
    card = await ana.sees(f"INC-{number} Slow search", channel="#incidents")
    assert card.thread_ts
    await ana.clicks("Acknowledge", message=card)
    await bo.clicks("Acknowledge", message=await bo.sees(f"INC-{number} · sev3 · Slow", channel="#incidents"))
    told = await bo.sees(f"INC-{number} was already acknowledged by @ana", channel="#incidents")
    assert told.ephemeral_to == bo.id
    await bo.clicks("Show the timeline", message=card)
    timeline = await bo.sees(f"Timeline of INC-{number}", channel="#incidents")
    assert timeline.thread_ts == card.thread_ts


async def test_posting_an_update(world: World, ana: Acts) -> None:
    _, room, card = await a_card(world, ana)
    await ana.clicks("Post update", message=card)
    assert await ana.submits({"Where do things stand?": " \u200b "}) != {}
    await ana.submits({"Where do things stand?": "Rolling back <now> & *fast*"})
    await ana.sees("Rolling back <now> & fast", channel=room)
    await ana.sees("Rolling back <now> & fast", channel="#incidents")


async def test_changing_severity_and_status(world: World, ana: Acts) -> None:
    number, room, card = await a_card(world, ana)
    await ana.clicks("Change severity/status", message=card)
    await ana.submits({"Severity": "sev1", "Status": "Mitigating"})
    await ana.sees("changed the severity: sev2 → sev1", channel=room)
    await ana.sees("changed the status: investigating → mitigating", channel=room)
    await ana.clicks("Change severity/status", message=card)
    await ana.submits()
    assert "nothing to change" in str((await ana.modal()).blocks)
    await ana.closes()
    await ana.sees(f"INC-{number} · sev1", channel=room)


async def test_of_two_who_claim_a_role_the_first_has_it_and_the_second_reads_who_and_since_when(
    world: World, ana: Acts, bo: Acts, chen: Acts
) -> None:
    number, room, card = await a_card(world, chen)
    for who in (ana, bo):
        await who.clicks("Take a role", message=card)
        assert (await who.modal()).title == "Take a role"
    hers = await ana.modal()
    await ana.clicks("I'll take it")
    await bo.clicks("I'll take it")  # commander, on a form that shows it as free
    form = await bo.modal()
    first = f"<@{ana.id}> has been commander of INC-{number} since"
    await world.simulator.until(lambda: first in str(form.blocks))
    await ana.sees("You are commander of")
    await chen.sees("Commander: @ana", channel=room)
    await world.simulator.until(lambda: f"*Commander:* <@{ana.id}>" in str(hers.blocks))
    await bo.clicks("I'll take it")  # the next free one
    await bo.sees("You are operations of")
    for who in (ana, bo):
        await who.closes()


async def test_giving_a_role_to_somebody(world: World, ana: Acts, bo: Acts) -> None:
    number, room, card = await a_card(world, ana)
    await ana.clicks("Take a role", message=card)
    assert await ana.submits({"To": "bo"}) == {
        "Give a role": "Which role? A free one is taken with its button."
    }
    assert await ana.submits({"Give a role": "Scribe", "To": "bo"}) == {}
    await bo.sees(f"You are scribe of INC-{number}")
    await ana.sees("Scribe: @bo", channel=room)


async def test_paging_somebody_and_a_path_together(world: World, ana: Acts, bo: Acts, dee: Acts) -> None:
    number, _, card = await a_card(world, ana)
    await dee.clicks("Page someone", message=card)
    assert await dee.submits() == {"Somebody": "Whom? Choose somebody, or a path below."}
    assert await dee.submits({"Somebody": "dee", "Or whoever is responsible": "secondary"}) == {}
    await dee.sees(f"You are paged: INC-{number}")
    await bo.sees(f"You are paged: INC-{number}")


async def test_resolving_asks_for_the_record_and_keeps_it(world: World, ana: Acts) -> None:
    number, room, card = await a_card(world, ana)
    await ana.clicks("Resolve", message=card)
    assert await ana.submits({"What fixed it?": " "}) != {}
    record = {
        "What fixed it?": "Rolled back to 41 <ok>",
        "Root cause": "A missing & index",
        "How was it detected?": "A user's report",
        "Verified": ["Service is restored", "Metrics are back to normal"],
    }
    assert await ana.submits(record) == {}
    said = ana.reads(await ana.sees("Resolved by @ana", channel=room))
    for words in (
        "Rolled back to 41 <ok>",
        "A missing & index",
        "A user's report",
        "Metrics are back to normal",
    ):
        assert words in said
    assert "Users confirm" not in said
    shown = await ana.types(f"/incident show INC-{number}")
    assert "A missing &amp; index" in str(shown.blocks)


async def test_the_overflow_notes_renames_and_cancels(world: World, ana: Acts) -> None:
    number, room, card = await a_card(world, ana)
    await ana.clicks("Add a note", message=card)
    assert await ana.submits({"Note": "\u200b"}) != {}
    await ana.submits({"Note": "The deploy was at noon"})
    await ana.sees("The deploy was at noon", channel=room)
    await ana.clicks("Rename", message=card)
    assert await ana.submits({"Title": "\u00a0\u200b"}) == {"Title": "A title has at least one word."}
    await ana.submits({"Title": "Search down"})
    await ana.sees(f"INC-{number} Search down", channel=room)
    await ana.clicks("False alarm: cancel it", message=card)
    form = await ana.modal()
    assert form.title == "False alarm?"
    await ana.closes()
    assert "Investigating" in card.text
    await ana.clicks("False alarm: cancel it", message=card)
    await ana.submits()
    await ana.sees(f"INC-{number} was a false alarm, says @ana", channel=room)


async def test_a_form_that_comes_too_late_says_so_and_gives_back_what_was_written(
    world: World, ana: Acts, bo: Acts
) -> None:
    number, room, card = await a_card(world, ana)
    await ana.clicks("Post update", message=card)
    await ana.modal()
    await bo.types("/incident resolve Done already", channel=room)
    await ana.submits({"Where do things stand?": "A long text that took me a while"})
    late = str((await ana.modal()).blocks)
    assert f"INC-{number} was already resolved by <@U02BO> at" in late
    assert f"/incident reopen INC-{number}" in late
    assert "A long text that took me a while" in late
    await ana.closes()
    assert not ana.sees_now("A long text that took me a while", channel=room)


async def test_two_who_resolve_at_once(world: World, ana: Acts, bo: Acts) -> None:
    number, room, card = await a_card(world, ana)
    for who in (ana, bo):
        await who.clicks("Resolve", message=card)
        await who.modal()
    await asyncio.gather(*(who.submits({"What fixed it?": f"{who.name} fixed it"}) for who in (ana, bo)))
    late = [who for who in (ana, bo) if who.modal_now()]
    assert len(late) == 1
    assert f"INC-{number} was already resolved by" in str((await late[0].modal()).blocks)
    assert f"{late[0].name} fixed it" in str((await late[0].modal()).blocks)
    await late[0].closes()
    await world.bot.settled()
    assert sum("*Resolved* by" in str(message.blocks) for message in world.said(room)) == 1


async def test_a_form_sent_twice_is_carried_out_once(world: World, ana: Acts) -> None:
    _, room, card = await a_card(world, ana)
    await ana.clicks("Post update", message=card)
    await ana.modal()
    assert await ana.submits({"Where do things stand?": "Said once"}, twice=True) == {}
    await ana.sees("Said once", channel=room)
    await world.bot.settled()
    assert sum("Update on" in message.text for message in world.said(room)) == 1
    assert not [message for message in ana.direct_messages() if "already" in message.text]


async def test_a_click_delivered_twice_is_no_trouble(world: World, ana: Acts) -> None:
    _, room, card = await a_card(world, ana)
    await ana.clicks("Acknowledge", message=card, twice=True)
    await world.bot.settled()
    assert not [
        message for message in ana.ephemerals() if message.channel == world.simulator.channel(room).id
    ]


async def test_buttons_of_an_incident_that_ended_meanwhile_say_so(world: World, ana: Acts, bo: Acts) -> None:
    """Somebody's screen may show an old card for a moment."""
    number, room, _ = await a_card(world, ana)
    shown = await ana.types("/incident show", channel=room)
    assert shown.message is not None
    await bo.types("/incident resolve Done", channel=room)
    names = ["Acknowledge", "Post update", "Change severity/status", "Take a role", "Page someone", "Resolve"]
    names += ["Add a note", "Rename", "False alarm: cancel it"]
    for name in names:
        await ana.clicks(name, message=shown.message)
        told = await ana.sees(f"INC-{number} was already resolved by @bo", channel=room)
        assert told.ephemeral_to == ana.id
        assert ana.modal_now() is None
        await ana.deletes(room, told.ts)


async def test_an_entry_of_the_timeline_is_put_right(world: World, ana: Acts) -> None:
    number, room, _ = await a_card(world, ana)
    await ana.types("/incident note The deploi was at noon", channel=room)
    timeline = (await ana.types("/incident timeline", channel=room)).message
    assert timeline is not None
    timeline.blocks = [block for block in timeline.blocks if "deploi" in str(block)]  # scrolled to it
    await ana.clicks("Edit", message=timeline)
    future = world.simulator.clock.now() + timedelta(days=3)
    errors = await ana.submits({"Text": "The deploy was at noon", "Time": int(future.timestamp())})
    assert errors == {"Time": "That time is in the future."}
    earlier = world.simulator.clock.now() - timedelta(hours=2)
    assert await ana.submits({"Text": " "}) != {}
    assert await ana.submits({"Text": "The deploy was at noon", "Time": int(earlier.timestamp())}) == {}
    shown = await ana.types(f"/incident timeline INC-{number}")
    assert "The deploy was at noon" in str(shown.blocks[1])
