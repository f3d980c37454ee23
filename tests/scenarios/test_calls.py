"""`/oncall page`: people are paged with a few words, and no incident."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World
from tests.world import world as running_world

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  dee: {slack: dee@example.com}
  eli: {slack: eli@example.com}
roles: {responder: [ana, bo, dee]}
schedules:
  primary: {user_group: oncall, layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
  nobody: {layers: [{rotate: [bo], every: 1 week, starts: 2126-01-07 00:00}]}
escalation:
  platform:
    ladder:
      - {page: [schedule:primary]}
      - {after: 10m, page: [dee]}
  helped: {ladder: [{page: [ana]}, {after: 10m, page: [dee]}, {after: 20m, page: [eli]}]}
"""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("calls"), playbook=PLAYBOOK) as found:
        yield found


async def test_somebody_is_paged_by_name_and_whoever_called_hears_of_the_answer(house: World) -> None:
    bo, dee = house.person("bo"), house.person("dee")
    answer = await bo.types("/oncall page @dee The *backup* did not run", channel="#general")
    assert "Paging <@U04DEE>" in answer.text
    await bo.sees("The *backup* did not run: Nobody has answered yet")
    page = await dee.sees("The *backup* did not run")
    assert "<@U02BO> asks for you" in str(page.blocks)
    await dee.clicks("Acknowledge", message=page)
    await bo.sees("<@U04DEE> acknowledged at")
    await dee.sees("Acknowledged by <@U04DEE>")
    assert not any("backup" in each.text for each in house.said("#incidents"))


async def test_a_path_is_climbed_until_somebody_answers(house: World) -> None:
    ana, bo, dee = house.person("ana"), house.person("bo"), house.person("dee")
    await bo.types("/oncall page platform Somebody please", channel="#general")
    first = await ana.sees("Somebody please")
    await house.bot.settled()
    await house.simulator.clock.advance(minutes=10)
    await dee.clicks("I can't, next please", message=await dee.sees("Somebody please"))
    await bo.sees("<@U04DEE> cannot take it, and there is nobody further to call")
    await ana.clicks("Acknowledge", message=first)
    await bo.sees("Somebody please: <@U01ANA> acknowledged at")


async def test_who_is_called_for_help_answers_or_passes_on_like_anybody(house: World) -> None:
    ana, bo, dee, eli = (house.person(name) for name in ("ana", "bo", "dee", "eli"))
    before = len(bo.direct_messages())
    await bo.types("/oncall page helped This is too much for one", channel="#general")
    await ana.clicks("Acknowledge", message=await ana.sees("too much for one"))
    await ana.clicks("Escalate", message=await ana.sees("one: :white_check_mark: Acknowledged by"))
    await dee.clicks("I can't, next please", message=await dee.sees("This is too much for one"))
    await eli.clicks("Acknowledge", message=await eli.sees("This is too much for one"))
    await eli.sees("Acknowledged by <@U05ELI>")
    # The ladder ends there: nobody else is called, and nobody hears that nobody answered.
    await house.bot.settled()
    await house.simulator.clock.advance(minutes=30)
    await house.bot.settled()
    assert not any("nobody left to call" in each.text for each in bo.direct_messages()[before:])


async def test_a_path_that_runs_out_is_told_to_whoever_called(house: World) -> None:
    bo = house.person("bo")
    await bo.types("/oncall page platform Nobody there", channel="#general")
    await house.bot.settled()
    for _ in range(2):
        await house.simulator.clock.advance(minutes=10)
        await house.bot.settled()
    await bo.sees("nobody answered on the path platform, and there is nobody left to call")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("page", "Whom? Name people"),
        ("page The backup did not run", "Whom? Name people"),
        ("page @bo", "What shall they read?"),
        ("page @nobodyatall Help", "I don't know whom “nobodyatall” means"),
        ("page nobody Help", "Not reached: nobody is on call for nobody"),
        ("page @bo " + "x" * 1001, "at most 1000 characters"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_type(house: World, typed: str, says: str) -> None:
    answer = await house.person("bo").types(f"/oncall {typed}", channel="#general")
    assert says in answer.text


async def test_it_takes_the_role_of_a_responder(house: World) -> None:
    answer = await house.person("eli").types("/oncall page @bo Hello", channel="#general")
    assert "This needs the role responder" in answer.text
