"""`watchbill oncall`, as a script uses it."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main

PLAYBOOK = """
version: 1
timezone: America/Chicago
people:
  ana: {slack: ana@example.com}
  bo: {slack: bo@example.com}
schedules:
  primary:
    layers:
      - {rotate: [ana, bo], every: 1 day, starts: 2020-10-30 01:30}
  office:
    layers:
      - rotate: [ana]
        every: 1 week
        starts: 2026-01-05 00:00
        hours: [{days: mon-fri, from: "09:00", to: "17:00"}]
  always: {layers: [{rotate: [bo], every: 1 week, starts: 2026-01-05 00:00}]}
"""


@pytest.fixture(autouse=True)
def playbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "playbook.yaml"
    file.write_text(PLAYBOOK)
    monkeypatch.setenv("PLAYBOOK", str(file))
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_who_tells_the_people_and_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oncall", "who", "primary", "--at", "2020-11-01T12:00:00Z", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schedule": "primary",
        "at": "2020-11-01T12:00:00Z",
        "people": ["ana"],
        "until": "2020-11-02T07:30:00Z",
    }


def test_nobody_is_an_empty_list_and_what_never_changes_ends_never(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["oncall", "who", "office", "--at", "2026-03-07T12:00:00Z", "--json"]) == 0
    weekend = json.loads(capsys.readouterr().out)
    assert (weekend["people"], weekend["until"]) == ([], "2026-03-09T14:00:00Z")
    assert main(["oncall", "who", "always", "--at", "2026-03-07T12:00:00Z", "--json"]) == 0
    always = json.loads(capsys.readouterr().out)
    assert (always["people"], always["until"]) == (["bo"], None)


def test_shifts_are_clipped_and_empty_stretches_are_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--from", "2026-03-06T20:00:00Z", "--to", "2026-03-09T15:00:00Z", "--json"]
    assert main(["oncall", "shifts", "office", *arguments]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"start": "2026-03-06T20:00:00Z", "end": "2026-03-06T23:00:00Z", "people": ["ana"]},
        {"start": "2026-03-06T23:00:00Z", "end": "2026-03-09T14:00:00Z", "people": []},
        {"start": "2026-03-09T14:00:00Z", "end": "2026-03-09T15:00:00Z", "people": ["ana"]},
    ]


def test_a_time_without_a_zone_is_on_the_schedules_wall(capsys: pytest.CaptureFixture[str]) -> None:
    # 02:30 does not exist on this day in Chicago: it is the first instant after the gap.
    assert main(["oncall", "who", "primary", "--at", "2026-03-08 02:30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["at"] == "2026-03-08T08:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["who", "tertiary"], "it has: primary, office, always"),
        (["who", "primary", "--at", "noon"], "2026-03-08T08:00:00Z"),
        # An unset variable of a script's is not now.
        (["who", "primary", "--at", ""], "2026-03-08T08:00:00Z"),
        (["who", "primary", "--at", "9999-12-31"], "between 1800 and 3000"),
        (["who", "primary", "--at", "0001-01-01T00:00:00Z"], "between 1800 and 3000"),
        (["shifts", "primary", "--from", "2026-01-01", "--to", "9999-12-31"], "between 1800 and 3000"),
        (
            ["shifts", "primary", "--from", "2026-03-09", "--to", "2026-03-08"],
            "--to must not be before --from",
        ),
    ],
)
def test_a_mistake_is_answered_with_what_to_type(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["oncall", *arguments]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-09 08:00", "2026-03-09 08:00"),
        # Both in the hour that does not exist.
        ("2026-03-08 02:10", "2026-03-08 02:50"),
        ("2026-03-09T08:00:00.2Z", "2026-03-09T08:00:00.8Z"),
    ],
)
def test_an_empty_stretch_has_no_shifts(start: str, end: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oncall", "shifts", "primary", "--from", start, "--to", end, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_the_end_of_a_stretch_is_after_the_hour_that_comes_twice(capsys: pytest.CaptureFixture[str]) -> None:
    times = ["--from", "2026-11-01 01:30", "--to", "2026-11-01 01:30", "--json"]
    assert main(["oncall", "shifts", "primary", *times]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found[0]["start"], found[-1]["end"]) == ("2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z")


def test_without_a_playbook_it_says_which_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PLAYBOOK")
    monkeypatch.chdir(tmp_path / "..")
    assert main(["oncall", "who", "primary"]) == 2
    assert "there is no playbook.yaml here: PLAYBOOK names the playbook" in capsys.readouterr().err
