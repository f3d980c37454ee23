"""Reports that write themselves: on time, once, in one screen with its thread; and asked for."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.walltime import instant
from simulator import Call, Message
from tests import postgres
from tests.seeing import from_bot
from tests.world import ROOT, Bot, World
from tests.world import world as running_world

ZONE = ZoneInfo("America/New_York")
WITHIN = 60.0
CHANNELS = ("#prod-alerts", "#incidents")
SECRET = "the-secret-of-the-command-line-here"
PLAYBOOK = """
version: 1
team: Checkout
timezone: America/New_York
holidays: US
people:
  ana: {slack: ana@example.com}
  bo: {slack: U02BO}
  chen: {slack: chen@example.com}
roles: {manager: [chen]}
schedules:
  primary:
    layers:
      - {rotate: [ana, bo], every: 1 week, starts: 2026-01-05 09:00}
escalation:
  platform: {ladder: [{page: ["schedule:primary"]}]}
checklists:
  morning:
    title: Morning checklist
    when: "0 9 * * MON-FRI"
    channel: "#prod-alerts"
    items: [Production answers, Alerts reviewed]
reports:
  weekly:
    when: "0 16 * * FRI"
    channels: ["#prod-alerts", "#incidents"]
    sections: [verdict, incidents, pages, checklists, actions, next_week]
    targets: {acknowledge: 5m, checklists: 90%}
  monthly:
    when: "0 10 * * FRI#1"
    channels: ["#incidents"]
    covers: month
    sections: [verdict, incidents, recommendations]
"""


@asynccontextmanager
async def office(folder: Path, **environment: str) -> AsyncIterator[World]:
    file = folder / "playbook.yaml"
    file.write_text(PLAYBOOK)
    given = {"PLAYBOOK": str(file), "LINK_SECRET": SECRET, **environment}
    async with running_world(folder, limits=False, seed=None, start=False, **given) as found:
        # A whole week lies before the bot, whenever the tests are run.
        await to(found, monday(found))
        await found.bot.start()
        await found.bot.settled(WITHIN)
        yield found


def monday(world: World) -> datetime:
    """The next Monday at 08:00 in New York."""
    day = world.simulator.clock.now().astimezone(ZONE).date()
    day += timedelta(days=7 - day.weekday())
    return instant(datetime.combine(day, time(8)), ZONE)


def friday(world: World) -> datetime:
    """The next Friday at 16:00 in New York."""
    now = world.simulator.clock.now()
    day = now.astimezone(ZONE).date()
    while day.weekday() != 4 or instant(datetime.combine(day, time(16)), ZONE) <= now:
        day += timedelta(days=1)
    return instant(datetime.combine(day, time(16)), ZONE)


async def to(world: World, at: datetime) -> None:
    await world.simulator.clock.advance(at - world.simulator.clock.now())


def screens(world: World, channel: str, name: str = "Weekly") -> list[Message]:
    return [each for each in from_bot(world, channel) if f"{name} report" in each.text and not each.is_reply]


def thread(world: World, channel: str, screen: Message) -> list[Message]:
    every = world.simulator.channel(channel).by_ts.values()
    return [each for each in every if each.thread_ts == screen.ts and each.is_reply]


async def posted(world: World, channel: str, count: int) -> list[Message]:
    """Wait for so many screens with their figures attached; there are no more then."""

    def whole() -> bool:
        found = screens(world, channel)
        return len(found) >= count and all(files(world, channel, each) for each in found)

    await world.simulator.until(whole, WITHIN, f"{count} whole reports in {channel}")
    await world.bot.settled(WITHIN)
    assert len(screens(world, channel)) == count
    return screens(world, channel)


def files(world: World, channel: str, screen: Message) -> list[str]:
    return [file.name for each in thread(world, channel, screen) for file in each.files]


def is_whole(world: World, channel: str, screen: Message) -> None:
    """Every section stands in the thread once, in order, and the figures after them."""
    replies = thread(world, channel, screen)
    titles = [each.text.split(":")[0] for each in replies if not each.files]
    assert titles == ["Incidents", "Pages", "Checklists", "Actions", "Next week"]
    assert [name.rpartition(".")[2] for name in files(world, channel, screen)] == ["csv"]


async def watchbill(world: World, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=world.bot.environment,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A week with one incident that goes on and one false alarm; its report was due just now."""
    async with office(tmp_path_factory.mktemp("reports")) as world:
        ana = world.person("ana")
        number = await world.declares(ana, "sev1 Checkout <500s> & more")
        await world.room(number, WITHIN)
        await world.simulator.clock.advance(minutes=3)
        await ana.types(f"/incident ack INC-{number}")
        await world.simulator.clock.advance(minutes=40)
        alarm = await world.declares(ana, "sev1 Nothing at all")
        await ana.types(f"/incident cancel INC-{alarm} False alarm")
        due = friday(world)
        await to(world, due - timedelta(minutes=1))
        await world.bot.settled(WITHIN)
        assert [screens(world, channel) for channel in CHANNELS] == [[], []]
        await to(world, due + timedelta(seconds=1))
        for channel in CHANNELS:
            await posted(world, channel, 1)
        yield world


async def test_on_friday_at_four_everybody_has_one_screen_and_its_thread_once(house: World) -> None:
    ana = house.person("ana")
    for channel in CHANNELS:
        screen = screens(house, channel)[0]
        is_whole(house, channel, screen)
        seen = ana.reads(screen)
        assert "Weekly report · Checkout · 20" in seen
        assert "Incidents: 1 (1 sev1), customers affected for" in seen
        assert "To decide: INC-1 (sev1) still open: who brings it to an end?" in seen
        assert "Late" not in seen
        # One screen of a phone: about forty lines of fifty letters.
        assert len(seen) < 1200
    told = "\n".join(ana.reads(each) for each in thread(house, "#incidents", screens(house, "#incidents")[0]))
    assert "Checkout <500s> & more" in told
    assert "1 false alarm or duplicate left out" in told
    assert "Time to acknowledge, median: 3 min" in told


async def test_a_report_says_the_same_for_ever_and_a_correction_is_another_edition(house: World) -> None:
    ana, chen = house.person("ana"), house.person("chen")
    [screen] = screens(house, "#incidents")
    before = ana.reads(screen)
    await ana.types("/incident status INC-1 fixed")
    assert "needs the role manager" in (await ana.types("/ops report again weekly")).text
    assert "edition 2" in (await chen.types("/ops report again weekly")).text
    [first, second] = await posted(house, "#incidents", 2)
    assert ana.reads(first) == before
    assert "edition 2" in ana.reads(second)
    is_whole(house, "#incidents", second)


async def test_every_figure_can_be_traced_to_what_it_was_made_of(house: World) -> None:
    ana = house.person("ana")
    told = str((await ana.types('/ops report why "incidents sev1"')).blocks)
    assert "Incidents sev1: 1" in told
    assert "Checkout &lt;500s&gt; &amp; more" in told
    # As a phone writes quotes, and for a whole section.
    assert "Time to acknowledge, median" in str((await ana.types("/ops report why “acknowledge”")).blocks)
    assert "Checklists done" in str((await ana.types("/ops report why checklists")).blocks)
    unknown = await ana.types('/ops report why "happiness"')
    assert "No figure is called “happiness”. The last report has: Incidents sev1" in unknown.text


async def test_whoever_asks_has_the_last_one_or_the_one_so_far_for_themselves(house: World) -> None:
    bo, in_public = house.person("bo"), len(screens(house, "#incidents"))

    def mine() -> list[Message]:
        return [each for each in bo.direct_messages() if "Weekly report" in each.text and not each.is_reply]

    listed = await bo.types("/ops report list")
    assert "weekly 20" in str(listed.blocks)
    assert re.fullmatch(r"1 report|(?!1 )\d+ reports", listed.text)
    assert "Weekly report · Checkout · 20" in (await bo.types("/ops report weekly last")).text
    await house.simulator.until(lambda: len(mine()) == 1, WITHIN, "the last report")
    assert "comes as a direct message" in (await bo.types("/ops report weekly")).text
    await house.simulator.until(lambda: len(mine()) == 2, WITHIN, "the report so far")
    await house.bot.settled(WITHIN)
    # Nobody else is told of it, and it does not stand for the week.
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d", mine()[1].text)
    assert len(screens(house, "#incidents")) == in_public
    assert not re.search(r"weekly 20\d\d-\d\d", str((await bo.types("/ops report list")).blocks))
    for wrong, said in (
        ("weakly", "There is no report “weakly”. Reports: weekly, monthly."),
        ("weekly 2026-W01", "No weekly report of 2026-W01 has been made yet"),
        ("weekly soon", "Which one is “soon”?"),
        ("why", "Why what?"),
    ):
        assert said in (await bo.types(f"/ops report {wrong}")).text, wrong


async def test_a_shell_gets_it_in_four_formats(house: World) -> None:
    week = re.search(r"20\d\d-W\d\d", screens(house, "#incidents")[0].text)
    assert week is not None
    for form, holds in (
        ("md", "# Weekly report · Checkout"),
        ("csv", "incidents,Incidents sev1,1,"),
        ("html", "Checkout &lt;500s&gt; &amp; more"),
        ("json", '"name": "weekly"'),
    ):
        status, printed = await watchbill(house, "report", "weekly", "--week", week.group(), "--format", form)
        assert (status, holds in printed) == (0, True), printed
    assert json.loads(printed)["period"]["name"] == week.group()
    # Nobody made that of the week before; it is made now, of what is on record.
    year, number = week.group().split("-W")
    status, printed = await watchbill(house, "report", "weekly", "--week", f"{year}-W{int(number) - 1:02}")
    assert (status, f"{year}-W{int(number) - 1:02}" in printed) == (0, True), printed
    # That does not make it the last one.
    last = await house.person("chen").types("/ops report weekly last")
    assert week.group() in last.text
    for wrong, said in (("2099-W01", "is not over yet"), ("soon", "asked for by a week such as 2026-W46")):
        status, printed = await watchbill(house, "report", "weekly", "--week", wrong)
        assert (status, said in printed) == (1, True), printed


async def test_a_restart_around_four_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as world:
        due = friday(world)
        await to(world, due - timedelta(seconds=1))
        await world.bot.kill()
        await world.simulator.clock.advance(seconds=2)
        await world.bot.start()
        [screen] = await posted(world, "#incidents", 1)
        assert "Late" not in world.person("ana").reads(screen)
        # Killed once more right after, it has nothing to make up for.
        await world.bot.kill()
        await world.bot.start()
        for channel in CHANNELS:
            [screen] = await posted(world, channel, 1)
            is_whole(world, channel, screen)
        # The next Friday it is killed as the clock strikes, in the middle of whatever it was at.
        await to(world, due + timedelta(days=7))
        await world.bot.kill()
        await world.bot.start()
        for channel in CHANNELS:
            [_, screen] = await posted(world, channel, 2)
            is_whole(world, channel, screen)
        # Away over the whole of the Friday evening after: posted on Saturday, and it says so.
        await to(world, due + timedelta(days=13, hours=23))
        await world.bot.stop()
        await to(world, due + timedelta(days=14, hours=20))
        await world.bot.start()
        [*_, late] = await posted(world, "#incidents", 3)
        assert "Late by 20 h: Watchbill was not running" in world.person("ana").reads(late)


async def test_with_weeks_to_compare_there_is_a_chart_in_words_as_well(tmp_path: Path) -> None:
    async with office(tmp_path) as world:
        ana = world.person("ana")
        await world.declares(ana, "sev3 Long ago")
        await world.bot.settled(WITHIN)
        # Five Fridays later; only the last of those that went by is reported.
        await to(world, friday(world) + timedelta(days=34, hours=20))
        await world.bot.settled(WITHIN)
        await world.declares(ana, "sev2 Just now")
        await to(world, friday(world) + timedelta(seconds=1))
        await world.simulator.until(
            lambda: any(files(world, "#incidents", each)[1:] for each in screens(world, "#incidents")),
            WITHIN,
            "a report with a chart",
        )
        await world.bot.settled(WITHIN)
        screen = screens(world, "#incidents")[-1]
        chart, figures = (file for each in thread(world, "#incidents", screen) for file in each.files)
        assert re.fullmatch(r"weekly-20\d\d-W\d\d-incidents\.png", chart.name)
        assert chart.content.startswith(b"\x89PNG")
        assert re.match(r"Incidents declared in \d weeks, by severity: 1 in the last one", chart.alt_text)
        assert figures.content.decode("utf-8-sig").startswith("Incidents\n")
        replies = thread(world, "#incidents", screen)
        below = replies.index(next(each for each in replies if chart in each.files))
        assert replies[below - 1].text.startswith("Incidents:")
        # The machine's operator needs no bot for it, and no Slack.
        await world.bot.stop()
        status, printed = await watchbill(world, "report", "weekly", "--format", "csv")
        assert (status, "incidents,Incidents sev2," in printed) == (0, True), printed


async def test_where_slack_takes_no_files_everything_else_is_said_and_that_once(tmp_path: Path) -> None:
    async with office(tmp_path) as world:
        world.simulator.faults.refuse("files.getUploadURLExternal", "file_uploads_disabled")
        await to(world, friday(world) + timedelta(seconds=1))
        ana = world.person("ana")
        await ana.sees("file_uploads_disabled", channel="#prod-alerts", within=WITHIN)
        await world.bot.settled(WITHIN)
        for channel in CHANNELS:
            [screen] = screens(world, channel)
            assert len(thread(world, channel, screen)) == 5
        complaints = [
            each for each in from_bot(world, "#prod-alerts") if "file_uploads_disabled" in each.text
        ]
        assert len(complaints) == 1


@pytest.mark.kill
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("method", ["screen", "section", "files.completeUploadExternal"])
async def test_killed_in_the_middle_it_is_there_once(tmp_path: Path, phase: str, method: str) -> None:
    async with office(tmp_path) as world:
        struck = asyncio.Event()

        def is_it(call: Call) -> bool:
            text = call.args.get("text", "")
            if method == "screen":
                return "Weekly report" in text
            return text.startswith("Pages") if method == "section" else call.method == method

        async def strike(call: Call, when: str) -> str | None:
            if struck.is_set() or when != phase or not is_it(call):
                return None
            struck.set()
            await world.bot.kill()
            return "drop"

        world.simulator.faults.intercept(strike)
        await to(world, friday(world) + timedelta(seconds=1))
        async with asyncio.timeout(WITHIN):
            await struck.wait()
        await world.bot.start()
        for channel in CHANNELS:
            [screen] = await posted(world, channel, 1)
            is_whole(world, channel, screen)


@pytest.fixture
async def database(postgres_server: str) -> AsyncIterator[str]:
    """An empty database of two replicas."""
    was, postgres.server = postgres.server, postgres_server
    yield await postgres.new_database()
    postgres.server = was


@pytest.mark.kill
@pytest.mark.postgres
async def test_two_replicas_and_a_kill_post_it_once(tmp_path: Path, database: str) -> None:
    async with office(tmp_path, DATABASE_URL=database) as world:
        (tmp_path / "second").mkdir()
        second = Bot(world.simulator, tmp_path / "second", DATABASE_URL=database)
        second.environment["PLAYBOOK"] = world.bot.environment["PLAYBOOK"]
        await second.start()
        try:
            struck = asyncio.Event()

            async def strike(call: Call, when: str) -> str | None:
                if (
                    struck.is_set()
                    or when != "after"
                    or not call.args.get("text", "").startswith("Incidents")
                ):
                    return None
                struck.set()
                await world.bot.kill()
                return "drop"

            world.simulator.faults.intercept(strike)
            await to(world, friday(world) + timedelta(seconds=1))
            async with asyncio.timeout(WITHIN):
                await struck.wait()
            # What the killed one held is free when its lease ends, by the clock.
            await world.simulator.clock.advance(seconds=13)
            await world.bot.start()
            for channel in CHANNELS:
                [screen] = await posted(world, channel, 1)
                is_whole(world, channel, screen)
        finally:
            await second.stop()


async def test_on_the_first_friday_the_month_before_is_reported(tmp_path: Path) -> None:
    async with office(tmp_path) as world:
        ana = world.person("ana")
        await world.declares(ana, "sev1 Of this month")
        here = world.simulator.clock.now().astimezone(ZONE)
        first = (here.replace(day=1) + timedelta(days=32)).replace(day=1).date()
        while first.weekday() != 4:
            first += timedelta(days=1)
        await to(world, instant(datetime.combine(first, time(9, 59)), ZONE))
        await world.bot.settled(WITHIN)
        await world.simulator.clock.advance(minutes=1, seconds=1)
        await ana.sees("Monthly report", channel="#incidents", within=WITHIN)
        await world.bot.settled(WITHIN)
        [screen] = screens(world, "#incidents", "Monthly")
        told = "\n".join(ana.reads(each) for each in [screen, *thread(world, "#incidents", screen)])
        assert f"Monthly report · Checkout · {here:%Y-%m}" in told
        assert f"{here:%B %Y}" in told
        assert "Incidents sev1 is 1, target none" in told
