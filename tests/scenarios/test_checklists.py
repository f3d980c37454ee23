"""Checklists: asked by the clock or by hand, answered by people and machines, chased, and kept."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.jobs.workdays import is_workday
from bot.playbook.timing import Country
from simulator import Acts, Message, Seed
from simulator.seed import GroupSeed
from tests.seeing import from_bot
from tests.world import World
from tests.world import world as running_world

PLAYBOOK = Path(__file__).parent / "checklists.yaml"
WITHIN = 40.0
ALERTS = "#prod-alerts"


class Site:
    """What the checks look at. `status`: what /broken answers."""

    def __init__(self) -> None:
        self.status = 500
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(status=self.status if request.path == "/broken" else 200, text="hello")


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    found = Site()
    application = web.Application()
    application.router.add_get("/{path:.*}", found.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}/"
    yield found
    await runner.cleanup()


@pytest.fixture(scope="module")
async def listed(tmp_path_factory: pytest.TempPathFactory, site: Site) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("checklists")
    groups = (GroupSeed("oncall", "On call", ("chen", "eli")), GroupSeed("empty", "Nobody"))
    seed = replace(Seed.default(), usergroups=groups)
    async with running_world(folder, seed=seed, PLAYBOOK=str(PLAYBOOK), CHECK_URL=site.url) as found:
        await found.bot.settled(WITHIN)
        yield found


async def forward(world: World, clock: time, weekday: int | None = None) -> datetime:
    """To the next time clocks in UTC show this, on that weekday if one is given (Monday is 0)."""
    now = world.simulator.clock.now()
    then = datetime.combine(now.date(), clock, UTC)
    while then <= now or (weekday is not None and then.weekday() != weekday):
        then += timedelta(days=1)
    await world.simulator.clock.advance(then - now)
    return then


def messages(world: World, channel: str, text: str) -> list[Message]:
    return [each for each in from_bot(world, channel) if text in each.text]


async def another(
    world: World, channel: str, text: str, act: Callable[[], object], within: float = WITHIN
) -> Message:
    """Do something, and wait for one more message with this text."""
    before = {each.ts for each in messages(world, channel, text)}
    result = act()
    if hasattr(result, "__await__"):
        await result

    def fresh() -> list[Message]:
        return [each for each in messages(world, channel, text) if each.ts not in before]

    await world.simulator.until(fresh, within, f"a new message with {text!r} in {channel}")
    return fresh()[-1]


def now_of(world: World, channel: str, message: Message) -> Message:
    return next(each for each in world.said(channel) if each.ts == message.ts)


async def reads(world: World, who: Acts, channel: str, message: Message, *texts: str) -> str:
    """Wait until all of it is to be read there; gives what is."""

    def shown() -> str:
        return who.reads(now_of(world, channel, message))

    await world.simulator.until(
        lambda: all(text in shown() for text in texts), WITHIN, f"{texts} in: {shown()}"
    )
    return shown()


async def morning(world: World) -> Message:
    return await another(world, ALERTS, "Morning checklist:", lambda: forward(world, time(9, 0, 1)))


async def direct(world: World, who: Acts, text: str) -> Message:
    return await who.sees(text, within=WITHIN)


async def test_a_morning_from_the_prompt_to_the_last_answer(listed: World, site: Site) -> None:
    ana, bo = listed.person("ana"), listed.person("bo")
    site.status = 500
    prompt = await morning(listed)
    # Machines have answered: one is well, one is not and does not count as answered.
    text = await reads(listed, ana, ALERTS, prompt, "1 of 6 answered", ":red_circle: Nothing is broken")
    assert ":white_check_mark: Production answers" in text
    assert "500" in text
    # Whoever is on call at that moment is named.
    assert "for <@U01ANA>" in str(now_of(listed, ALERTS, prompt).blocks) or "for <@U02BO>" in str(
        prompt.blocks
    )

    # What a machine found wrong is asked again when it is mended.
    site.status = 200
    await bo.clicks("checklist.again", channel=ALERTS, message=prompt)  # the first one: it stays as it is
    await bo.clicks("checklist.problem", channel=ALERTS, message=prompt)
    assert (
        await bo.submits(
            {"What did you see?": "Half of <it> is down & out", "What did you do about it?": "Restarted"}
        )
        == {}
    )
    text = await reads(
        listed, ana, ALERTS, prompt, "2 of 6 answered", "Half of <it> is down & out", "Restarted"
    )
    # An answer can be changed: the machine's word is what is left, and now all is well.
    await bo.clicks("Change", channel=ALERTS, message=now_of(listed, ALERTS, prompt))
    await reads(listed, ana, ALERTS, prompt, "1 of 6 answered")
    again = [b for b in now_of(listed, ALERTS, prompt).blocks if b["type"] == "actions"]
    assert again[0]["elements"][0]["text"]["text"] == "Run again"
    await bo.clicks("Skip", channel=ALERTS, message=prompt)
    assert await bo.submits({"Why is it skipped?": "known since Monday"}) == {}
    await reads(listed, ana, ALERTS, prompt, "2 of 6 answered", "skipped: known since Monday")

    await ana.clicks("OK", channel=ALERTS, message=prompt)
    await reads(listed, ana, ALERTS, prompt, "3 of 6 answered")
    await ana.clicks("Answer", channel=ALERTS, message=prompt)
    errors = await ana.submits({"Answer": "a dozen"})
    assert "not a number" in str(errors)
    assert await ana.submits({"Answer": "12,5"}) == {}
    await reads(listed, ana, ALERTS, prompt, "4 of 6 answered", "12.5")
    await ana.selects("Choose", "Ask <dee> & co", channel=ALERTS, message=prompt)
    # The optional one is left: it is done without.
    text = await reads(listed, ana, ALERTS, prompt, "Done by", "Ask <dee> & co")
    # And can still be answered.
    await bo.clicks("Answer", channel=ALERTS, message=prompt)
    assert await bo.submits({"Answer": "A strange smell"}) == {}
    await reads(listed, ana, ALERTS, prompt, "A strange smell")
    assert len(messages(listed, ALERTS, "Morning checklist:")) >= 1

    shown = await ana.types("/checklist show morning")
    assert "12.5" in str(shown.blocks)
    assert "known since Monday" in str(shown.blocks)
    found = await ana.types("/checklist history morning smell")
    assert ": done" in str(found.blocks)
    assert "Nothing is found" in (await ana.types("/checklist history morning xyzzy")).text


async def test_two_who_answer_at_once_and_one_who_answers_too_late(listed: World) -> None:
    ana, bo = listed.person("ana"), listed.person("bo")
    weekly = await another(listed, ALERTS, "weekly:", lambda: bo.types("/checklist start weekly"))
    before = deepcopy(weekly.blocks)
    await ana.clicks("OK", channel=ALERTS, message=weekly)
    await reads(listed, ana, ALERTS, weekly, "Done by")
    # Bo's screen still shows the button.
    await _clicks_what_was(listed, bo, weekly, before)
    await bo.sees("was answered already by <@U01ANA>", channel=ALERTS, within=WITHIN)
    # The next one closes it; what was done stays done, what was not is closed as not done, visibly.
    second = await another(listed, ALERTS, "weekly:", lambda: bo.types("/checklist start weekly"))
    before = deepcopy(second.blocks)
    third = await another(listed, ALERTS, "weekly:", lambda: bo.types("/checklist start weekly"))
    await reads(listed, ana, ALERTS, second, "Closed as", "not done", "1 of 1 not answered")
    assert not [b for b in now_of(listed, ALERTS, second).blocks if b["type"] == "actions"]
    await _clicks_what_was(listed, ana, second, before)
    await ana.sees("was closed as not done", channel=ALERTS, within=WITHIN)
    assert "Done by" in ana.reads(now_of(listed, ALERTS, weekly))
    await ana.clicks("OK", channel=ALERTS, message=third)
    await reads(listed, ana, ALERTS, third, "Done by")


async def _clicks_what_was(world: World, who: Acts, message: Message, blocks: list[dict[str, Any]]) -> None:
    """Click OK in a message as it was when it was read, whatever it shows by now."""
    current = now_of(world, ALERTS, message)
    blocks, current.blocks = current.blocks, blocks
    try:
        await who.clicks("OK", channel=ALERTS, message=message)
    finally:
        current.blocks = blocks


async def test_whoever_does_not_answer_is_reminded_and_the_next_in_line_asked(listed: World) -> None:
    ana, bo, dee = listed.person("ana"), listed.person("bo"), listed.person("dee")
    await ana.types("/checklist start direct")
    prompt = await direct(listed, bo, "For one person: 0 of 1 answered")
    await listed.bot.settled(WITHIN)
    await listed.simulator.clock.advance(minutes=10, seconds=1)
    reminder = await direct(listed, bo, "*For one person* waits for you")
    assert "Access reviewed" in bo.reads(reminder)
    await listed.simulator.clock.advance(minutes=10)
    # Nobody else is named, so it is the managers.
    asked = await direct(listed, dee, "*For one person* is not done")
    assert "You are next in line" in dee.reads(asked)
    await dee.sees("For one person: 0 of 1 answered", within=WITHIN)
    await dee.clicks("I take it", message=asked)
    await listed.simulator.until(lambda: "for <@U04DEE>" in str(prompt.blocks), WITHIN)
    await dee.clicks("OK", message=dee.sees_now("For one person: 0 of 1 answered"))
    await dee.sees("For one person: done", within=WITHIN)
    # Both copies of the prompt show it.
    await bo.sees("For one person: done", within=WITHIN)


async def test_a_checklist_is_handed_over(listed: World) -> None:
    ana, eli = listed.person("ana"), listed.person("eli")
    weekly = await another(listed, ALERTS, "weekly:", lambda: ana.types("/checklist start weekly"))
    await ana.clicks("Hand over", channel=ALERTS, message=weekly)
    assert await ana.submits({"Who takes it?": "eli"}) == {}
    await reads(listed, ana, ALERTS, weekly, "for @eli")
    await eli.sees("<@U01ANA> hands you *weekly*", within=WITHIN)
    await ana.clicks("OK", channel=ALERTS, message=weekly)


async def test_a_problem_becomes_an_incident(listed: World) -> None:
    ana = listed.person("ana")
    weekly = await another(listed, ALERTS, "weekly:", lambda: ana.types("/checklist start weekly"))
    await ana.clicks("Problem", channel=ALERTS, message=weekly)
    fields = {"What did you see?": "The last backup is empty", "And now?": "Open an incident: sev3"}
    assert await ana.submits(fields) == {}
    text = await reads(listed, ana, ALERTS, weekly, "The last backup is empty", "→ INC-", "1 problem")
    number = re.search(r"INC-(\d+)", text)
    assert number is not None
    await ana.sees(f"INC-{number[1]} · sev3 · The last backup is empty", channel="#incidents", within=WITHIN)
    # What belongs to no item is noted beside them.
    await ana.clicks("Note something odd", channel=ALERTS, message=now_of(listed, ALERTS, weekly))
    assert await ana.submits({"What did you see?": "A light blinks"}) == {}
    await reads(listed, ana, ALERTS, weekly, "A light blinks", "2 problems")


async def test_a_long_checklist_goes_on_in_its_thread_and_nothing_is_cut(listed: World) -> None:
    ana = listed.person("ana")
    first = await another(listed, "#general", "long:", lambda: ana.types("/checklist start long"))

    def pages() -> list[Message]:
        everything = listed.simulator.channel("#general").by_ts.values()
        return [first, *(each for each in everything if each.thread_ts == first.ts and each.is_reply)]

    await listed.simulator.until(lambda: len(pages()) == 3, WITHIN)
    everything = "".join(ana.reads(now_of_any(listed, page)) for page in pages())
    assert all(f"I{n:02}" in everything for n in range(1, 41))
    for answered in range(1, 41):
        page = next(page for page in pages() if "checklist.ok" in str(now_of_any(listed, page).blocks))
        await ana.clicks("OK", channel="#general", message=page)
        # It is drawn anew twice a second.
        await listed.simulator.clock.advance(seconds=1)
        told = "done" if answered == 40 else f"{answered} of 40"
        await reads(listed, ana, "#general", first, told)
        await listed.bot.settled(WITHIN)
    await reads(listed, ana, "#general", first, "Done by")


def now_of_any(world: World, message: Message) -> Message:
    return world.simulator.channel("#general").by_ts[message.ts]


def days_off(start: datetime, days: int) -> list[date]:
    every = [start.date() + timedelta(days=n) for n in range(days + 1)]
    return [day for day in every if day.weekday() < 5 and not is_workday(day, Country("US"))]


async def test_onboarding_asks_each_day_what_is_for_that_day_and_role(listed: World) -> None:
    ana, chen = listed.person("ana"), listed.person("chen")
    refused = await ana.types("/checklist start onboarding @chen")
    assert "In which role?" in refused.text
    # From a Friday on: the second day is a Monday, a week later is a Friday again.
    # Neither is a holiday: the morning's prompt tells that the bot has seen the time.
    for _ in range(3):
        await another(listed, ALERTS, "Morning checklist:", lambda: forward(listed, time(10), 4))
        if not days_off(listed.simulator.clock.now(), 10):
            break
    answer = await ana.types("/checklist start onboarding @chen role:developer")
    assert answer.ok
    await chen.sees("Onboarding of <@U03CHEN> · developer: 0 of 1 answered", within=WITHIN)
    await listed.bot.settled(WITHIN)
    await listed.simulator.clock.advance(days=1)
    await listed.bot.settled(WITHIN)
    assert not chen.sees_now("Onboarding of <@U03CHEN> · developer · day 2")
    await listed.simulator.clock.advance(days=2)
    second = await chen.sees("Onboarding of <@U03CHEN> · developer · day 2", within=WITHIN)
    assert "A branch of your own" in chen.reads(second)
    assert "test plan" not in chen.reads(second)
    # Day one is not closed by day two.
    assert chen.sees_now("Onboarding of <@U03CHEN> · developer: 0 of 1")
    await listed.simulator.clock.advance(days=7)
    assert "A dry run" in chen.reads(
        await chen.sees("Onboarding of <@U03CHEN> · developer · day 8", within=WITHIN)
    )


async def test_a_severitys_tasks_are_asked_in_the_room_of_its_incident(listed: World) -> None:
    ana = listed.person("ana")
    number = await listed.declares(ana, "sev1 Tasks are asked")
    room = await listed.room(number, WITHIN)
    task = await ana.sees("First five minutes: 0 of 2", channel=room, within=WITHIN)
    await ana.sees("deeper: 0 of 1", channel=room, within=WITHIN)
    assert "runbook: roll-back" in ana.reads(task)
    await ana.clicks("OK", channel=room, message=task)
    await listed.bot.settled(WITHIN)
    await listed.simulator.clock.advance(minutes=5, seconds=1)

    def overdue() -> list[Message]:
        return [
            each
            for each in listed.simulator.channel(room).by_ts.values()
            if "is not answered after" in each.text
        ]

    await listed.simulator.until(overdue, WITHIN)
    await listed.bot.settled(WITHIN)
    # What was answered in time is not mentioned, and what was not, once.
    assert ["Roll back or fix forward?" in each.text for each in overdue()] == [True]
    await ana.selects("Choose", "Roll back", channel=room, message=task)
    await ana.sees("First five minutes: done", channel=room, within=WITHIN)
    # A graver severity asks what was not asked yet, in a thread as well.
    number = await listed.declares(ana, "sev2 Grows worse")
    await ana.types(f"/incident severity INC-{number} sev1")
    room = await listed.room(number, WITHIN)
    await ana.sees("deeper: 0 of 1", channel=room, within=WITHIN)


async def test_many_choices_are_offered_in_a_form(listed: World) -> None:
    ana = listed.person("ana")
    prompt = await another(listed, "#general", "many:", lambda: ana.types("/checklist start many"))
    await ana.clicks("Answer", channel="#general", message=prompt)
    assert await ana.submits({"Answer": "Region number 12 of the many that we have"}) == {}
    await reads(listed, ana, "#general", prompt, "Done by", "Region number 12 of the many")


async def test_what_is_private_stays_so(listed: World) -> None:
    ana, eli = listed.person("ana"), listed.person("eli")
    number = await listed.declares(ana, "sev2 private Somebody got in")
    room = await listed.room(number, WITHIN)
    await ana.sees("First five minutes: 0 of 2", channel=room, within=WITHIN)
    mine = str((await ana.types("/checklist history first-five-minutes")).blocks)
    found = re.findall(r"#(\d+) ", mine)
    theirs = str((await eli.types("/checklist history first-five-minutes")).blocks)
    hidden = set(found) - set(re.findall(r"#(\d+) ", theirs))
    assert len(hidden) == 1
    assert "There is no run" in (await eli.types(f"/checklist show {hidden.pop()}")).text


async def test_nobody_outside_a_private_incident_is_chased_for_its_tasks(listed: World) -> None:
    ana = listed.person("ana")
    number = await listed.declares(ana, "sev4 private Somebody may have got in")
    room = await listed.room(number, WITHIN)
    await ana.sees("chased: 0 of 1", channel=room, within=WITHIN)
    await listed.bot.settled(WITHIN)
    await listed.simulator.clock.advance(minutes=10)
    await ana.sees("Still open: 0 of 1", channel=room, within=WITHIN)
    await listed.bot.settled(WITHIN)
    await listed.simulator.clock.advance(minutes=10)
    await ana.sees("nobody further to ask", channel=room, within=WITHIN)
    await listed.bot.settled(WITHIN)
    told = [each.text for who in ("bo", "dee") for each in listed.person(who).direct_messages()]
    assert not [text for text in told if "chased" in text]
    assert (await ana.types(f"/incident cancel INC-{number}")).ok
    await listed.bot.settled(WITHIN)


async def test_a_user_group_is_asked_of_slack(listed: World) -> None:
    ana, chen, eli = (listed.person(name) for name in ("ana", "chen", "eli"))
    await ana.types("/checklist start group")
    await chen.sees("group: 0 of 1", within=WITHIN)
    prompt = await eli.sees("group: 0 of 1", within=WITHIN)
    await eli.clicks("OK", message=prompt)
    await chen.sees("group: done", within=WITHIN)
    # Nobody is in it: it is asked where everybody sees it, rather than of nobody.
    await another(listed, ALERTS, "nobody: 0 of 1", lambda: ana.types("/checklist start nobody"))


async def test_one_click_of_two_at_the_same_moment_counts(listed: World) -> None:
    people = [listed.person(name) for name in ("ana", "bo", "chen", "dee")]
    for who in people:
        await who.joins(ALERTS)
    weekly = await another(listed, ALERTS, "weekly:", lambda: people[0].types("/checklist start weekly"))
    await asyncio.gather(*(who.clicks("OK", channel=ALERTS, message=weekly) for who in people))
    text = await reads(listed, people[0], ALERTS, weekly, "Done by")
    await listed.bot.settled(WITHIN)
    seen = {who: who.sees_now("was answered already by", channel=ALERTS) for who in people}
    # Of this one, and not of one before.
    told = [who for who, message in seen.items() if message is not None and message.ts > weekly.ts]
    assert len(told) == 3
    [first] = [who for who in people if who not in told]
    assert f"Done by @{first.name}" in text


async def test_it_is_asked_where_somebody_asked_for_it_or_of_them(listed: World) -> None:
    ana = listed.person("ana")
    answer = await ana.types("/checklist start deeper", channel="#random")
    assert "is asked in <#" in answer.text
    await ana.sees("deeper: 0 of 1", channel="#random", within=WITHIN)
    # Where two people talk the bot has no part: whoever asked gets it.
    await ana.types("/checklist start deeper", channel="bo")

    def own() -> list[Message]:
        return [each for each in ana.direct_messages() if each.text.startswith("deeper: ")]

    await listed.simulator.until(own, WITHIN)
    await ana.clicks("OK", message=own()[-1])
    await listed.simulator.until(lambda: own()[-1].text == "deeper: done", WITHIN)


async def test_what_slack_took_late_says_so(listed: World) -> None:
    ana = listed.person("ana")
    listed.simulator.faults.unavailable()

    def tries() -> int:
        refused = [each for each in listed.simulator.calls if not each.ok]
        # It looks the channel up first, where it has not posted before.
        return sum(
            each.method == "conversations.list" or "Morning checklist:" in str(each.args.get("text"))
            for each in refused
        )

    before = tries()

    async def outage() -> None:
        await forward(listed, time(9, 0, 1))
        await listed.bot.until(lambda _: tries() > before, WITHIN)
        await listed.simulator.clock.advance(minutes=61)
        listed.simulator.faults.clear()
        await listed.simulator.clock.advance(minutes=1)

    reminded = len(reminders(listed))
    prompt = await another(listed, ALERTS, "Morning checklist:", outage)
    text = ana.reads(prompt)
    assert "Asked 1 h 2 min late" in text or "Asked 1 h 1 min late" in text
    # Nobody is reminded of what they could not see; the time to answer begins with the prompt.
    await listed.bot.settled(WITHIN)
    assert len(reminders(listed)) == reminded
    await listed.simulator.clock.advance(minutes=31)
    await listed.simulator.until(lambda: len(reminders(listed)) == reminded + 1, WITHIN)


def reminders(world: World) -> list[Message]:
    """Of the morning, by whoever has it this week."""
    people = (world.person(name) for name in ("ana", "bo"))
    told = [each for who in people for each in who.direct_messages()]
    return [each for each in told if "*Morning checklist* waits for you" in each.text]


async def test_what_is_coming_and_what_there_is_can_be_asked(listed: World) -> None:
    ana = listed.person("ana")
    coming = str((await ana.types("/ops upcoming 3d")).blocks)
    assert coming.count("checklist:morning") == 3
    listing = str((await ana.types("/checklist")).blocks)
    assert "Morning checklist" in listing
    assert "/checklist start onboarding" in listing


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("start", "Which one?"),
        ("start nothing", "There is no checklist “nothing”"),
        ("start weekly role:qa", "the same for every role"),
        ("start onboarding role:chef", "There is no role “chef”"),
        ("start weekly @nobody <&>", "I don't understand “nobody”"),
        ("show", "Which one?"),
        ("show 99999", "There is no run"),
        ("show 9999999999999999999999999", "There is no checklist"),
        ("histroy", "Did you mean: /checklist history"),
        ("morning", "/checklist start morning"),
        ("<@U99|x>", "Try: /checklist help"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_type(listed: World, text: str, says: str) -> None:
    answer = await listed.person("bo").types(f"/checklist {text}")
    assert says in answer.text
