"""`/oncall`: who is on call, and who stands in."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.world import World
from tests.world import world as running_world

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
    async with running_world(tmp_path_factory.mktemp("covers"), playbook=PLAYBOOK) as found:
        yield found


async def test_whoever_covers_is_paged_and_nobody_else(covered_world: World) -> None:
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
