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
        # (one of them a last Friday) and 2 in Germany.
        ("a-ongoing-operations", {"morning": 60, "end-of-day": 60, "friday-review": 11, "retro": 2}),
        ("b-operations-template", {"security-monthly": 3, "security-quarterly": 1, "restore-test": 3}),
        ("c-continuous-operations", {"daily": 62, "weekly-review": 13, "runbooks": 2}),
        (
            "d-platform-overview",
            {"maintenance-daily": 64, "maintenance-weekly": 13, "maintenance-monthly": 3},
        ),
        (
            "e-operations-guide",
            {"patching": 3, "restore": 13, "access-review": 1, "vendors": 1, "failover": 0},
        ),
    ],
)
def test_each_guides_routines_come_as_often_as_it_says(guide: str, often: dict[str, int]) -> None:
    playbook = load(PLAYBOOKS / f"{guide}.yaml", {})
    found = [each.job for each in upcoming(routines(playbook), START, START + timedelta(days=90))]
    assert {name: found.count(f"checklist:{name}") for name in often} == often
