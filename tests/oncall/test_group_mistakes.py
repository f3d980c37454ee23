"""One user group cannot hold who is on call for two schedules."""

from tests.mistakes import refusal

PLAYBOOK = """version: 1
people:
  ana: {slack: ana@example.com}
schedules:
  primary:
    user_group: oncall
    layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]
  secondary:
    user_group: "@OnCall"
    layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]
"""


def test_a_user_group_of_two_schedules_is_refused_with_its_line() -> None:
    told = (
        "playbook.yaml:9: schedules.secondary.user_group: '@OnCall' is kept by the schedule primary already:"
        " give each its own"
    )
    assert str(refusal(PLAYBOOK)).splitlines() == [told]
