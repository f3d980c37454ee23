"""What the playbooks of the five operations guides have happen, over the next 90 days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.jobs.service import upcoming
from bot.playbook import load
from bot.timetable import routines

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
START = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("guide", "often"),
    [
        # 90 days from Tuesday, 1 December: 64 Mondays to Fridays, of which 4 are holidays in the USA
        # (two of them Fridays) and 2 Fridays in Germany.
        ("a-ongoing-operations", {"morning": 60, "evening": 60, "friday-review": 11, "monthly-retro": 3}),
        ("b-operations-template", {"security-monthly": 3, "security-quarterly": 1, "restore-test": 3}),
        ("c-continuous-operations", {"daily": 62, "weekly-review": 11, "runbook-upkeep": 3}),
        ("d-platform-overview", {"daily": 90, "weekly": 12, "monthly": 3, "disaster-recovery": 1}),
        (
            "e-operations-guide",
            {
                "patching": 3,
                "restore-test": 13,
                "secrets-and-access": 1,
                "vendors": 1,
                "failover-exercise": 0,
            },
        ),
    ],
)
def test_each_guides_routines_come_as_often_as_it_says(guide: str, often: dict[str, int]) -> None:
    playbook = load(PLAYBOOKS / f"{guide}.yaml", {})
    found = [each.job for each in upcoming(routines(playbook), START, START + timedelta(days=90))]
    assert {name: found.count(f"checklist:{name}") for name in often} == often
