"""The change of watch: who is told what, when, and that it is told once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator import Acts, Message
from simulator.calls import Call
from simulator.faults import Phase
from tests import postgres
from tests.world import Bot, World, start_of_worlds
from tests.world import world as running_world

# Bo comes on for Ana at the next 09:00 that is half a day away, and from then on they take turns by the week.
FIRST = start_of_worlds().replace(hour=9, minute=0, second=0, microsecond=0)
while start_of_worlds() + timedelta(hours=12) > FIRST:
    FIRST += timedelta(days=1)
PLAYBOOK = f"""
version: 1
timezone: UTC
people:
  ana: {{slack: ana@example.com}}
  bo: {{slack: bo@example.com}}
  chen: {{slack: chen@example.com, timezone: UTC}}
schedules:
  primary:
    announce: "#dev-help"
    handoff_overlap: 30m
    layers: [{{rotate: [ana, bo], every: 1 week, starts: {FIRST - timedelta(weeks=5):%Y-%m-%d} 09:00}}]
severities:
  sev1: {{page: {{at_once: [schedule:primary]}}, room: thread, watch_after_fix: 2h}}
  sev3: {{room: thread}}
"""
DAILY = PLAYBOOK.replace("every: 1 week", "every: 1 day")
# Real seconds: the machine may be busy with much else.
WITHIN = 30.0


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        yield found


async def is_it(world: World, at: datetime) -> None:
    """Move the clock to this instant, and let everything happen that is due."""
    await world.simulator.clock.advance(at - world.simulator.clock.now())
    await world.bot.settled(within=WITHIN)


async def is_before_first(world: World, **before: float) -> None:
    await is_it(world, FIRST - timedelta(**before))


def notes(world: World) -> list[Message]:
    return [each for each in world.said("#dev-help") if "The watch on *primary* goes" in each.text]


def told(who: Acts, words: str) -> list[Message]:
    """The messages to somebody with these words in them."""
    return [each for each in who.direct_messages() if words in who.reads(each)]


async def test_the_note_tells_what_the_next_one_needs_and_they_confirm_it(watch: World) -> None:
    await is_before_first(watch, hours=10)
    goes, comes = watch.person("ana"), watch.person("bo")
    chen = watch.person("chen")
    fixed = await watch.declares(chen, "sev1 Payments time out")
    await goes.clicks("Acknowledge", message=await goes.sees(f"You are paged: INC-{fixed}", within=WITHIN))
    await chen.types(f"/incident status INC-{fixed} monitoring")
    broken = await watch.declares(chen, "sev1 Search <is> down")
    await chen.types(f"/incident update INC-{broken} Rolling back")
    hidden = await watch.declares(chen, "sev3 private Somebody broke in")
    over = await watch.declares(chen, "sev3 Mail is slow")
    secret = await watch.declares(chen, "sev3 private Somebody was let in")
    for number in (over, secret):
        await chen.types(f"/incident resolve INC-{number} Restarted <it>")

    await watch.simulator.clock.advance(hours=9, minutes=29)
    await watch.bot.settled(within=WITHIN)
    assert not told(goes, "What should they know?")
    await watch.simulator.clock.advance(minutes=1)
    asked = await goes.sees("What should they know?", within=WITHIN)
    assert "Stay within reach until" in goes.reads(asked)
    await goes.clicks("Write it", message=asked)
    await goes.modal()
    assert await goes.submits({"What should the next know?": "The cache is <warm>\nand *odd*"}) == {}
    await goes.sees("You wrote", within=WITHIN)
    assert not notes(watch)

    await watch.simulator.clock.advance(minutes=30)
    note = await comes.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    read = comes.reads(note)
    assert float(note.ts) - FIRST.timestamp() < 10
    assert f"primary: @{goes.name} → @{comes.name}" in read
    assert "The cache is <warm>" in read
    assert "Open incidents (1)" in read
    assert f"INC-{broken} · sev1 · Search <is> down · Investigating" in read
    assert "Rolling back" in read
    assert f"Keep an eye on\nINC-{fixed} · sev1 · Payments time out · Monitoring" in read
    assert "2 pages · 1 unanswered · 2 at night" in read
    assert f"Over by now (1)\nINC-{over} · sev3 · Mail is slow · Resolved: Restarted <it>" in read
    assert f"INC-{hidden}" not in read
    assert f"INC-{secret}" not in read
    assert "Told late" not in read
    assert f"@{goes.name} can still be asked until" in read
    assert "Your watch on primary went to" in goes.reads(asked)

    # Only whoever is on has it; and it can be said once.
    await chen.clicks("I have the watch", message=note)
    await chen.sees(f"The watch is for @{comes.name}", within=WITHIN)
    await comes.clicks("I have the watch", message=note)
    has_it = f"@{comes.name} has the watch since"
    await watch.simulator.until(lambda: has_it in chen.reads(note), WITHIN)
    assert "I have the watch" not in chen.reads(note)
    await watch.simulator.until(lambda: has_it in goes.reads(asked), WITHIN)
    # Those who went can add to it, and the rest stays as it was at the change.
    await chen.types(f"/incident resolve INC-{broken} Rolled back")
    await goes.clicks("Change it", message=asked)
    await goes.modal()
    await goes.submits({"What should the next know?": "The cache is cold now"})
    await watch.simulator.until(lambda: "The cache is cold now" in chen.reads(note), WITHIN)
    assert "Open incidents (1)" in chen.reads(note)
    await watch.simulator.clock.advance(hours=2)
    await watch.bot.settled(within=WITHIN)
    assert not told(comes, "Do you have the watch?")
    assert len(notes(watch)) == 1


async def test_until_confirmed_it_is_asked_four_times_and_then_said_loudly(watch: World) -> None:
    await is_before_first(watch, minutes=5)
    goes, comes = watch.person("ana"), watch.person("bo")
    await watch.simulator.clock.advance(minutes=5)
    note = await comes.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    await watch.bot.settled(within=WITHIN)
    seen = []
    for _ in range(4):
        await watch.simulator.clock.advance(minutes=15)
        await watch.bot.settled(within=WITHIN)
        # One at a time: what was asked before is gone.
        [asked] = told(comes, "Do you have the watch?")
        seen.append(asked.ts)
    assert len(set(seen)) == 4
    assert not [each for each in watch.said("#dev-help") if "is not confirmed" in each.text]
    # Paging follows the schedule all the while.
    number = await watch.declares(watch.person("chen"), "sev1 In the middle of it")
    await comes.sees(f"You are paged: INC-{number}", within=WITHIN)

    await watch.simulator.clock.advance(minutes=15)
    loud = await goes.sees("The watch on primary is not confirmed", channel="#dev-help", within=WITHIN)
    assert f"@{comes.name} was asked 4 times in 75 min" in goes.reads(loud)
    await watch.simulator.until(lambda: bool(told(goes, "is not confirmed")), WITHIN)
    await watch.simulator.clock.advance(hours=3)
    await watch.bot.settled(within=WITHIN)
    assert len(told(comes, "Do you have the watch?")) == 1
    assert len([each for each in watch.said("#dev-help") if "is not confirmed" in each.text]) == 1
    # More rarely from then on, and for as long as it takes.
    for _ in range(3):
        await watch.simulator.clock.advance(days=1)
        await watch.bot.settled(within=WITHIN)
        [asked] = told(comes, "Do you have the watch?")
        seen.append(asked.ts)
    assert len(set(seen)) == 7
    assert len([each for each in watch.said("#dev-help") if "is not confirmed" in each.text]) == 1

    await comes.clicks("I have the watch", message=told(comes, "Do you have the watch?")[0])
    has_it = f"@{comes.name} has the watch since"
    await watch.simulator.until(lambda: has_it in goes.reads(note) and has_it in goes.reads(loud), WITHIN)
    await watch.simulator.until(lambda: not told(comes, "Do you have the watch?"), WITHIN)


async def test_covers_are_changes_of_watch_unless_too_short_to_hand_anything_over(watch: World) -> None:
    await is_before_first(watch, hours=14)
    goes, comes = watch.person("ana"), watch.person("bo")
    chen = watch.person("chen")
    await chen.types("/oncall cover primary for 30m")
    await watch.bot.settled(within=WITHIN)
    assert not notes(watch)
    await watch.simulator.clock.advance(hours=1)
    await watch.bot.settled(within=WITHIN)
    assert not notes(watch)

    # One that begins at once: nobody could be asked before, so they are asked now.
    await chen.types("/oncall cover primary for 5h")
    note = await goes.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    assert f"primary: @{goes.name} → @chen" in goes.reads(note)
    await goes.sees("Your watch on primary went to @chen", within=WITHIN)
    # Taken back at once: who came on is not asked to confirm any more, and nothing is handed over.
    await chen.clicks("Take it back", message=chen.sees_now("is on call on *primary* instead of"))
    await watch.simulator.until(lambda: "I have the watch" not in goes.reads(note), WITHIN)
    await watch.simulator.clock.advance(minutes=20)
    await watch.bot.settled(within=WITHIN)
    assert not told(chen, "Do you have the watch?")
    assert len(notes(watch)) == 1

    # A cover across the change: whoever was asked is not the one who goes any more.
    await is_before_first(watch, minutes=20)
    asked = await goes.sees("What should they know?", within=WITHIN)
    await chen.types("/oncall cover primary for 6h")
    await watch.simulator.until(lambda: len(notes(watch)) == 2, WITHIN)
    await watch.simulator.until(lambda: "went to @chen" in goes.reads(asked), WITHIN)
    await is_it(watch, FIRST)
    assert len(notes(watch)) == 2
    await is_it(watch, FIRST + timedelta(hours=6))
    await watch.simulator.until(lambda: len(notes(watch)) == 3, WITHIN)
    assert f"primary: @chen → @{comes.name}" in chen.reads(notes(watch)[-1])


async def test_a_reloaded_playbook_is_what_the_next_change_follows(watch: World) -> None:
    await is_before_first(watch, minutes=20)
    ana = watch.person("ana")
    asked = await ana.sees("goes to @bo at", within=WITHIN)
    file = watch.bot.folder / "playbook.yaml"
    file.write_text(PLAYBOOK.replace("[ana, bo]", "[ana, chen]"))
    await ana.types("/ops reload")
    await watch.simulator.until(lambda: "goes to @chen at" in ana.reads(asked), WITHIN)
    # Whoever is on by the new one was not before: that is a change of watch, at once.
    file.write_text(PLAYBOOK.replace("[ana, bo]", "[bo]"))
    await ana.types("/ops reload")
    note = await ana.sees("primary: @ana → @bo", channel="#dev-help", within=WITHIN)
    await is_it(watch, FIRST + timedelta(days=8))
    assert notes(watch) == [note]


async def test_whoever_comes_on_is_reminded_before_and_never_after(watch: World) -> None:
    bo, chen = watch.person("bo"), watch.person("chen")
    await is_before_first(watch, hours=11)
    # A week is prepared the day before; half a day before will do for whoever was not told then.
    [reminded] = told(bo, "Your watch on primary begins")
    text = bo.reads(reminded)
    for words in ("Access", "test a page with /oncall me", "Rollback", "Recent incidents", "Runbooks"):
        assert words in text
    assert "@ana can still be asked until" in text
    # It is somebody else's, and then theirs again: one message that says so.
    await chen.types(
        f"/oncall cover primary @bo {FIRST:%Y-%m-%d} 09:00 to {FIRST + timedelta(days=6):%Y-%m-%d} 09:00"
    )
    await watch.simulator.until(lambda: "is not yours any more" in bo.reads(reminded), WITHIN)
    await chen.sees("Your watch on primary begins", within=WITHIN)
    await chen.clicks("Take it back", message=chen.sees_now("is on call on *primary* instead of"))
    await watch.simulator.until(lambda: "Your watch on primary begins" in bo.reads(reminded), WITHIN)
    await watch.simulator.until(lambda: not told(chen, "Your watch on primary begins"), WITHIN)
    # A day is prepared an hour before, and by whoever has it then.
    file = watch.bot.folder / "playbook.yaml"
    file.write_text(DAILY.replace("[ana, bo]", "[ana, bo, chen]"))
    await chen.types("/ops reload")
    await watch.bot.settled(within=WITHIN)
    begins = FIRST + timedelta(days=1)
    while (begins - FIRST + timedelta(weeks=5)) // timedelta(days=1) % 3 != 2:
        begins += timedelta(days=1)
    await is_it(watch, begins - timedelta(minutes=61))
    already = len(told(chen, "Your watch on primary begins"))
    await is_it(watch, begins - timedelta(minutes=60))
    assert len(told(chen, "Your watch on primary begins")) == already + 1
    # The playbook may say otherwise; a shift that has begun is too late for it.
    file.write_text(PLAYBOOK.replace("    handoff_overlap", "    remind_before: 2d\n    handoff_overlap"))
    await chen.types("/ops reload")
    await watch.bot.settled(within=WITHIN)
    everybody = [watch.person(name) for name in ("ana", "bo", "chen")]

    def reminders() -> int:
        return sum(len(told(each, "Your watch on primary begins")) for each in everybody)

    before, monday = reminders(), FIRST + timedelta(weeks=2)
    await is_it(watch, monday - timedelta(days=2, minutes=1))
    assert reminders() == before
    await is_it(watch, monday - timedelta(days=2))
    assert reminders() == before + 1
    await watch.bot.stop()
    await watch.simulator.clock.advance(weeks_later(monday, 1) - watch.simulator.clock.now())
    await watch.bot.start()
    await watch.bot.settled(within=WITHIN)
    assert reminders() == before + 1


def weeks_later(at: datetime, weeks: int) -> datetime:
    return at + timedelta(weeks=weeks, minutes=1)


@pytest.mark.parametrize(
    ("day", "at"),
    [
        # 02:30 does not exist on that day: the first instant after the gap
        (datetime(2036, 3, 9, tzinfo=UTC), datetime(2036, 3, 9, 7, 0, tzinfo=UTC)),
        # 01:30 comes twice on that day: the first of them
        (datetime(2036, 11, 2, tzinfo=UTC), datetime(2036, 11, 2, 5, 30, tzinfo=UTC)),
    ],
)
async def test_the_watch_changes_once_where_the_clocks_change(
    tmp_path: Path, day: datetime, at: datetime
) -> None:
    local = "02:30" if day.month == 3 else "01:30"
    starts = f"{day - timedelta(weeks=3):%Y-%m-%d} {local}"
    text = PLAYBOOK.replace("timezone: UTC\npeople", "timezone: America/New_York\npeople")
    text = text.replace(f"{FIRST - timedelta(weeks=5):%Y-%m-%d} 09:00", starts)
    async with running_world(tmp_path, playbook=text) as watch:
        await watch.simulator.clock.advance(at - timedelta(days=3) - watch.simulator.clock.now())
        await watch.bot.settled(within=WITHIN)
        before = len(notes(watch))
        await is_it(watch, at - timedelta(seconds=20))
        assert len(notes(watch)) == before
        await is_it(watch, at)
        await watch.simulator.until(lambda: len(notes(watch)) == before + 1, WITHIN)
        await is_it(watch, at + timedelta(hours=3))
        assert len(notes(watch)) == before + 1
        assert "Told late" not in watch.person("ana").reads(notes(watch)[-1])


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_killed_while_the_note_is_posted_there_is_one_note(watch: World, phase: Phase) -> None:
    await is_before_first(watch, minutes=10)
    comes = watch.person("bo")
    struck: list[Call] = []

    async def strike(call: Call, at: Phase) -> str | None:
        is_note = call.method == "chat.postMessage" and "The watch on" in str(call.args.get("text"))
        if not is_note or at != phase or struck:
            return None
        struck.append(call)
        await watch.bot.kill()
        return "drop"

    watch.simulator.faults.intercept(strike)
    await watch.simulator.clock.advance(minutes=10)
    await watch.simulator.until(lambda: bool(struck), WITHIN)
    watch.simulator.faults.intercept(None)
    await watch.simulator.clock.advance(minutes=3)
    await watch.bot.start()
    await watch.simulator.clock.advance(minutes=1)
    await comes.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    await watch.bot.settled(within=WITHIN)
    assert len(notes(watch)) == 1
    assert comes.reads(notes(watch)[0]).count("I have the watch") == 1


def came_already(world: World, timer: str) -> int:
    """How often a timer of this kind was seen to; with Slack away there is nothing else to see of it."""
    return sum(f"kind={timer}" in line and "outcome=done" in line for line in world.bot.log.splitlines())


async def came(world: World, timer: str, times: int) -> None:
    await world.bot.until(lambda _: came_already(world, timer) >= times, within=WITHIN)


async def test_while_slack_is_down_nothing_piles_up(watch: World) -> None:
    await is_before_first(watch, minutes=10)
    bo = watch.person("bo")
    watch.simulator.faults.outage(sockets=False)
    await watch.simulator.clock.advance(minutes=10)
    await watch.bot.until(lambda _: "kind=handoff.note" in watch.bot.log, within=WITHIN)
    for nudges in (1, 2, 3):
        await watch.simulator.clock.advance(minutes=15)
        await came(watch, "handoff.nudge_due", nudges)
    watch.simulator.faults.clear()
    await watch.simulator.clock.advance(seconds=30)
    note = await bo.sees("primary: @ana → @bo", channel="#dev-help", within=WITHIN)
    assert "Told late" in bo.reads(note)
    await bo.sees("Do you have the watch?", within=WITHIN)
    await watch.bot.settled(within=WITHIN)
    assert len(notes(watch)) == 1
    assert len(told(bo, "Do you have the watch?")) == 1
    asked = [each for each in watch.simulator.calls if "Do you have the watch?" in str(each.args.get("text"))]
    assert sum(each.ok for each in asked) == 1


async def test_away_for_two_changes_the_bot_tells_the_last_one_and_that_it_is_late(watch: World) -> None:
    await is_before_first(watch, minutes=10)
    ana = watch.person("ana")
    await watch.bot.stop()
    await watch.simulator.clock.advance(days=8)
    await watch.bot.start()
    # Bo had it for a week meanwhile.
    note = await ana.sees("primary: @bo → @ana", channel="#dev-help", within=WITHIN)
    assert "Told late: the watch changed at" in ana.reads(note)
    await watch.bot.settled(within=WITHIN)
    assert len(notes(watch)) == 1


async def test_two_replicas_post_one_note(
    tmp_path: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "server", postgres_server)
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    (tmp_path / "second").mkdir()
    async with running_world(tmp_path, PLAYBOOK=str(tmp_path / "playbook.yaml")) as watch:
        environment = {
            "PLAYBOOK": str(tmp_path / "playbook.yaml"),
            "DATABASE_URL": watch.bot.environment["DATABASE_URL"],
        }
        second = Bot(watch.simulator, tmp_path / "second", **environment)
        await second.start()
        try:
            await is_before_first(watch, minutes=40)
            goes, comes = watch.person("ana"), watch.person("bo")
            await watch.simulator.clock.advance(minutes=10)
            await goes.sees("What should they know?", within=WITHIN)
            await watch.simulator.clock.advance(minutes=30)
            await comes.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
            await watch.simulator.clock.advance(minutes=15)
            await comes.sees("Do you have the watch?", within=WITHIN)
            await asyncio.gather(watch.bot.settled(within=WITHIN), second.settled(within=WITHIN))
            assert len(notes(watch)) == 1
            assert len(told(goes, "Your watch on primary went to")) == 1
            assert len(told(comes, "Do you have the watch?")) == 1
        finally:
            await second.stop()
