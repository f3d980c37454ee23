"""How people see and change the way a page reaches them; what keeps it from them, and what it costs."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulator import Acts, Message
from simulator.acting import Answer
from tests.receivers import Hooks, hooks
from tests.world import World
from tests.world import world as running_world

# Real seconds; waits end as soon as it is there, and the machine may be busy with much else.
WITHIN = 45.0

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana:
    slack: ana@example.com
    timezone: Europe/Madrid
    contacts: {{push: "{push}", sms: "{sms}", email: "{email}"}}
  bo: {{slack: U02BO, quiet: {{from: "22:00", to: "07:00"}}}}
  chen:
    slack: chen@example.com
    notify: [{{via: slack}}, {{after: 5m, via: push}}]
    contacts: {{push: "{odd}"}}
  dee: {{slack: dee@example.com}}
  zoe: {{slack: zoe@example.com}}
notify:
  default:
    - {{via: slack}}
    - {{after: 2m, via: [push, sms]}}
    - {{after: 4m, via: voice}}
schedules:
  primary:
    layers: [{{rotate: [ana, dee], every: 1 week, starts: 2026-01-05 00:00}}]
  office:
    layers:
      - rotate: [chen]
        every: 1 week
        starts: 2026-01-05 00:00
        hours: [{{days: mon-fri, from: "09:00", to: "17:00"}}]
severities:
  sev1: {{page: {{at_once: [schedule:primary]}}, room: thread}}
  sev2: {{page: {{at_once: [bo]}}, room: thread}}
"""


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Hooks]:
    async with hooks() as found:
        yield found


def playbook(provider: Hooks) -> str:
    return PLAYBOOK.format(
        email="mailto://ana:secret@127.0.0.1:9/?smtp=127.0.0.1&to=ana@example.com",
        push=provider.address("ana-push"),
        sms=provider.address("15550101"),
        odd="nosuch://x/y",
    )


@pytest.fixture(scope="module")
async def reached(tmp_path_factory: pytest.TempPathFactory, provider: Hooks) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("contacts"), playbook=playbook(provider)) as found:
        yield found


@pytest.fixture
async def untouched(tmp_path: Path, provider: Hooks) -> AsyncIterator[World]:
    """One of its own, in which nobody has a message with buttons yet."""
    async with running_world(tmp_path, playbook=playbook(provider)) as found:
        yield found


async def types(who: Acts, line: str) -> tuple[str, Answer]:
    """What came back, as text, and the answer itself."""
    answer = await who.types(line, channel="#general")
    assert answer.ok, answer.error
    return f"{answer.text} {answer.blocks}", answer


async def passes(world: World, **time: float) -> None:
    """Move the clock, and wait until the bot has heard of it."""
    await world.simulator.clock.advance(timedelta(**time))
    moved = int(world.simulator.clock.now().timestamp())
    async with asyncio.timeout(WITHIN):
        shown = ""
        while not (found := re.search(r"<!date\^(\d+)", shown)) or int(found.group(1)) < moved:
            shown, _ = await types(world.person("ana"), "/oncall at now")


def trials_of(who: Acts, method: str) -> list[Message]:
    return [each for each in who.direct_messages() if f"Test page by *{method}*" in each.text]


async def until_said(world: World, message: Message, text: str) -> None:
    await world.simulator.until(lambda: text in message.text, WITHIN, f"{text!r} instead of {message.text!r}")


async def test_everybody_sees_their_shifts_and_how_a_page_reaches_them(reached: World) -> None:
    shown, _ = await types(reached.person("ana"), "/oncall me")
    assert "*primary*\\n<!date" in shown
    assert "Slack at once, then push and sms after 2 min. The playbook has no address for voice." in shown
    assert "Only where Slack fails: email" in shown
    assert "*push* · json 127.0.0.1" in shown
    assert "mailto a…@example.com" in shown
    assert "None. Your clock: Europe/Madrid" in shown
    assert "This is what the playbook says for you" in shown
    assert "Back to the playbook" not in shown
    for hidden in ("secret", "15550101", "ana-push"):
        assert hidden not in shown

    shown, _ = await types(reached.person("bo"), "/oncall me")
    assert "None in sight" in shown
    assert "22:00 to 07:00, UTC. Only Slack then, except for sev1" in shown

    answer = await reached.person("eli").types("/oncall me", channel="#general")
    assert "You are not in the playbook" in answer.text


async def test_a_test_page_goes_out_and_what_came_of_it_is_told(reached: World, provider: Hooks) -> None:
    ana = reached.person("ana")
    before = len(trials_of(ana, "push"))
    _, answer = await types(ana, "/oncall me")
    await ana.clicks("Test page: push", message=answer.message)
    await ana.sees("A test page by push is on its way", within=WITHIN)
    got = await provider.gets("ana-push", "Test page")
    assert "Nothing is wrong" in got.text
    assert "sev2" in got.subject
    await reached.simulator.until(lambda: len(trials_of(ana, "push")) == before + 1, WITHIN)
    message = trials_of(ana, "push")[-1]
    await until_said(reached, message, "Test page by *push*: taken by the provider")
    await ana.clicks("It arrived", message=message)
    await until_said(reached, message, "arrived")
    shown, _ = await types(ana, "/oncall me")
    assert "Worked <!date" in shown

    await ana.clicks("Test page: slack", message=answer.message)
    await ana.sees("Test page by *slack*: this is it", within=WITHIN)


async def test_a_test_page_that_fails_or_never_comes_says_what_to_do(reached: World, provider: Hooks) -> None:
    ana = reached.person("ana")
    _, answer = await types(ana, "/oncall me")
    provider.statuses["15550101"] = 403
    await ana.clicks("Test page: sms", message=answer.message)
    await ana.sees("Test page by *sms*: failed at", within=WITHIN)
    [message] = trials_of(ana, "sms")
    assert "`people.ana.contacts.sms` in the playbook" in message.text
    assert "15550101" not in message.text
    gaps, _ = await types(ana, "/oncall gaps")
    assert "<@U01ANA>: sms failed <!date" in gaps
    assert "Nothing but Slack" not in gaps.partition("<@U01ANA>")[2].partition("\\n")[0]

    provider.statuses.clear()
    await ana.clicks("Test again", message=message)
    await provider.gets("15550101", "Test page")
    await reached.simulator.until(lambda: len(trials_of(ana, "sms")) == 2, WITHIN)
    [_, again] = trials_of(ana, "sms")
    await until_said(reached, again, "taken by the provider")
    gaps, _ = await types(ana, "/oncall gaps")
    assert "sms failed" not in gaps

    await ana.clicks("Nothing came", message=again)
    await until_said(reached, again, "did not arrive")
    gaps, _ = await types(ana, "/oncall gaps")
    assert "<@U01ANA>: sms failed" in gaps


async def test_a_click_that_slack_delivers_twice_is_one_test_page(reached: World, provider: Hooks) -> None:
    ana, bo = reached.person("ana"), reached.person("bo")
    _, answer = await types(ana, "/oncall me")
    await ana.clicks("Test page: push", message=answer.message, twice=True)
    await reached.bot.settled(WITHIN)
    count = len(trials_of(ana, "push"))
    assert len(provider.of("ana-push")) == count, "Slack delivered the click twice; it was one click"
    assert not trials_of(bo, "push")


async def test_one_test_page_at_a_time_is_enough(reached: World, provider: Hooks) -> None:
    ana, gate = reached.person("ana"), asyncio.Event()
    before = len(provider.of("ana-push"))
    provider.after = lambda name: gate.wait()
    _, answer = await types(ana, "/oncall me")
    await ana.clicks("Test page: push", message=answer.message)
    await provider.gets("ana-push", count=before + 1)
    await ana.clicks("Test page: push", message=answer.message)
    await ana.sees("A test page by push is still on its way.", within=WITHIN)
    gate.set()
    provider.after = None
    await reached.simulator.until(lambda: "taken by" in trials_of(ana, "push")[-1].text, WITHIN)
    assert len(provider.of("ana-push")) == before + 1


async def test_people_choose_for_themselves_and_may_go_back_to_the_playbook(reached: World) -> None:
    dee = reached.person("dee")
    _, answer = await types(dee, "/oncall me")
    await dee.clicks("Change", message=answer.message)
    await dee.modal(within=WITHIN)
    wrong: dict[str, Any] = {"Quiet hours": "at night", "Time zone of your quiet hours": "Asia/Kolkata"}
    assert "Write 22:00 to 07:00" in (await dee.submits(wrong))["Quiet hours"]
    wrong = {"Quiet hours": "23:00 to 06:30", "Time zone of your quiet hours": "Asia/Kolkota"}
    assert "Did you mean Asia/Kolkata" in (await dee.submits(wrong))["Time zone of your quiet hours"]
    wrong = {"Slack": "soon", "Quiet hours": "", "Time zone of your quiet hours": ""}
    assert "Write 0, 90s, 2m or 1h" in (await dee.submits(wrong))["Slack"]
    right = {"Slack": "0", "Quiet hours": "23:00 to 06:30", "Time zone of your quiet hours": "Asia/Kolkata"}
    assert await dee.submits(right) == {}
    await dee.sees("Saved. A page now reaches you like this: Slack at once.", within=WITHIN)

    # What they type is on that clock as well.
    covered, _ = await types(dee, "/oncall cover primary 2030-06-03 00:00 to 2030-06-17 00:00")
    at = int(datetime(2030, 6, 3, tzinfo=ZoneInfo("Asia/Kolkata")).timestamp())
    assert f"<!date^{at}^" in covered

    shown, answer = await types(dee, "/oncall me")
    assert "23:00 to 06:30, Asia/Kolkata" in shown
    assert "You chose this yourself" in shown
    await dee.clicks("Back to the playbook's", message=answer.message)
    await dee.sees("The playbook's word counts again.", within=WITHIN)
    shown, _ = await types(dee, "/oncall me")
    assert "None. Your clock: UTC" in shown


async def test_a_choice_outlives_the_process(reached: World) -> None:
    ana = reached.person("ana")
    _, answer = await types(ana, "/oncall me")
    await ana.clicks("Change", message=answer.message)
    view = await ana.modal(within=WITHIN)
    assert "secret" not in str(view.body)
    fields = {"method:sms": "90s", "method:push": "", "method:email": "1h"}
    assert await ana.submits(fields) == {}
    await ana.sees("Slack at once, then sms after 90 s, then email after 1 h.", within=WITHIN)
    await reached.bot.settled(WITHIN)
    await reached.bot.stop()
    await reached.bot.start()
    shown, answer = await types(ana, "/oncall me")
    assert "Slack at once, then sms after 90 s, then email after 1 h. Only where Slack fails: push." in shown
    await ana.clicks("Back to the playbook's", message=answer.message)
    await reached.bot.settled(WITHIN)


async def test_the_same_is_had_from_the_home_tab(untouched: World) -> None:
    chen = untouched.person("chen")
    await chen.opens_home(within=WITHIN)
    await chen.clicks("How pages reach you")
    view = await chen.modal(within=WITHIN)
    await chen.clicks("Test page: slack")
    await untouched.simulator.until(lambda: "is on its way" in str((chen.modal_now() or view).body), WITHIN)
    await chen.sees("Test page by *slack*: this is it", within=WITHIN)
    await chen.clicks("Change")
    await untouched.simulator.until(
        lambda: "Time zone of your quiet" in str((chen.modal_now() or view).body), WITHIN
    )
    assert await chen.submits({"method:push": "7m"}) == {}
    await chen.sees("Slack at once, then push after 7 min.", within=WITHIN)
    await chen.clicks("How pages reach you")
    await chen.modal(within=WITHIN)
    await chen.clicks("Back to the playbook's")
    await untouched.simulator.until(lambda: "counts again" in str((chen.modal_now() or view).body), WITHIN)
    assert "push after 5 min" in str((chen.modal_now() or view).body)
    await chen.closes()


async def test_gaps_tell_what_would_keep_a_page_from_anybody(reached: World) -> None:
    chen = reached.person("chen")
    _, answer = await types(chen, "/oncall me")
    await chen.clicks("Test page: push", message=answer.message)
    await chen.sees("Test page by *push*: failed", within=WITHIN)
    gaps, _ = await types(chen, "/oncall gaps")
    assert "Nobody is on call, in the next 90 days" in gaps
    assert "*office*" in gaps
    assert "<@U02BO>: no address for push, sms or voice. Nothing but Slack is left" in gaps
    assert "<@U03CHEN>: push failed <!date" in gaps
    assert "no longer in Slack:*\\nzoe" in gaps


async def test_a_page_that_failed_by_a_way_is_among_the_gaps(reached: World, provider: Hooks) -> None:
    ana, dee = reached.person("ana"), reached.person("dee")
    provider.statuses["ana-push"] = 403
    before = provider.refused
    number = await reached.declares(dee, "sev2 Somebody is called by name")
    await dee.types(f"/incident page INC-{number} @ana", channel="#general")
    await ana.sees(f"You are paged: INC-{number}", within=WITHIN)
    await passes(reached, minutes=3)
    await provider.until(lambda: provider.refused > before, "the push is refused")
    await reached.bot.settled(WITHIN)
    gaps, _ = await types(dee, "/oncall gaps")
    assert "<@U01ANA>: push failed <!date" in gaps
    provider.statuses.clear()
    await ana.clicks("Acknowledge", message=ana.sees_now(f"You are paged: INC-{number}"))


async def test_load_counts_pages_and_interruptions_and_no_test_pages(reached: World) -> None:
    ana, chen = reached.person("ana"), reached.person("chen")

    async def called() -> None:
        number = await reached.declares(ana, "sev2 Chen is called by name")
        await ana.types(f"/incident page INC-{number} @chen", channel="#general")
        await chen.sees(f"You are paged: INC-{number}", within=WITHIN)

    _, answer = await types(chen, "/oncall me")
    await chen.clicks("Test page: slack", message=answer.message)
    await called()
    await passes(reached, minutes=3)
    await called()
    await passes(reached, hours=2)
    await called()
    number = await reached.declares(ana, "sev2 Somebody outside the playbook is called")
    await ana.types(f"/incident page INC-{number} @eli", channel="#general")
    await reached.person("eli").sees(f"You are paged: INC-{number}", within=WITHIN)
    shown, _ = await types(ana, "/oncall load 2d")
    assert "<@U05ELI>: 1 page in 1 interruption" in shown
    assert "On-call load of the last 2 days" in shown
    assert "<@U03CHEN>: 3 pages in 2 interruptions" in shown
    # Ana and Dee take turns by the week, which may have changed within the two days.
    hours = [int(found) for found in re.findall(r"<@U0(?:1ANA|4DEE)>[^<]*?(\d+) h on call", shown)]
    assert sum(hours) in {47, 48, 49}
    assert "From an hour to 92 days" in (await types(ana, "/oncall load 500d"))[0]
    assert "Try: 2h, 3d or 2w" in (await types(ana, "/oncall load ever"))[0]


async def test_a_playbook_with_everything_in_place_has_no_gaps(tmp_path: Path, provider: Hooks) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(
        "version: 1\nnotify: {default: [{via: [slack, push]}]}\n"
        f"people: {{ana: {{slack: ana@example.com, contacts: {{push: '{provider.address('a')}'}}}}}}\n"
        "schedules: {primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}}\n"
    )
    async with running_world(tmp_path, PLAYBOOK=str(playbook)) as world:
        gaps, _ = await types(world.person("ana"), "/oncall gaps")
        assert "Somebody is on call on every schedule for the next 90 days" in gaps
        # Somebody is named who has left; later they are back.
        world.simulator.change_person("eli", deleted=True)
        playbook.write_text(
            f"{playbook.read_text()}roles: {{manager: [ana, eli]}}\n".replace(
                "people: {", "people: {eli: {slack: eli@example.com, notify: [{via: slack}]}, "
            )
        )
        await types(world.person("ana"), "/ops reload")
        await world.bot.settled(WITHIN)
        assert "no longer in Slack:*\\neli" in (await types(world.person("ana"), "/oncall gaps"))[0]
        world.simulator.change_person("eli", deleted=False)
        await types(world.person("ana"), "/ops reload")
        await world.bot.settled(WITHIN)
        assert (
            "Somebody is on call on every schedule" in (await types(world.person("ana"), "/oncall gaps"))[0]
        )


async def test_whoever_left_while_the_bot_was_away_is_missed_from_its_start_on(tmp_path: Path) -> None:
    playbook = (
        "version: 1\n"
        "people: {ana: {slack: ana@example.com}, eli: {slack: eli@example.com}}\n"
        "schedules: {primary: {layers: [{rotate: [eli], every: 1 week, starts: 2026-01-05 09:00}]}}\n"
    )
    async with running_world(tmp_path, playbook=playbook) as world:
        ana = world.person("ana")
        gaps, _ = await types(ana, "/oncall gaps")
        assert "Somebody is on call on every schedule" in gaps
        assert "By Slack only: <@U05ELI>." in gaps
        await world.bot.stop()
        world.simulator.change_person("eli", deleted=True)
        await world.bot.start()
        async with asyncio.timeout(WITHIN):
            while "no longer in Slack:*\\neli" not in gaps:
                gaps, _ = await types(ana, "/oncall gaps")
        assert "Unreachable stretches in the next 90 days" in gaps
        assert "By Slack only" not in gaps
