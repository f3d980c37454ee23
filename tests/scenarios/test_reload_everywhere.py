"""`/ops reload` with several replicas: whoever is asked, all of them read their playbooks again."""

from pathlib import Path

import pytest

from tests.world import PATIENCE_S, Bot
from tests.world import world as running_world

PLAYBOOK = """
version: 1
people: {ana: {slack: ana@example.com}}
schedules:
  primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
"""
MORE = """
  night: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
"""
# Real seconds, beyond the few that it takes: the machine may be busy.
WITHIN = 60.0


@pytest.mark.postgres
async def test_a_reload_reaches_every_replica_within_seconds(tmp_path: Path, empty_postgres_url: str) -> None:
    (tmp_path / "second").mkdir()
    files = [tmp_path / "playbook.yaml", tmp_path / "second" / "playbook.yaml"]
    for file in files:
        file.write_text(PLAYBOOK)
    url = empty_postgres_url
    async with running_world(tmp_path, PLAYBOOK=str(files[0]), DATABASE_URL=url) as world:
        second = Bot(world.simulator, files[1].parent, PLAYBOOK=str(files[1]), DATABASE_URL=url)
        await second.start()
        try:
            ana = world.person("ana")
            for file in files:
                file.write_text(PLAYBOOK + MORE.lstrip("\n"))
            assert "night" not in str((await ana.types("/oncall")).blocks)
            told = await ana.types("/ops reload")
            assert (
                "2 schedules, 0 services. Other replicas, if there are any, read theirs within" in told.text
            )
            bots = (world.bot, second)
            await world.bot.until(lambda _: all("playbook_reloaded" in each.log for each in bots), WITHIN)
            # Whichever of them is asked knows it now.
            for _ in range(10):
                assert "night" in str((await ana.types("/oncall")).blocks)
            await world.bot.settled(PATIENCE_S)
        finally:
            await second.stop()
