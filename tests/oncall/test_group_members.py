"""Whose account has ended is known, so that they keep nobody else out of a user group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import SystemClock
from bot.db import Database
from bot.model import UserId
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from handlers.manifest import manifest
from simulator import Simulator

PLAYBOOK = """version: 1
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
schedules:
  primary:
    user_group: "@OnCall"
    layers: [{rotate: [ana, bo], every: 1 week, starts: 2026-01-05 09:00}]
"""
ANA, BO = UserId("U01ANA"), UserId("U02BO")


@asynccontextmanager
async def replicas(folder: Path, database: Database) -> AsyncIterator[tuple[Simulator, Directory, Directory]]:
    """Two directories on one database, as two replicas have."""
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    playbook = PlaybookFile(folder / "playbook.yaml", {})
    async with Simulator(limits=False, manifest=manifest()) as sim:
        client = make_client(sim.bot_env()["SLACK_BOT_TOKEN"], sim.api_url)
        slack = Slack(client, Limits(1000), SystemClock())
        one, other = (Directory(database, slack, playbook, SystemClock()) for _ in range(2))
        yield sim, one, other
        await slack.close()


async def test_an_account_that_ended_is_told_from_an_address_that_changed(
    database: Database, tmp_path: Path
) -> None:
    async with replicas(tmp_path, database) as (sim, directory, later):
        await directory.refresh()
        sim.change_person("ana", deleted=True)
        sim.change_person("bo", email="bo.lind@example.com")
        await directory.refresh()
        assert directory.left() == {"ana", "bo"}
        assert [await directory.end_seen(user) for user in (ANA, BO)] == [True, False]

        await later.load()
        assert later.has_ended(ANA)
        assert not later.has_ended(BO)

        sim.change_person("ana", deleted=False)
        await later.refresh()
        assert not later.has_ended(ANA), "they are back"


async def test_the_id_of_a_group_is_asked_once_and_what_one_replica_finds_the_other_knows(
    database: Database, tmp_path: Path
) -> None:
    async with replicas(tmp_path, database) as (sim, one, other):
        first = await one.group("oncall")
        assert await other.group("@OnCall") == first
        assert len([call for call in sim.calls if call.method == "usergroups.list"]) == 1

        [group] = sim.workspace.usergroups.values()
        group.id = "S9OTHER"
        await one.groups()
        assert await other.group("oncall") == "S9OTHER"
