"""By the playbook of each operations guide: a week, and a quarter, in which nobody answers anything."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulator import Message, walking
from simulator.walking import Walk
from tests.world import ROOT, World
from tests.world import world as running_world

# Each file: what is said, when and where, by the wall clock of the team; its texts begin like this.
WEEKS = Path(__file__).parent / "weeks"
# The first of each weekday of a quarter, and in the United States a Friday that is a holiday.
NEW_YORK = ZoneInfo("America/New_York")
FIRST, LAST = date(2036, 7, 1), date(2036, 7, 8)
ZONES = {
    "a-ongoing-operations": "America/New_York",
    "b-operations-template": "UTC",
    "c-continuous-operations": "Europe/Berlin",
    "d-platform-overview": "UTC",
    "e-operations-guide": "UTC",
}
# Real seconds: on a busy machine a report with its pictures takes long, and nothing may be left behind.
STRIDE_WITHIN_S = 240.0
# The example service has no certificate to show: that is a warning at the start, whenever it is noticed.
AT_THE_START = "The certificate"

Line = tuple[datetime, str, str]
"""The minute on the wall, `#channel` or `@person`, and how the text begins."""


def test_every_guide_has_its_week() -> None:
    assert {each.stem for each in (ROOT / "playbooks").glob("*-*.yaml")} == ZONES.keys()


@pytest.mark.parametrize("name", ZONES)
async def test_a_week_in_which_nobody_answers(name: str, tmp_path: Path) -> None:
    zone = ZoneInfo(ZONES[name])
    async with walked(tmp_path, name, FIRST, LAST, zone) as world:
        lines = said(world, zone)
        expected = [_line(each) for each in (WEEKS / f"{name}.txt").read_text().splitlines() if each]
        wrong = differences(expected, lines)
        assert not wrong, "\n".join(wrong)


@pytest.mark.slow
async def test_a_quarter_says_exactly_what_the_guide_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = date(2036, 10, 1), date(2037, 1, 1)
    # The week above stops each hour, for the probes. Here it is from one thing to do to the next as the bot
    # tells them: what it did not tell would come at a wrong time.
    monkeypatch.setattr(walking, "LONGEST_STRIDE", timedelta(days=1))
    async with walked(tmp_path, "a-ongoing-operations", first, last, NEW_YORK) as world:
        wrong = differences(list(quarter_of_a(first, last)), said(world, NEW_YORK))
        assert not wrong, "\n".join(wrong)


# Columbus Day, Veterans Day, Thanksgiving, Christmas Day.
DAYS_OFF = {date(2036, 10, 13), date(2036, 11, 11), date(2036, 11, 27), date(2036, 12, 25)}
MONDAY, TUESDAY, THURSDAY, FRIDAY, SUNDAY = 0, 1, 3, 4, 6


def quarter_of_a(first: date, last: date) -> Iterator[Line]:
    """Guide A, day by day. What machines answer waits for nobody, so mornings are quiet."""
    for day in (first + timedelta(days=n) for n in range((last - first).days)):
        weekday, is_first = day.weekday(), day.day <= 7
        if weekday < 5 and day not in DAYS_OFF:
            yield at(day, "09:00"), "#prod-alerts", "Morning checklist"
            yield at(day, "16:55"), "#prod-alerts", "End of the day"
            yield at(day, "17:15"), f"@{primary(day)}", "End of the day waits for you"
        if weekday == TUESDAY and is_first and day.month == 10:
            yield at(day, "14:00"), "#prod-alerts", "Quarterly planning"
        if weekday == THURSDAY and is_first:
            yield at(day, "14:00"), "#prod-alerts", "Monthly retro"
        if weekday == FRIDAY:
            yield from friday_of_a(day, is_first)
        if weekday == SUNDAY:
            following = day + timedelta(days=1)
            yield at(day, "09:00"), f"@{primary(following)}", "Your watch on primary begins"
            yield at(day, "09:00"), f"@{secondary(following)}", "Your watch on secondary begins"
        if weekday == MONDAY:
            yield from handoff_of_a(day, last)


def friday_of_a(day: date, is_first: bool) -> Iterator[Line]:
    if is_first:
        yield at(day, "10:00"), "#prod-alerts", "Monthly performance review"
        yield at(day, "11:00"), "#prod-alerts", "Monthly report"
        yield at(day, "14:00"), f"@{primary(day)}", "Monthly performance review waits for you"
    yield at(day, "15:00"), "#prod-alerts", "Friday review"
    yield at(day, "15:30"), "@dee", "Friday review waits for you"
    yield at(day, "16:00"), "#prod-alerts", "Weekly report"
    yield at(day, "16:00"), "#incidents", "Weekly report"


def handoff_of_a(day: date, last: date) -> Iterator[Line]:
    gone = primary(day - timedelta(days=1))
    yield at(day, "08:30"), f"@{gone}", "Your watch on primary goes to"
    yield at(day, "09:00"), "#prod-alerts", "The watch on primary goes from"
    for nudge in ("09:15", "09:30", "09:45", "10:00"):
        yield at(day, nudge), f"@{primary(day)}", "You are on call on primary"
    yield at(day, "10:15"), "#prod-alerts", "The watch on primary is not confirmed"
    yield at(day, "10:15"), f"@{gone}", "The watch on primary is not confirmed"
    said_loudly = at(day, "10:15").replace(tzinfo=NEW_YORK).astimezone(UTC)
    for days in range(1, 7):
        again = (said_loudly + timedelta(days=days)).astimezone(NEW_YORK).replace(tzinfo=None)
        if again < datetime.combine(last, time()):
            yield again, f"@{primary(day)}", "You are on call on primary"


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def primary(day: date) -> str:
    return ("ana", "bo", "chen")[(day - date(2026, 1, 5)).days // 7 % 3]


def secondary(day: date) -> str:
    return ("bo", "chen", "ana")[(day - date(2026, 1, 5)).days // 7 % 3]


@asynccontextmanager
async def walked(folder: Path, name: str, first: date, last: date, zone: ZoneInfo) -> AsyncIterator[World]:
    """A bot with this playbook, started at `first` and gone on foot to `last`; its probes find all well."""
    path = ROOT / "playbooks" / f"{name}.yaml"
    async with running_world(folder, start=False, PLAYBOOK=str(path)) as world:
        clock = world.simulator.clock
        await clock.advance(datetime.combine(first, time(), zone) - clock.now())
        world.bot.environment.update(world.simulator.example_env())
        await world.bot.start()
        await world.bot.settled()
        walk = Walk(clock, lambda: world.bot.url, patience_s=STRIDE_WITHIN_S)
        await walk.to(datetime.combine(last, time(), zone))
        yield world


def said(world: World, zone: ZoneInfo) -> list[Line]:
    """Everything the bot has posted, in order, also what it took back; not what stands below a report."""
    below = {
        each.ts for name in ("#prod-alerts", "#incidents") for each in world.said(name) if _is_report(each)
    }
    return [
        (datetime.fromtimestamp(call.at, zone).replace(tzinfo=None, second=0, microsecond=0), where, text)
        for call in world.simulator.calls
        if call.method == "chat.postMessage" and call.ok and call.args.get("thread_ts") not in below
        for where, text in [(_where(world, call.response["channel"]), plain(call.args["text"]))]
        if not text.startswith(AT_THE_START)
    ]


def _is_report(message: Message) -> bool:
    return re.match(r"(Weekly|Monthly) report ·", message.text) is not None


def _where(world: World, channel_id: str) -> str:
    workspace = world.simulator.workspace
    channel = workspace.channels[channel_id]
    if channel.kind != "im":
        return f"#{channel.name}"
    [person] = [workspace.people[each].name for each in channel.members if each != workspace.app.user_id]
    return f"@{person}"


def plain(text: str) -> str:
    return re.sub(r":[a-z_]+: |\*", "", text)


def differences(expected: list[Line], found: list[Line]) -> list[str]:
    """What was not said, or was not to be said, one line each, in order of time."""
    left, missing = list(found), []
    for line in expected:
        match = next((each for each in left if each[:2] == line[:2] and each[2].startswith(line[2])), None)
        if match is None:
            missing.append((line, "not said:"))
        else:
            left.remove(match)
    wrong = sorted([*missing, *((each, "not expected:") for each in left)])
    return [f"{what} {when:%a %m-%d %H:%M} {where} {text[:90]}" for (when, where, text), what in wrong]


def _line(written: str) -> Line:
    """`Tue 07-01 09:00  #prod-alerts  Morning checklist`"""
    when, where, text = re.split(r"  +", written.strip(), maxsplit=2)
    day, clock = when[4:].split()
    return at(date.fromisoformat(f"{FIRST.year}-{day}"), clock), where, text
