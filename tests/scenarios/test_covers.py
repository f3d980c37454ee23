"""`/oncall`: who is on call, and who stands in."""

import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkup import checkup
from bot.clock import SystemClock
from simulator import Acts
from tests.world import World
from tests.world import world as running_world

SECRET = "for the tests of covers, and long enough"
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com, timezone: UTC}
  chen: {slack: chen@example.com}
schedules:
  primary:
    layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]
  office:
    layers:
      - rotate: [chen]
        every: 1 week
        starts: 2026-01-05 00:00
        hours: [{days: mon-fri, from: "09:00", to: "17:00"}]
severities:
  sev1: {page: {at_once: [schedule:primary]}, room: thread}
"""


@pytest.fixture(scope="module")
async def covered_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("covers")
    async with running_world(folder, playbook=PLAYBOOK, LINK_SECRET=SECRET) as found:
        yield found


async def test_whoever_covers_is_paged_and_nobody_else(tmp_path: Path) -> None:
    # A world of its own: covers that others made would count.
    async with running_world(tmp_path, playbook=PLAYBOOK) as covered_world:
        await _pages_go_to_whoever_covers(covered_world)


async def _pages_go_to_whoever_covers(covered_world: World) -> None:
    bo = covered_world.person("bo")
    answer = await bo.types("/oncall cover primary @ana for 2h", channel="#general")
    assert "<@U02BO> is on call on *primary* instead of <@U01ANA>" in answer.text
    shown = await bo.types("/oncall", channel="#general")
    assert "primary*: <@U02BO>" in str(shown.blocks)
    number = await covered_world.declares(bo, "sev1 Covered")
    await bo.sees(f"You are paged: INC-{number}")
    assert not covered_world.person("ana").sees_now(f"You are paged: INC-{number}")

    await bo.clicks("Take it back", message=bo.sees_now("is on call on *primary* instead of"))
    await bo.sees("is taken back")
    number = await covered_world.declares(bo, "sev1 Not covered any more")
    await covered_world.person("ana").sees(f"You are paged: INC-{number}")


async def test_a_cover_by_form_stands_in_for_everybody(covered_world: World) -> None:
    chen = covered_world.person("chen")
    await chen.types("/oncall cover", channel="#general")
    await chen.modal()
    assert await chen.submits({"Schedule": "primary"}) == {}
    # A form knows whole minutes: this one may begin while the cover above still counted.
    covered = await chen.sees("<@U03CHEN> is on call on *primary* instead of")
    assert "<@U01ANA>" in covered.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cover tertiary 18:00 to 22:00", "I don't understand the time"),
        ("cover primary @chen 18:00 to 22:00", "That would change nothing"),
        ("cover primary 2026-01-05 09:00 to 2026-01-05 10:00", "That time is over"),
        ("cover primary for 90d", "at most 60 days"),
        ("cover primary for ever", "Try: 2h, 3d or 2w"),
        ("at", "At what time?"),
        ("schedule tertiary", "There is no schedule “tertiary”"),
        ("shedule", "Did you mean: /oncall schedule"),
        ("<@U99|nobody>", "Try: /oncall help"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_type(covered_world: World, text: str, says: str) -> None:
    answer = await covered_world.person("bo").types(f"/oncall {text}", channel="#general")
    assert says in answer.text


async def test_people_outside_the_playbook_cannot_cover(covered_world: World) -> None:
    answer = await covered_world.person("dee").types("/oncall cover primary for 2h", channel="#general")
    assert "You are not in the playbook" in answer.text


async def test_the_calendar_the_past_and_the_gaps_can_be_asked(covered_world: World) -> None:
    bo = covered_world.person("bo")
    assert "<@U03CHEN>" in str((await bo.types("/oncall schedule office 1w", channel="#general")).blocks)
    assert "<@U01ANA>" in str((await bo.types("/oncall at 2026-02-03 03:00", channel="#general")).blocks)
    assert "office" in str((await bo.types("/oncall gaps", channel="#general")).blocks)
    assert "/oncall cover" in str((await bo.types("/oncall help", channel="#general")).blocks)


async def test_what_was_believed_at_the_time_is_told_beside_what_is_known_now(covered_world: World) -> None:
    bo = covered_world.person("bo")
    now = covered_world.simulator.clock.now()
    day = "%Y-%m-%d %H:%M"
    since, until = now - timedelta(hours=3), now + timedelta(hours=1)
    await bo.types(f"/oncall cover primary @ana {since:{day}} to {until:{day}}", channel="#general")
    then = now - timedelta(hours=1)
    told = str((await bo.types(f"/oncall at {then:{day}}", channel="#general")).blocks)
    assert (
        "*primary*: <@U02BO> (a cover; planned was <@U01ANA>); entered late: until then it was <@U01ANA>"
        in told
    )


class ClockOf(SystemClock):
    """The time of a world, which is ahead of ours."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.simulator.clock.now()


async def checked(world: World) -> str:
    """What `watchbill check` prints with the settings of the bot that runs."""
    out = io.StringIO()
    await checkup(world.bot.environment, out, ClockOf(world))
    return out.getvalue()


def stretches(gaps: str, schedule: str) -> list[str]:
    """Of the answer to `/oncall gaps`, as `watchbill check` words them; the first one has begun."""
    rows = gaps.partition(f"*{schedule}*\n")[2].split("*")[0].splitlines()
    found: list[str] = []
    for row in rows:
        instants = re.findall(r"<!date\^(\d+)", row)
        if len(instants) == 2:
            start, end = (f"{datetime.fromtimestamp(int(at), UTC):%a %d %b %H:%M} UTC" for at in instants)
            found.append(f"from {start} until {end}" if found else f"now until {end}")
    return found


async def test_check_and_the_answer_in_slack_tell_the_same_gaps_covers_counted(tmp_path: Path) -> None:
    """Also while the bot has its SQLite file to itself: then it is asked."""
    async with running_world(tmp_path, playbook=PLAYBOOK, LINK_SECRET=SECRET) as world:
        bo = world.person("bo")

        async def gaps() -> list[str]:
            answer = await bo.types("/oncall gaps", channel="#general")
            return stretches(
                "\n".join(each["text"]["text"] for each in answer.blocks if "text" in each), "office"
            )

        now = world.simulator.clock.now()
        planned = await gaps()
        assert len(planned) == 5
        # In the middle of the weekend, in which nobody is on call.
        saturday = now + timedelta(days=(5 - now.weekday()) % 7)
        await bo.types(f"/oncall cover office {saturday:%Y-%m-%d} 20:00 to 22:00", channel="#general")
        await world.bot.settled()
        told, written = await gaps(), await checked(world)
        assert told[0] == f"now until {saturday:%a %d %b} 20:00 UTC"
        assert told[1].startswith(f"from {saturday:%a %d %b} 22:00 UTC until Mon")
        assert told[2:] == planned[1:4]
        assert "covers are not looked at" not in written
        office = written.partition("office: nobody is on call ")[2].splitlines()
        assert [line.strip() for line in office[:5]] == told


async def test_covers_count_in_every_answer(tmp_path: Path) -> None:
    async with running_world(tmp_path, playbook=PLAYBOOK) as world:
        ana, bo = world.person("ana"), world.person("bo")

        async def says(line: str, who: Acts = bo) -> str:
            return "\n".join(
                each["text"]["text"]
                for each in (await who.types(line, channel="#general")).blocks
                if "text" in each
            )

        assert "*primary*: <@U01ANA>" in await says("/oncall")
        assert "primary" not in await says("/oncall me")
        minute = world.simulator.clock.now().replace(second=0, microsecond=0)
        since, until = minute - timedelta(hours=3), minute + timedelta(hours=4)
        day = "%Y-%m-%d %H:%M"
        await bo.types(f"/oncall cover primary @ana {since:{day}} to {until:{day}}", channel="#general")
        await world.bot.settled()
        end = f"<!date^{int(until.timestamp())}^{{date_short_pretty}} at {{time}}|{until:{day}} UTC>"

        assert f"*primary*: <@U02BO>, until {end}, then <@U01ANA>" in await says("/oncall")
        first, second = (await says("/oncall schedule primary 1w")).splitlines()[1:]
        assert first.endswith(f"– {end}: <@U02BO>")
        assert second.startswith(f"{end} – ")
        assert second.endswith(": <@U01ANA>")
        assert re.search(rf"\*primary\*\n<!date[^>]*> – {re.escape(end)}\n", await says("/oncall me") + "\n")
        assert re.search(rf"\*primary\*\n{re.escape(end)} – <!date", await says("/oncall me", ana))
        load = await says("/oncall load 1d")
        hours = {who: int(count) for who, count in re.findall(r"<@(U\w+)>: .* (\d+) h on call", load)}
        assert (hours["U02BO"], hours["U01ANA"]) == (3, 21)

        # The one who comes next stands in as well.
        follows = until + timedelta(hours=2)
        chen = world.person("chen")
        await chen.types(f"/oncall cover primary @ana {until:{day}} to {follows:{day}}", channel="#general")
        await world.bot.settled()
        assert f"until {end}, then <@U03CHEN>" in await says("/oncall")
