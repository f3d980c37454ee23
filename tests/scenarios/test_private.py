"""Private incidents exist only for those in them."""

from pathlib import Path
from typing import Any

from simulator import Acts, Call
from simulator.faults import Phase
from simulator.workspace.model import Channel
from tests.world import World
from tests.world import world as running_world


async def a_secret(
    world: World, who: Acts, title: str = "Keys leaked", severity: str = "sev3"
) -> tuple[int, str]:
    number = await world.declares(who, f"{severity} private {title}")
    room = await world.room(number)
    # The card may be there a moment before whoever declared it is brought in.
    await world.simulator.until(lambda: who.can_see(room), within=10)
    return number, room


async def hears_nothing(world: World, who: Acts, number: int, title: str) -> None:
    """By no command, list, form, home tab or message does somebody learn of the incident."""
    for line in ("show", "timeline", "update x", "resolve x", "ack", "page @chen", "merge INC-1"):
        word, _, rest = line.partition(" ")
        answer = await who.types(f"/incident {word} INC-{number} {rest}")
        assert answer.text.startswith(f"There is no INC-{number}."), answer.text
        assert title not in str(answer.blocks)
    for line in ("list", "update", "reopen", str(number)):
        answer = await who.types(f"/incident {line}")
        assert title not in str(answer.blocks)
    home = await who.opens_home()
    assert title not in str(home.blocks)
    ts = await who.says("A message from elsewhere", channel="#random")
    await who.shortcut("Add to timeline", channel="#random", ts=ts)
    assert title not in str((await who.modal()).blocks)
    await who.closes()
    await world.bot.settled()
    assert not any(title in str(message.blocks) for message in world.said("#incidents"))
    assert not any(title in str(message.blocks) for message in world.said("#prod-alerts"))


async def test_a_private_incident_is_known_to_nobody_else(world: World, ana: Acts, bo: Acts) -> None:
    await world.declares(bo, "sev4 Something open for all to see")
    number, room = await a_secret(world, ana, "Payroll leaked")
    assert world.simulator.channel(room).is_private
    await hears_nothing(world, bo, number, "Payroll leaked")
    assert not bo.sees_now("Payroll leaked")
    for line in ("update Looking", "severity sev2", "status monitoring", "rename Payroll leaked again"):
        await ana.types(f"/incident {line}", channel=room)
    await ana.types("/incident resolve Payroll leaked no more", channel=room)
    await ana.sees("Resolved by @ana", channel=room)
    await hears_nothing(world, bo, number, "Payroll leaked")


async def test_the_declarer_has_it_everywhere(world: World, ana: Acts) -> None:
    number, room = await a_secret(world, ana)
    assert f":lock: INC-{number}" in str((await ana.types("/incident list")).blocks)
    assert f"INC-{number} · sev3 · Keys leaked" in (await ana.types(f"/incident show {number}")).text
    home = await ana.opens_home()
    await world.simulator.until(lambda: f":lock: INC-{number}" in str(home.blocks))
    await ana.types("/incident update Rotating them", channel=room)
    await ana.sees("Rotating them", channel=room)


async def test_a_number_that_is_private_and_one_that_is_not_there_are_answered_alike(
    world: World, ana: Acts, bo: Acts
) -> None:
    number, _ = await a_secret(world, ana)
    private = await bo.types(f"/incident show INC-{number}")
    missing = await bo.types("/incident show INC-99999")
    assert private.text.replace(f"INC-{number}", "INC-99999", 1) == missing.text


async def test_those_invited_by_hand_see_it_and_leaving_takes_it_away(
    world: World, ana: Acts, chen: Acts
) -> None:
    number, room = await a_secret(world, ana, "Door unlocked")
    await ana.invites(room, "chen")
    await chen.sees(f"INC-{number} · sev3 · Door unlocked", channel=room)
    await _until_known(world, chen, number, known=True)
    await chen.types("/incident note I have the key", channel=room)
    await ana.sees("I have the key", channel=room)
    await chen.leaves(room)
    await _until_known(world, chen, number, known=False)
    await hears_nothing(world, chen, number, "Door unlocked")


async def test_who_left_is_not_brought_back_until_somebody_asks_for_them(
    world: World, ana: Acts, bo: Acts, chen: Acts
) -> None:
    number, room = await a_secret(world, ana)
    await ana.types("/incident role scribe @chen", channel=room)
    await chen.sees("You are scribe of")
    await world.simulator.until(lambda: chen.can_see(room))
    await chen.leaves(room)
    await _until_known(world, chen, number, known=False)
    await ana.types("/incident role operations @bo", channel=room)
    await world.simulator.until(lambda: bo.can_see(room))
    await world.bot.settled()
    assert not chen.can_see(room)
    await ana.types("/incident page @chen", channel=room)
    await world.simulator.until(lambda: chen.can_see(room))
    await _until_known(world, chen, number, known=True)


async def test_who_leaves_while_being_invited_has_left(world: World, ana: Acts, bo: Acts, chen: Acts) -> None:
    number, room = await a_secret(world, ana)
    gone: list[Call] = []

    async def leaves_at_once(call: Call, phase: Phase) -> str | None:
        if (call.method, phase) == ("conversations.invite", "after") and not gone:
            gone.append(call)
            await chen.leaves(room)
            await _until_known(world, chen, number, known=False)
        return None

    world.simulator.faults.intercept(leaves_at_once)
    await ana.types("/incident role scribe @chen", channel=room)
    await world.simulator.until(lambda: gone)
    await world.bot.settled()
    world.simulator.faults.intercept(None)
    await _until_known(world, chen, number, known=False)
    await ana.types("/incident role operations @bo", channel=room)
    await world.simulator.until(lambda: bo.can_see(room))
    await world.bot.settled()
    assert not chen.can_see(room)


async def test_word_of_their_coming_that_is_late_does_not_bring_back_who_left(
    world: World, ana: Acts, chen: Acts
) -> None:
    number, room = await a_secret(world, ana, "Vault open")
    workspace, told = world.simulator.workspace, world.simulator.workspace.tell_app
    comings: list[dict[str, Any]] = []

    def keep(event: dict[str, Any], channel: Channel | None) -> None:
        if event["type"] == "member_joined_channel":
            comings.append(event)
        told(event, channel)

    workspace.tell_app = keep
    try:
        await ana.invites(room, "chen")
        await _until_known(world, chen, number, known=True)
        await chen.leaves(room)
        await _until_known(world, chen, number, known=False)
    finally:
        workspace.tell_app = told
    [coming] = comings
    # Slack says so once more, as it does where it did not hear our answer, and then of somebody else.
    told(coming, world.simulator.channel(room))
    await ana.invites(room, "bo")
    await _until_known(world, world.person("bo"), number, known=True)
    await hears_nothing(world, chen, number, "Vault open")


async def test_whoever_is_paged_sees_it_and_may_acknowledge(world: World, ana: Acts, dee: Acts) -> None:
    number, room = await a_secret(world, dee, "Laptop stolen", "sev2")
    page = await ana.sees(f"You are paged: INC-{number} · sev2 · Laptop stolen")
    await ana.clicks("Acknowledge", message=page)
    await dee.sees("@ana at", channel=room)
    assert f"INC-{number}" in (await ana.types(f"/incident show {number}")).text
    await world.simulator.until(lambda: ana.can_see(room))


async def test_merging_a_private_incident_names_it_to_nobody(world: World, ana: Acts, bo: Acts) -> None:
    public = await world.declares(ana, "sev2 Everybody sees this one")
    public_room = await world.room(public)
    number, room = await a_secret(world, ana, "Nobody sees this one")
    await ana.types(f"/incident merge INC-{public}", channel=room)
    await ana.sees("Another incident was merged into this one", channel=public_room)
    other, _ = await a_secret(world, ana, "Nor this one")
    await ana.types(f"/incident merge INC-{other}", channel=public_room)
    await bo.sees("merged into another incident, which is private", channel=public_room)
    await world.bot.settled()
    for hidden in (number, other):
        for where in (public_room, "#incidents"):
            assert not any(f"INC-{hidden}" in str(m.blocks) + m.text for m in world.said(where))


async def test_a_form_opened_before_leaving_is_refused_after(world: World, ana: Acts, chen: Acts) -> None:
    number, room = await a_secret(world, ana)
    await ana.invites(room, "chen")
    await _until_known(world, chen, number, known=True)
    await chen.clicks("Post update", message=await chen.sees(f"INC-{number} · ", channel=room))
    await chen.modal()
    await chen.leaves(room)
    await _until_known(world, chen, number, known=False)
    await chen.submits({"Where do things stand?": "Not mine to say"})
    assert f"There is no INC-{number}." in str((await chen.modal()).blocks)
    await chen.closes()


async def test_without_a_private_channel_the_declarer_alone_is_told(tmp_path: Path) -> None:
    async with running_world(tmp_path) as world:
        ana, bo, dee = (world.person(name) for name in ("ana", "bo", "dee"))
        world.simulator.faults.refuse("conversations.create", "restricted_action")
        number = await world.declares(dee, "sev2 private Keys leaked")
        told = await dee.sees("Slack allowed no private channel (restricted_action)")
        assert told in dee.direct_messages()
        assert "nothing about it was said in public" in dee.reads(told)
        page = await ana.sees(f"You are paged: INC-{number} · sev2 · Keys leaked")
        await ana.clicks("Acknowledge", message=page)
        await dee.sees("@ana has it")
        await dee.types(f"/incident update {number} Rotated")
        await dee.clicks("Show", message=told)
        await dee.sees("Rotated")
        await world.bot.settled()
        assert not bo.sees_now("Keys leaked")
        assert not any("Keys leaked" in str(m.blocks) for m in world.said("#incidents"))
        await dee.types(f"/incident resolve {number} Rotated")
        await world.bot.settled()
        assert "is resolved" not in (await dee.types("/incident list")).text


async def test_acting_in_the_room_shows_that_one_is_in_it(tmp_path: Path) -> None:
    """Slack tells of comings a few times at most: with the bot away for longer, that word is lost."""
    async with running_world(tmp_path) as world:
        ana, chen = world.person("ana"), world.person("chen")
        number, room = await a_secret(world, ana)
        await world.bot.settled()
        world.simulator.workspace.tell_app = lambda event, channel: None
        await ana.invites(room, "chen")
        card = await chen.sees(f"INC-{number} · ", channel=room)
        assert (await chen.types(f"/incident show {number}")).text.startswith("There is no")
        await chen.clicks("Acknowledge", message=card)
        await ana.sees("@chen at", channel=room)
        assert f"INC-{number} · " in (await chen.types(f"/incident show {number}")).text


async def _until_known(world: World, who: Acts, number: int, *, known: bool) -> None:
    """Wait until the bot has heard of somebody's coming or going."""
    for _ in range(200):
        answer = await who.types(f"/incident show INC-{number}")
        if answer.text.startswith("There is no") is not known:
            return
    raise AssertionError(f"@{who.name} is still {'not ' if known else ''}in INC-{number}")
