"""Pages: to whom, how often, answered by whom, and what happens when they reach nobody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import Acts, Message, Seed
from simulator.seed import PersonSeed
from tests.seeing import ODD, WITHIN, cards, from_bot
from tests.world import World
from tests.world import world as running_world


def with_leavers() -> Seed:
    """The usual people, and one who left: the account is deactivated."""
    seed = Seed.default()
    gone = PersonSeed("gone", "U0GONE", email="gone@example.com", deleted=True)
    return replace(seed, people=(*seed.people, gone))


@pytest.fixture(scope="module")
async def odd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("odd")
    async with running_world(folder, PLAYBOOK=str(ODD), seed=with_leavers()) as found:
        yield found


def pages(who: Acts, number: int) -> list[Message]:
    return [each for each in who.direct_messages() if f"INC-{number} ·" in each.text and each.by_app]


def open_pages(who: Acts, number: int) -> list[Message]:
    return [each for each in pages(who, number) if "You are paged" in each.text]


async def test_whoever_is_on_call_is_paged_at_once(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev2 Search is slow")
    page = await bo.sees(f"You are paged: INC-{number} · sev2 · Search is slow", within=WITHIN)
    assert "on call for primary" in bo.reads(page)
    await odd.room(number, WITHIN)
    await odd.bot.settled()
    assert len(pages(bo, number)) == 1
    assert not pages(ana, number)


async def test_several_who_are_on_call_together_are_all_paged_and_one_answer_is_enough(odd: World) -> None:
    ana, bo, dee = odd.person("ana"), odd.person("bo"), odd.person("dee")
    number = await odd.declares(dee, "paired Both of you")
    for who in (ana, bo):
        await who.sees(f"You are paged: INC-{number}", within=WITHIN)
    first, second = (open_pages(who, number)[0] for who in (ana, bo))
    await asyncio.gather(ana.clicks("Acknowledge", message=first), bo.clicks("Acknowledge", message=second))
    await odd.simulator.until(lambda: not open_pages(ana, number) and not open_pages(bo, number), WITHIN)
    winner = "U01ANA" if f"Acknowledged by <@{ana.id}>" in str(first.blocks) else "U02BO"
    for page in (first, second):
        assert f"Acknowledged by <@{winner}>" in str(page.blocks)
        assert "page.acknowledge" not in str(page.blocks)
    loser = bo if winner == "U01ANA" else ana
    await loser.sees(f"already acknowledged by <@{winner}>", within=WITHIN)
    await odd.simulator.until(lambda: f"<@{winner}> at" in str(cards(odd, number, "#incidents")), WITHIN)


async def test_acknowledging_anywhere_edits_the_page(odd: World) -> None:
    ana, bo, chen = odd.person("ana"), odd.person("bo"), odd.person("chen")
    number = await odd.declares(ana, "sev2 Acknowledged from the channel")
    await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    room = await odd.room(number, WITHIN)
    announced = await chen.sees(f"INC-{number} ·", channel="#incidents", within=WITHIN)
    await chen.clicks("Acknowledge", message=announced)
    await odd.simulator.until(lambda: not open_pages(bo, number), WITHIN)
    # Whoever is on it is brought in.
    await odd.simulator.until(lambda: chen.id in odd.simulator.channel(room).members, WITHIN)


async def test_nobody_on_call_is_said_loudly_in_the_room_and_to_everybody(odd: World) -> None:
    ana = odd.person("ana")
    number = await odd.declares(ana, "lonely Nobody is there")
    room = await odd.room(number, WITHIN)
    await ana.sees("nobody is on call for empty", channel=room, within=WITHIN)
    loud = await ana.sees("Is anybody here to take it?", channel="#incidents", within=WITHIN)
    assert "<!here>" in loud.text
    assert f"INC-{number}" in loud.text


async def test_of_a_private_incident_only_its_people_hear_that_nobody_is_on_call(odd: World) -> None:
    ana, eli = odd.person("ana"), odd.person("eli")
    number = await odd.declares(ana, "lonely private Do not tell")
    await ana.sees("nobody is on call for empty", within=WITHIN)
    await odd.room(number, WITHIN)
    await odd.bot.settled()
    everything = [each.text for name in ("#incidents", "#prod-alerts", "#general") for each in odd.said(name)]
    assert not any(f"INC-{number}" in text or "Do not tell" in text for text in everything)
    assert eli.sees_now("Do not tell") is None


async def test_who_cannot_be_reached_is_said_and_the_others_are_paged(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "ghostly One of three")
    room = await odd.room(number, WITHIN)
    await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    for name in ("ghost", "gone"):
        await ana.sees(f"{name} could not be paged", channel=room, within=WITHIN)
        await ana.sees(f"{name} could not be paged", channel="#incidents", within=WITHIN)
    await odd.bot.settled()
    assert sum("could not be paged" in each.text for each in from_bot(odd, room)) == 2


async def test_a_person_a_schedule_or_a_path_can_be_paged_by_anybody(odd: World) -> None:
    ana, bo, chen, dee = (odd.person(name) for name in ("ana", "bo", "chen", "dee"))
    number = await odd.declares(ana, "sev3 Who knows this")
    about = f"INC-{number}"
    answer = await ana.types(f"/incident page {about} @dee")
    assert "Paging <@U04DEE>" in answer.text
    await dee.sees(f"You are paged: {about}", within=WITHIN)
    await ana.types(f"/incident page {about} pair")
    await bo.sees(f"You are paged: {about}", within=WITHIN)
    await ana.types(f"/incident page {about} platform")
    await chen.sees(f"You are paged: {about}", within=WITHIN)
    answer = await ana.types(f"/incident page {about} empty")
    assert "nobody is on call for empty" in answer.text
    answer = await ana.types(f"/incident page {about} nonsense")
    assert "nonsense" in answer.text
    assert "platform" in answer.text
    # Asked for again, somebody is paged again.
    await ana.types(f"/incident page {about} @dee")
    await odd.simulator.until(lambda: len(open_pages(dee, number)) == 2, WITHIN)
    await dee.clicks("Acknowledge", message=open_pages(dee, number)[0])
    for who in (ana, bo, chen, dee):
        await odd.simulator.until(lambda who=who: not open_pages(who, number), WITHIN)  # type: ignore[misc]


async def test_help_called_after_the_acknowledgement_answers_for_itself(odd: World) -> None:
    ana, bo, chen = odd.person("ana"), odd.person("bo"), odd.person("chen")
    number = await odd.declares(ana, "sev2 More hands")
    room = await odd.room(number, WITHIN)
    await bo.clicks("Acknowledge", message=await bo.sees(f"You are paged: INC-{number}", within=WITHIN))
    await odd.simulator.until(lambda: not open_pages(bo, number), WITHIN)
    await bo.types("/incident page @chen", channel=room)
    page = await chen.sees(f"You are paged: INC-{number}", within=WITHIN)
    await chen.clicks("Acknowledge", message=page)
    await odd.simulator.until(lambda: f"Acknowledged by <@{chen.id}>" in str(page.blocks), WITHIN)
    await ana.sees(f"<@{chen.id}> answered the page", channel=room, within=WITHIN)
    # It is still Bo who acknowledged the incident.
    assert "<@U02BO> at" in str(cards(odd, number, room)[0].blocks)


async def test_an_end_without_an_answer_takes_the_button_off_the_page(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev2 Over before it began")
    page = await bo.sees(f"You are paged: INC-{number}", within=WITHIN)
    await ana.types(f"/incident cancel INC-{number}")
    await odd.simulator.until(lambda: "before anybody acknowledged" in str(page.blocks), WITHIN)
    assert not any(block["type"] == "actions" for block in page.blocks)
    answer = await ana.types(f"/incident page INC-{number} @bo")
    assert f"/incident reopen INC-{number}" in answer.text
    await ana.types(f"/incident reopen INC-{number}")
    await odd.simulator.until(lambda: open_pages(bo, number), WITHIN, "paged again: nobody had acknowledged")


async def test_a_higher_severity_pages_who_was_not_paged_yet(odd: World) -> None:
    ana, bo = odd.person("ana"), odd.person("bo")
    number = await odd.declares(ana, "sev3 Not so harmless")
    await ana.types(f"/incident severity INC-{number} sev2")
    page = await bo.sees(f"You are paged: INC-{number} · sev2", within=WITHIN)
    # Higher still: the page that is open is edited, and not sent a second time.
    await ana.types(f"/incident severity INC-{number} sev1")
    await odd.simulator.until(lambda: f"INC-{number} · sev1" in page.text, WITHIN)
    await odd.bot.settled()
    assert len(pages(bo, number)) == 1


async def test_along_the_path_only_if_nobody_answered_in_time(odd: World) -> None:
    ana, bo, chen = odd.person("ana"), odd.person("bo"), odd.person("chen")
    unanswered = await odd.declares(ana, "sev2 Nobody answers")
    answered = await odd.declares(ana, "sev2 Somebody answers")
    await bo.sees(f"You are paged: INC-{unanswered}", within=WITHIN)
    page = await bo.sees(f"You are paged: INC-{answered}", within=WITHIN)
    await bo.clicks("Acknowledge", message=page)
    await odd.bot.settled()
    await odd.simulator.clock.advance(minutes=9)
    await odd.bot.settled()
    assert not pages(chen, unanswered)
    await odd.simulator.clock.advance(minutes=2)
    await chen.sees(f"You are paged: INC-{unanswered}", within=WITHIN)
    await odd.simulator.until(lambda: len(open_pages(bo, unanswered)) == 2, WITHIN, "paged again")
    await odd.bot.settled()
    assert not pages(chen, answered)


async def test_a_person_taken_out_of_the_playbook_is_said_when_their_page_is_due(tmp_path: Path) -> None:
    """The playbook changes while Slack is away; the page that waits means somebody it no longer knows."""
    playbook = tmp_path / "playbook.yaml"
    before = (
        "version: 1\npeople:\n  ana: {slack: ana@example.com}\n  zoe: {slack: zoe@example.com}\n"
        "severities:\n  sev1: {room: thread, page: {at_once: [zoe]}}\n"
    )
    playbook.write_text(before)
    async with running_world(tmp_path, PLAYBOOK=str(playbook)) as world:
        ana = world.person("ana")
        world.simulator.faults.unavailable()
        number = await world.declares(ana, "sev1 Who is Zoe")
        playbook.write_text(before.replace("zoe: {slack: zoe", "yan: {slack: yan").replace("[zoe]", "[yan]"))
        await ana.types("/ops reload")
        world.simulator.faults.clear()
        await ana.sees("zoe could not be paged", channel="#incidents", within=WITHIN)
        await ana.sees(f"INC-{number}", channel="#incidents", within=WITHIN)
