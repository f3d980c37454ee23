"""Follow-ups: opened, given, due, done; in the handoff note and in the weekly report."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from simulator import Acts, Message
from tests.seeing import from_bot
from tests.world import World
from tests.world import world as running_world

# Real seconds: the machine may be busy with much else.
WITHIN = 40.0
ALERTS = "#prod-alerts"
DUE_MESSAGE = "A follow-up of yours is due"
GIVEN = "This is yours to follow up"
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com, timezone: Asia/Tokyo}
  chen: {slack: chen@example.com}
  dee: {slack: dee@example.com}
roles: {responder: [ana, bo, dee]}
schedules:
  primary:
    announce: "#dev-help"
    layers: [{rotate: [ana, dee], every: 1 day, starts: 2026-01-05 12:00}]
severities:
  sev3: {room: channel}
checklists:
  morning:
    title: Morning check
    channel: "#prod-alerts"
    items: [Queues are short, Disks have room]
reports:
  weekly:
    when: "0 16 * * FRI"
    channels: ["#prod-alerts"]
    sections: [verdict, actions]
"""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[World]:
    """A Monday at 14:00 UTC; in Tokyo it is 23:00."""
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        await found.bot.settled(WITHIN)
        await is_next(found, 0, time(14))
        yield found


async def is_next(world: World, weekday: int, clock: time) -> datetime:
    """Move the clock to the next time it is so in UTC (Monday is 0), and let everything happen."""
    now = world.simulator.clock.now()
    then = datetime.combine(now.date() + timedelta(days=(weekday - now.weekday()) % 7), clock, UTC)
    then += timedelta(days=7) if then <= now else timedelta()
    await world.simulator.clock.advance(then - now)
    await world.bot.settled(WITHIN)
    return then


def day(world: World, ahead: int) -> str:
    return f"{world.simulator.clock.now() + timedelta(days=ahead):%Y-%m-%d}"


def told(person: Acts, text: str) -> list[Message]:
    return [each for each in person.direct_messages() if text in person.reads(each)]


async def reads(world: World, person: Acts, message: Message, text: str) -> None:
    """Wait until the message, wherever it stands, says so."""

    def found() -> bool:
        every = [*person.direct_messages(), *world.said(ALERTS)]
        return any(each.ts == message.ts and text in person.reads(each) for each in every)

    await world.simulator.until(found, WITHIN, f"{text!r} in {person.reads(message)}")


async def types(person: Acts, command: str, channel: str = "#general") -> str:
    """A command and all that it is answered."""
    answer = await person.types(command, channel)
    assert answer.message is not None
    return person.reads(answer.message)


async def test_what_a_checklist_finds_is_followed_up_and_told_until_it_is_done(office: World) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    await ana.types("/checklist start morning")
    prompt = await ana.sees("Morning check:", channel=ALERTS, within=WITHIN)
    await ana.clicks("Problem", channel=ALERTS, message=prompt)
    fields = {"What did you see?": "Queues <grow> by night", "And now?": "Open a follow-up"}
    whose = {"If a follow-up: whose?": "bo", "If a follow-up: due": day(office, -1)}
    # In Tokyo, the day that is today here is nearly over.
    past = await ana.submits(fields | whose)
    assert "is past. Choose" in past["If a follow-up: due"]
    assert await ana.submits(fields | whose | {"If a follow-up: due": day(office, 3)}) == {}
    await reads(office, ana, prompt, "problem: Queues <grow> by night → FU-1")
    shown = await types(ana, "/checklist show morning")
    assert "→ FU-1" in shown
    assert "FU-1" in await types(ana, "/checklist history morning")
    assert "Morning check: " in await types(ana, "/checklist history fu-1")
    assert "Nothing is found" in await types(ana, "/checklist history fu-2")

    given = await bo.sees(GIVEN, within=WITHIN)
    assert "@ana opened it" in bo.reads(given)
    assert "FU-1 Queues <grow> by night (from Morning check, /checklist show" in bo.reads(given)

    # The day begins at nine in Tokyo, which is midnight here; the bot was away for a while.
    await office.bot.settled(WITHIN)
    await office.bot.kill()
    await office.bot.start()
    await is_next(office, 2, time(23, 59))
    assert not told(bo, DUE_MESSAGE)
    await office.simulator.clock.advance(minutes=1)
    due = await bo.sees(DUE_MESSAGE, within=WITHIN)
    assert "is due today, Thu" in bo.reads(due)
    await office.simulator.clock.advance(hours=5)
    await office.bot.settled(WITHIN)
    assert len(told(bo, DUE_MESSAGE)) == 1

    await bo.clicks("Done", message=due)
    for each in (given, due):
        await reads(office, bo, each, "FU-1 Queues <grow> by night: done")
    assert "Nothing is to be followed up" in await types(bo, "/ops followup")
    assert not told(ana, "FU-1")


async def test_it_is_done_once_whoever_says_so_first(office: World) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    await ana.types("/ops followup Mend the lamp @bo by friday")
    given = await bo.sees(GIVEN, within=WITHIN)
    answer, _ = await asyncio.gather(types(ana, "/ops followup done 1"), bo.clicks("Done", message=given))
    await office.bot.settled(WITHIN)
    [told_bo] = told(bo, "FU-1 Mend the lamp: done")
    if "FU-1 Mend the lamp is done" in answer:
        await bo.sees("FU-1 was done already by @ana", within=WITHIN)
        assert "done by @ana" in bo.reads(told_bo)
    else:
        assert "FU-1 was done already by @bo" in answer
    # It is not told on its day.
    await is_next(office, 5, time(12))
    assert not told(bo, DUE_MESSAGE)
    assert not told(ana, DUE_MESSAGE)


async def test_follow_ups_are_typed_given_and_moved(office: World) -> None:
    ana, bo, chen, dee = (office.person(name) for name in ("ana", "bo", "chen", "dee"))
    mine = await types(ana, "/ops followup Write to the printer by wednesday")
    assert "FU-1 Write to the printer is yours, due Wed" in mine
    theirs = await types(ana, "/ops followup @bo Fix the export used by finance in 3d")
    assert "FU-2 Fix the export used by finance is @bo’s, due" in theirs
    quoted = await types(dee, '/ops followup "Move 7 racks by 1.2." by tomorrow')
    assert "FU-3 Move 7 racks by 1.2. is yours, due Tue" in quoted
    given = await bo.sees("FU-2 Fix the export", within=WITHIN)

    # Given on, whoever had it sees whose it is, and it is due on another day.
    assert "is @dee’s, due" in await types(ana, "/ops followup give 2 @dee")
    await reads(office, bo, given, "FU-2 Fix the export used by finance is @dee’s now")
    await dee.sees("FU-2 Fix the export", within=WITHIN)
    assert "FU-2 Fix the export used by finance is due" in await types(dee, "/ops followup move FU-2 2w")
    assert "FU-1 Write to the printer is due today" in await types(ana, "/ops followup move 1 today")

    # What is late comes first, then one's own.
    await is_next(office, 2, time(8))
    listed = await types(dee, "/ops followup")
    assert re.findall(r"FU-\d", listed) == ["FU-3", "FU-1", "FU-2"]
    assert "3 open, 2 of them overdue" in listed
    assert "1 day late" in listed

    for wrong, said in (
        ("done", "Which one? Try: /ops followup done 7"),
        ("done 99", "There is no FU-99"),
        ("give 1", "To whom?"),
        ("give 1 @nobody", "I don't know who “nobody” is"),
        ("give 1 @ana", "FU-1 is yours already"),
        ("move 1", "To which day?"),
        ("move 1 someday", "I don't understand the day “someday”"),
        ("move 1 2020-01-01", "2020-01-01 is past"),
        ("Fix it by 30.02.", "I don't understand the day “30.02.”"),
        ("@bo", "What is to be done?"),
    ):
        assert said in await types(ana, f"/ops followup {wrong}"), wrong
    # Who has no part in it reads, and changes nothing.
    assert "needs the role responder" in await types(chen, "/ops followup Paint the wall")
    assert "needs the role responder" in await types(chen, "/ops followup done 1")
    assert "FU-1" in await types(chen, "/ops followup")
    # But what is given to them is theirs to do.
    await types(ana, "/ops followup give 1 @chen")
    assert "FU-1 Write to the printer is done" in await types(chen, "/ops followup done 1")
    # On the day from which it was moved nothing is said; on its new one it is.
    await is_next(office, 3, time(12))
    assert not [each for each in told(dee, DUE_MESSAGE) if "FU-2" in dee.reads(each)]
    await is_next(office, 0, time(12))
    await is_next(office, 0, time(12))
    [due] = [each for each in told(dee, DUE_MESSAGE) if "FU-2" in dee.reads(each)]
    assert "due today, Mon" in dee.reads(due)


async def test_what_came_of_a_private_incident_stays_private(office: World) -> None:
    ana, bo, dee = (office.person(name) for name in ("ana", "bo", "dee"))
    secret = await office.declares(ana, "sev3 private Somebody broke in")
    room = await office.room(secret)
    refused = await types(ana, "/ops followup Change the locks @bo", room)
    assert f"INC-{secret} is private, and @bo is not in it" in refused
    answer = await types(ana, "/ops followup Change the locks by tomorrow", room)
    assert "FU-1 Change the locks is yours, due Tue" in answer
    assert f"(from INC-{secret})" in answer
    assert "There is no FU-1" in await types(bo, "/ops followup done 1")
    assert "locks" not in await types(bo, "/ops followup")
    assert "Change the locks" in await types(ana, "/ops followup")
    plain = await office.declares(ana, "sev3 Search is slow")
    answer = await types(dee, "/ops followup Buy memory by tomorrow", await office.room(plain))
    assert "FU-2 Buy memory is yours, due Tue" in answer
    assert f"(from INC-{plain})" in answer

    # The note is read by everybody.
    await is_next(office, 1, time(12))
    [note] = [each for each in from_bot(office, "#dev-help") if "Follow-ups due (1)" in ana.reads(each)]
    assert "FU-2 · Buy memory · @dee · due today" in ana.reads(note)
    assert "locks" not in ana.reads(note)
    # And so is the report.
    await is_next(office, 4, time(16))
    await ana.sees("1 follow-up overdue", channel=ALERTS, within=WITHIN)
    traced = await types(ana, '/ops report why "follow-ups overdue"')
    assert "FU-2 Buy memory: dee, due Tue" in traced
    assert "3 days late" in traced
    assert "locks" not in traced


async def test_the_week_tells_what_is_late_and_a_problem_followed_up_is_no_loose_end(office: World) -> None:
    ana = office.person("ana")
    await ana.types("/checklist start morning")
    prompt = await ana.sees("Morning check:", channel=ALERTS, within=WITHIN)
    await ana.clicks("Note something odd", channel=ALERTS, message=prompt)
    odd = {"What did you see?": "A light blinks", "And now?": "Open a follow-up"}
    # A week on, and theirs, unless they say otherwise.
    assert await ana.submits(odd) == {}
    await reads(office, ana, prompt, "A light blinks → FU-1")
    await types(ana, "/ops followup Sweep the floor by today")
    await types(ana, "/ops followup Water the plants")
    await types(ana, "/ops followup done 3")
    note = await is_note(office, ana)
    assert "No follow-up is due" not in note
    assert "FU-2 · Sweep the floor · @ana · due Mon" in note
    assert "FU-1" not in note

    await is_next(office, 4, time(16))
    await ana.sees("1 follow-up overdue, 0 of 1 problem without an action", channel=ALERTS, within=WITHIN)
    for name, rows in (
        ("follow-ups overdue", ["FU-2 Sweep the floor: ana, due Mon", "4 days late"]),
        ("follow-ups opened", ["FU-1 A light blinks: ana", "FU-2", "FU-3"]),
        ("follow-ups closed", ["FU-3 Water the plants: ana"]),
    ):
        traced = await types(ana, f'/ops report why "{name}"')
        assert all(row in traced for row in rows), traced
    # On its day, at nine, whoever opened it for themselves is told, too.
    await is_next(office, 0, time(9))
    await ana.sees(DUE_MESSAGE, within=WITHIN)


async def is_note(world: World, person: Acts) -> str:
    """The next handoff note, as it is read."""
    before = {each.ts for each in from_bot(world, "#dev-help")}
    await is_next(world, 1, time(12))
    [note] = [each for each in from_bot(world, "#dev-help") if each.ts not in before]
    return person.reads(note)
