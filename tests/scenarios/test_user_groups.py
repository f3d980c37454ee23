"""@oncall always holds exactly who is on call."""

from pathlib import Path

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


def group(found: World) -> list[str]:
    return next(list(each.users) for each in found.simulator.workspace.usergroups.values())


async def changes(found: World, before: list[str]) -> list[str]:
    await found.simulator.until(lambda: group(found) != before, within=10, why="another user group")
    return group(found)


async def test_the_group_follows_handoffs_covers_and_the_playbook(tmp_path: Path) -> None:
    async with world(tmp_path, playbook=PLAYBOOK) as found:
        await found.simulator.until(lambda: len(group(found)) == 1, within=10)
        first = group(found)
        await found.simulator.clock.advance(hours=24)
        second = await changes(found, first)
        assert {*first, *second} == {"U01ANA", "U02BO"}

        chen = found.person("chen")
        await chen.types("/oncall cover primary for 2h", channel="#general")
        assert await changes(found, second) == ["U03CHEN"]
        await found.simulator.clock.advance(hours=2)
        back = await changes(found, ["U03CHEN"])

        (tmp_path / "playbook.yaml").write_text(PLAYBOOK.replace("[ana, bo]", "[[ana, bo]]"))
        await chen.types("/ops reload", channel="#general")
        assert sorted(await changes(found, back)) == ["U01ANA", "U02BO"]


async def test_a_plan_without_groups_is_told_once_and_pages_go_on(tmp_path: Path) -> None:
    more = "severities:\n  sev1: {page: {at_once: [schedule:primary]}, room: thread}\n"
    async with world(tmp_path, start=False, playbook=PLAYBOOK + more) as found:
        found.simulator.faults.refuse("usergroups.users.update", "plan_upgrade_required")
        await found.bot.start()
        dee = found.person("dee")
        await dee.sees("plan_upgrade_required", channel="#prod-alerts", within=10)
        await found.person("chen").types("/oncall cover primary for 2h", channel="#general")
        number = await found.declares(dee, "sev1 Paged all the same")
        await found.person("chen").sees(f"You are paged: INC-{number}")
        await found.bot.settled()
        told = [m for m in found.said("#prod-alerts") if "plan_upgrade_required" in m.text]
        assert len(told) == 1
