"""`watchbill upcoming`, as a script uses it."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main

PLAYBOOK = """
version: 1
timezone: America/New_York
holidays: US
people: {ana: {slack: ana@example.com}}
checklists:
  morning: {when: "0 9 * * MON-FRI", workdays: true, for: ana, items: [a]}
  night: {when: "30 2 * * *", timezone: Europe/Berlin, for: ana, items: [a]}
  by-hand: {items: [a]}
"""


@pytest.fixture(autouse=True)
def playbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "playbook.yaml"
    file.write_text(PLAYBOOK)
    monkeypatch.setenv("PLAYBOOK", str(file))
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


def upcoming(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    assert main(["upcoming", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_coming_is_told_as_instants_and_as_clocks_show_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert upcoming(capsys, "--from", "2026-11-25T00:00:00Z", "--to", "2026-11-28T00:00:00Z") == [
        {"job": "checklist:night", "at": "2026-11-25T01:30:00Z", "local": "2026-11-25T02:30"},
        {"job": "checklist:morning", "at": "2026-11-25T14:00:00Z", "local": "2026-11-25T09:00"},
        # Thanksgiving has no morning.
        {"job": "checklist:night", "at": "2026-11-26T01:30:00Z", "local": "2026-11-26T02:30"},
        {"job": "checklist:night", "at": "2026-11-27T01:30:00Z", "local": "2026-11-27T02:30"},
        {"job": "checklist:morning", "at": "2026-11-27T14:00:00Z", "local": "2026-11-27T09:00"},
    ]


def test_a_beginning_counts_and_an_end_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    found = upcoming(capsys, "--from", "2026-11-24 09:00", "--to", "2026-11-25 09:00")
    assert isinstance(found, list)
    assert [each["job"] for each in found] == ["checklist:morning", "checklist:night"]


def test_a_time_that_clocks_skip_is_told_as_what_they_show_then(capsys: pytest.CaptureFixture[str]) -> None:
    found = upcoming(capsys, "--from", "2026-03-29T00:00:00Z", "--to", "2026-03-29T12:00:00Z")
    assert found == [{"job": "checklist:night", "at": "2026-03-29T01:00:00Z", "local": "2026-03-29T03:00"}]


def test_it_is_readable_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upcoming", "--from", "2026-11-25 08:00", "--to", "2026-11-25 10:00"]) == 0
    assert capsys.readouterr().out == "Wed 2026-11-25 09:00  2026-11-25T14:00:00Z  checklist:morning\n"
    assert main(["upcoming"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "soon"], "--from soon: write a time"),
        (["--from", "2026-11-25", "--to", "2026-11-25"], "--to must be after --from"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["upcoming", *arguments]) == 2
    assert says in capsys.readouterr().err
