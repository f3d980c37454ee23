"""People of the playbook whom Slack does not know any more."""

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.db import Database
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from handlers.manifest import manifest
from simulator import Simulator

PLAYBOOK = """version: 1
people:
  ana: {slack: ana@example.com}
  bo: {slack: U02BO}
  zoe: {slack: zoe@example.com}
"""


@pytest.fixture
def playbook(tmp_path: Path) -> PlaybookFile:
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    return PlaybookFile(tmp_path / "playbook.yaml", {})


async def test_who_left_is_known_by_address_and_by_id_kept_and_forgotten_when_they_are_back(
    database: Database, playbook: PlaybookFile
) -> None:
    async with Simulator(limits=False, manifest=manifest()) as sim:
        client = make_client(sim.bot_env()["SLACK_BOT_TOKEN"], sim.api_url)
        slack = Slack(client, Limits(1000), SystemClock())

        def directory() -> Directory:
            return Directory(database, slack, playbook, SystemClock())

        first = directory()
        await first.refresh()
        assert first.left() == {"zoe"}

        for name in ("ana", "bo"):
            sim.change_person(name, deleted=True)
        await first.refresh()
        assert first.left() == {"ana", "bo", "zoe"}

        later = directory()
        await later.load()
        assert later.left() == {"ana", "bo", "zoe"}, "a start needs no answer from Slack"

        for name in ("ana", "bo"):
            sim.change_person(name, deleted=False)
        await later.refresh()
        assert later.left() == {"zoe"}
        last = directory()
        await last.load()
        assert last.left() == {"zoe"}
        await slack.close()
