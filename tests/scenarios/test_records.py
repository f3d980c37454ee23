"""What people enter by `/ops record`, and what is said because of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator import Message
from tests.seeing import from_bot
from tests.world import World
from tests.world import world as running_world

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
schedules:
  primary:
    announce: "#dev-help"
    layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]
reports:
  weekly: {channels: ["#incidents"], sections: [cost, next_week], cost: {budget: 2000, currency: EUR}}
"""
# Real seconds: the machine may be busy with much else.
WITHIN = 30.0


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(tmp_path, playbook=PLAYBOOK) as found:
        yield found


def warnings(world: World) -> list[Message]:
    return [each for each in from_bot(world, "#prod-alerts") if "of its budget" in each.text]


async def in_the_month_after(world: World, at: datetime) -> datetime:
    """Move the clock to the middle of the month that follows."""
    there = datetime(at.year + at.month // 12, at.month % 12 + 1, 15, 12, tzinfo=UTC)
    await world.simulator.clock.advance(there - world.simulator.clock.now())
    await world.bot.settled(WITHIN)
    return there


async def test_a_mark_of_the_budget_is_said_once_a_month_and_only_the_highest(office: World) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    now = await in_the_month_after(office, office.simulator.clock.now())
    month = f"{now:%Y-%m}"
    last = f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
    await ana.types("/ops record cost 980")
    await ana.types(f"/ops record cost 5000 for {last}")
    await office.bot.settled(WITHIN)
    assert warnings(office) == []

    await ana.types("/ops record cost 1600 of 2000")
    said = await bo.sees(f"{month} is past 75 % of its budget", channel="#prod-alerts", within=WITHIN)
    assert "1,600 of 2,000 EUR spent (80 %)" in bo.reads(said)
    await bo.types("/ops record cost 1,650")
    await office.bot.settled(WITHIN)
    assert warnings(office) == [said]

    # A slip that is taken back is corrected where it was said, and what comes after it says nothing twice.
    await ana.types("/ops record cost 19000")
    slip = await bo.sees(f"{month} is past 90 % of its budget", channel="#prod-alerts", within=WITHIN)
    await ana.types("/ops record undo")
    await office.simulator.until(lambda: "taken back" in bo.reads(slip), WITHIN)
    await bo.types("/ops record cost 1900")
    await office.simulator.until(lambda: "1,900 of 2,000 EUR spent (95 %)" in bo.reads(slip), WITHIN)
    assert "taken back" not in bo.reads(slip)
    await office.bot.settled(WITHIN)
    assert warnings(office) == [said, slip]

    # Another month begins anew; its budget is the one that was typed.
    following = await in_the_month_after(office, now)
    await bo.types("/ops record cost 600 of 1000")
    again = await bo.sees(
        f"{following:%Y-%m} is past 50 % of its budget", channel="#prod-alerts", within=WITHIN
    )
    assert "600 of 1,000 EUR spent (60 %)" in bo.reads(again)


async def test_a_planned_change_is_in_the_report_before_it_and_in_the_handoff_note(office: World) -> None:
    ana, bo = office.person("ana"), office.person("bo")
    now = await in_the_month_after(office, office.simulator.clock.now())
    tomorrow = (now + timedelta(days=1)).replace(hour=2)
    far = f"{now + timedelta(days=20):%Y-%m-%d}"
    for wrong, says in (
        ("Upgrade the database", "When, how long, what"),
        (f"{now - timedelta(days=1):%Y-%m-%d} 02:00 2h Too late", "That time is over"),
        ("tomorrow 02:00 30d For ever", "takes from a minute to 14 days"),
        ("2026-13-40 02:00 2h Never", "There is no such time"),
    ):
        assert says in (await ana.types(f"/ops record change {wrong}")).text
    told = await ana.types("/ops record change tomorrow 02:00 2h Upgrade the <database>")
    assert "2 h: Upgrade the &lt;database&gt;" in str(told.blocks)
    assert f"<!date^{int(tomorrow.timestamp())}^" in str(told.blocks)
    await ana.types(f"/ops record change {far} 02:00 90m Later than all of it")
    await ana.types("/ops record change tomorrow 04:00 1h Not at all")
    assert "Not at all" in str((await ana.types("/ops record undo")).blocks)

    await bo.types("/ops report weekly")
    report = await bo.sees("Weekly report", within=WITHIN)
    await office.bot.settled(WITHIN)
    read = "\n".join(bo.reads(each) for each in office.simulator.channel(report.channel).by_ts.values())
    assert f"Changes: {tomorrow:%a} {tomorrow.day} {tomorrow:%b} 02:00, 2 h, Upgrade the <database>" in read
    assert "Later than all of it" not in read
    assert "Not at all" not in read

    await bo.types("/oncall cover primary for 30h")
    note = await bo.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    assert "Changes coming" in bo.reads(note)
    assert "2 h: Upgrade the <database>" in bo.reads(note)
    assert "Later than all of it" not in bo.reads(note)
