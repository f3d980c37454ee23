"""@oncall always holds exactly who is on call."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from simulator import Seed
from simulator.seed import GroupSeed
from simulator.workspace.model import UserGroup
from tests.world import World, world

PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
  chen: {slack: chen@example.com}
schedules:
  primary:
    user_group: oncall
    layers: [{rotate: [ana, bo], every: 1 day, starts: 2026-01-05 00:00}]
"""
TOGETHER = PLAYBOOK.replace("[ana, bo]", "[[ana, bo], chen]")
ANA, BO, CHEN = "U01ANA", "U02BO", "U03CHEN"
# Slack has it so long after the change, by the clock of the workspace.
KEPT_WITHIN_S = 5.0
WRITE, LIST = "usergroups.users.update", "usergroups.list"


def group(found: World, handle: str = "oncall") -> set[str]:
    groups = found.simulator.workspace.usergroups.values()
    return next((set(each.users) for each in groups if each.handle == handle), set())


def asked(found: World, method: str) -> list[float]:
    """When Slack was asked this and did it, in seconds of the workspace's clock."""
    return [call.at for call in found.simulator.calls if call.method == method and call.ok]


async def holds(found: World, *wanted: set[str]) -> set[str]:
    """Wait until the group holds one of these."""
    await found.simulator.until(lambda: group(found) in wanted, within=30, why=f"@oncall with {wanted}")
    return group(found)


async def kept(found: World, since: datetime, *wanted: set[str]) -> set[str]:
    """As `holds`, and that Slack was told soon after `since`."""
    held = await holds(found, *wanted)
    assert asked(found, WRITE)[-1] - since.timestamp() <= KEPT_WITHIN_S
    return held


async def to_midnight(found: World) -> datetime:
    """Move the clock to the next handoff; gives its instant."""
    now = found.simulator.clock.now()
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    await found.simulator.clock.advance(midnight - found.simulator.clock.now())
    return midnight


async def an_hour(found: World) -> None:
    """Move the clock on, and wait until the groups were looked at."""
    await found.bot.settled()
    await found.simulator.clock.advance(minutes=61)
    since = found.simulator.clock.seconds()
    await found.simulator.until(
        lambda: any(call.method == LIST and call.at >= since for call in found.simulator.calls), within=30
    )
    await found.bot.settled()


def told(found: World, words: str) -> int:
    return sum(words in message.text for message in found.said("#prod-alerts"))


async def test_the_group_follows_handoffs_covers_and_the_playbook_within_five_seconds(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, playbook=PLAYBOOK) as found:
        clock = found.simulator.clock
        first = await holds(found, {ANA}, {BO})
        await found.bot.settled()
        second = await kept(found, await to_midnight(found), {ANA, BO} - first)

        chen = found.person("chen")
        typed_at = clock.now()
        await chen.types("/oncall cover primary for 2h", channel="#general")
        await kept(found, typed_at, {CHEN})
        await found.bot.settled()
        await clock.advance(typed_at + timedelta(hours=2, seconds=5) - clock.now())
        await kept(found, clock.now(), second)

        (tmp_path / "playbook.yaml").write_text(PLAYBOOK.replace("[ana, bo]", "[[ana, bo]]"))
        typed_at = clock.now()
        await chen.types("/ops reload", channel="#general")
        await kept(found, typed_at, {ANA, BO})


async def test_a_plan_without_groups_is_told_once_and_pages_go_on(tmp_path: Path) -> None:
    more = "severities:\n  sev1: {page: {at_once: [schedule:primary]}, room: thread}\n"
    async with world(tmp_path, start=False, playbook=PLAYBOOK + more) as found:
        found.simulator.faults.refuse(WRITE, "plan_upgrade_required")
        await found.bot.start()
        dee = found.person("dee")
        await dee.sees("plan_upgrade_required", channel="#prod-alerts", within=30)
        await found.person("chen").types("/oncall cover primary for 2h", channel="#general")
        number = await found.declares(dee, "sev1 Paged all the same")
        await found.person("chen").sees(f"You are paged: INC-{number}")
        for _ in range(3):
            await found.bot.settled()
            await to_midnight(found)
        await an_hour(found)
        assert told(found, "plan_upgrade_required") == 1

        found.simulator.faults.clear()
        await an_hour(found)
        await holds(found, {ANA}, {BO})
        found.simulator.faults.refuse(WRITE, "plan_upgrade_required")
        await found.bot.settled()
        await to_midnight(found)
        await found.simulator.until(
            lambda: told(found, "plan_upgrade_required") == 2, within=30, why="it worked in between"
        )


async def test_another_group_on_a_plan_without_any_is_told_anew(tmp_path: Path) -> None:
    async with world(tmp_path, start=False, playbook=PLAYBOOK) as found:
        found.simulator.faults.refuse(LIST, "plan_upgrade_required")
        await found.bot.start()
        await found.person("dee").sees("plan_upgrade_required", channel="#prod-alerts", within=30)
        (tmp_path / "playbook.yaml").write_text(PLAYBOOK.replace("oncall", "on-duty"))
        await found.person("chen").types("/ops reload", channel="#general")
        await found.simulator.until(
            lambda: told(found, "plan_upgrade_required") == 2, within=30, why="another group"
        )
        await an_hour(found)
        assert told(found, "plan_upgrade_required") == 2


async def test_whoever_left_slack_keeps_nobody_else_out_of_the_group(tmp_path: Path) -> None:
    async with world(tmp_path, playbook=TOGETHER) as found:
        if await holds(found, {ANA, BO}, {CHEN}) == {ANA, BO}:
            await found.bot.settled()
            await kept(found, await to_midnight(found), {CHEN})
        await found.bot.settled()
        found.simulator.change_person("bo", deleted=True)
        await kept(found, await to_midnight(found), {ANA})

        # From then on it is known: Slack is not asked in vain again.
        await found.bot.settled()
        await kept(found, await to_midnight(found), {CHEN})
        await found.bot.settled()
        await kept(found, await to_midnight(found), {ANA})
        refused = [call.error for call in found.simulator.calls if call.method == WRITE and not call.ok]
        assert refused == ["invalid_users"]
        assert told(found, "oncall") == 0


async def test_a_group_that_somebody_edits_is_right_again_within_an_hour_and_after_a_start(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, playbook=PLAYBOOK) as found:
        right = await holds(found, {ANA}, {BO})
        [kept_group] = found.simulator.workspace.usergroups.values()
        for edited in ([CHEN], [ANA, BO, CHEN]):
            await found.bot.settled()
            kept_group.users = edited
            await found.simulator.clock.advance(minutes=61)
            await holds(found, right)

        await found.bot.stop()
        kept_group.users = [CHEN]
        await found.bot.start()
        await holds(found, right)

        # While it is right it is only looked at.
        written = len(asked(found, WRITE))
        await an_hour(found)
        assert len(asked(found, WRITE)) == written


async def test_a_group_that_is_made_after_it_was_missed_is_filled_within_an_hour(tmp_path: Path) -> None:
    seed = replace(Seed.default(), usergroups=())
    async with world(tmp_path, playbook=PLAYBOOK, seed=seed) as found:
        await found.person("dee").sees("there is no user group @oncall", channel="#prod-alerts", within=30)
        await an_hour(found)
        assert told(found, "there is no user group @oncall") == 1
        make(found, "S9NEW", "oncall")
        await found.simulator.clock.advance(minutes=61)
        await holds(found, {ANA}, {BO})


@pytest.mark.parametrize("is_gone", [True, False], ids=["deleted", "renamed"])
async def test_a_group_that_took_the_place_of_another_is_found(tmp_path: Path, is_gone: bool) -> None:
    async with world(tmp_path, playbook=PLAYBOOK) as found:
        first = await holds(found, {ANA}, {BO})
        await found.bot.settled()
        groups = found.simulator.workspace.usergroups
        [(old_id, old)] = groups.items()
        old.handle = "old-oncall"
        make(found, "S9NEW", "oncall")
        if is_gone:
            # Found out as soon as it is written to.
            del groups[old_id]
            await kept(found, await to_midnight(found), {ANA, BO} - first)
        else:
            await found.simulator.clock.advance(minutes=61)
            await holds(found, first)


def make(found: World, group_id: str, handle: str) -> None:
    now = found.simulator.workspace.now()
    made = UserGroup(group_id, handle, "On call", [], ANA, now, now)
    found.simulator.workspace.usergroups[group_id] = made


MANY = 20


async def written(found: World, times: int) -> None:
    await found.simulator.until(lambda: len(asked(found, WRITE)) >= times, within=30, why=f"{times} writes")


async def test_twenty_groups_that_change_at_once_take_what_slacks_limit_leaves(tmp_path: Path) -> None:
    head, _ = PLAYBOOK.split("schedules:")
    layer = "{rotate: [ana, bo], every: 1 day, starts: 2026-01-05 00:00}"
    handles = [f"team-{number}" for number in range(MANY)]
    schedules = [f"  {handle}: {{user_group: {handle}, layers: [{layer}]}}\n" for handle in handles]
    seed = replace(Seed.default(), usergroups=tuple(GroupSeed(handle, handle) for handle in handles))
    playbook = head + "schedules:\n" + "".join(schedules)
    async with world(tmp_path, playbook=playbook, seed=seed, limits=True, SLACK_RATE="1") as found:
        await found.bot.settled(over=timedelta(minutes=2))
        [first] = {frozenset(group(found, handle)) for handle in handles}
        # One list names them all.
        assert len(asked(found, LIST)) <= 2
        lists, writes = len(asked(found, LIST)), len(asked(found, WRITE))

        midnight = (await to_midnight(found)).timestamp()
        # Nobody moves the clock while those go out that the limit lets through; then it goes at its pace.
        for done in range(5, MANY + 1):
            await written(found, writes + done)
            await found.simulator.clock.advance(seconds=3 if done < MANY else 0)
        await found.bot.settled()
        assert [group(found, handle) for handle in handles] == [{ANA, BO} - first] * MANY
        took = [at - midnight for at in asked(found, WRITE)[writes:]]
        assert len(took) == MANY
        assert len(asked(found, LIST)) - lists <= 1
        # Five at once, and one every three seconds from then on; a 429 in between costs one of them a second.
        assert took[4] <= KEPT_WITHIN_S
        assert took[-1] <= 60
