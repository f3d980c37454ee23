"""Everybody of a large playbook is known when the bot says it is ready."""

from pathlib import Path

from simulator import Seed
from simulator.seed import PersonSeed
from tests.world import world

PEOPLE = 60


async def test_a_large_team_is_known_at_once_under_slacks_real_limits(tmp_path: Path) -> None:
    lines = ["version: 1", "people:"]
    lines += [f"  p{n}: {{slack: p{n}@example.com}}" for n in range(PEOPLE)]
    lines += ["roles:", "  responder: [" + ", ".join(f"p{n}" for n in range(PEOPLE)) + "]"]
    (tmp_path / "playbook.yaml").write_text("\n".join(lines))
    seed = Seed.default()
    playbook = str(tmp_path / "playbook.yaml")
    async with world(
        tmp_path, seed=seed, start=False, limits=True, PLAYBOOK=playbook, SLACK_RATE="1"
    ) as found:
        for n in range(PEOPLE):
            found.simulator.add_person(
                PersonSeed(id=f"U{n:03}TEAM", name=f"p{n}", real_name=f"P {n}", email=f"p{n}@example.com")
            )
        await found.bot.start()
        last = found.person(f"p{PEOPLE - 1}")
        number = await found.declares(last, "sev3 Search is slow")
        answer = await last.types(f"/incident note INC-{number} It began at noon", channel="#general")
        assert "Noted" in answer.text
