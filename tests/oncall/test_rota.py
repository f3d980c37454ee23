"""Of many schedules, only those a person could be on are worked out for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.oncall.model import Override
from bot.oncall.rota import of_person, rota
from bot.playbook import PlaybookFile

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLAYBOOK = """
version: 1
timezone: UTC
people: {ana: {slack: a@example.com}, bo: {slack: b@example.com}, chen: {slack: c@example.com}}
schedules:
  own: {layers: [{rotate: [ana, bo], every: 1 day, starts: 2026-01-01 09:00}]}
  covered: {layers: [{rotate: [bo], every: 1 day, starts: 2026-01-01 09:00}]}
  other: {layers: [{rotate: [bo, chen], every: 1 day, starts: 2026-01-01 09:00}]}
"""


def test_a_person_s_shifts_are_the_same_without_the_schedules_they_cannot_be_on(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    playbook = PlaybookFile(tmp_path / "playbook.yaml", {}).current
    stands_in = Override(NOW, NOW + timedelta(hours=2), ("ana",), None, NOW)
    covers = {"own": [], "covered": [stands_in], "other": []}
    week = NOW, NOW + timedelta(days=7)

    narrow = rota(playbook, covers, *week, person="ana")

    assert list(narrow) == ["own", "covered"]
    assert of_person(narrow, "ana") == of_person(rota(playbook, covers, *week), "ana")
