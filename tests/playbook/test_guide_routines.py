"""The next ninety days of each guide's playbook, as `watchbill upcoming` tells them."""

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cronsim import CronSim
from holidays import country_holidays

from bot.__main__ import main
from bot.playbook import Playbook, PlaybookFile

PLAYBOOKS = sorted((Path(__file__).parents[2] / "playbooks").glob("[a-e]-*.yaml"))
# Ninety days with the spring's change of the clocks in America and in Europe, and ninety with the autumn's.
STARTS = ("2036-02-01", "2036-09-01")


@pytest.fixture(
    params=[(path, start) for path in PLAYBOOKS for start in STARTS],
    ids=lambda each: f"{each[0].stem}-{each[1]}",
)
def coming(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[Playbook, date, list[dict[str, str]]]:
    path, start = request.param
    monkeypatch.setenv("PLAYBOOK", str(path))
    first = date.fromisoformat(start)
    times = ["--from", f"{first} 00:00", "--to", f"{first + timedelta(days=90)} 00:00"]
    assert main(["upcoming", *times, "--json"]) == 0
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return PlaybookFile(path, {}).current, first, found


def test_every_routine_is_there_at_its_times_and_on_working_days_where_it_says_so(
    coming: tuple[Playbook, date, list[dict[str, str]]],
) -> None:
    playbook, first, found = coming
    told = defaultdict(list)
    for each in found:
        told[each["job"]].append(datetime.fromisoformat(each["local"]))
    jobs: dict[str, Any] = {f"checklist:{name}": each for name, each in playbook.checklists.items()}
    jobs |= {f"report:{name}": each for name, each in playbook.reports.items()}
    jobs |= {f"maintenance:{each.name}": each for each in playbook.maintenance.windows}
    for job, each in jobs.items():
        expected = (
            [
                at
                for at in within(each.when, first)
                if not getattr(each, "workdays", False) or is_workday(playbook, at.date())
            ]
            if each.when
            else []
        )
        assert told.pop(job, []) == expected, job
    assert not told


def test_nothing_is_asked_twice_and_instants_and_walls_agree(
    coming: tuple[Playbook, date, list[dict[str, str]]],
) -> None:
    playbook, _, found = coming
    assert max(Counter((each["job"], each["local"]) for each in found).values()) == 1
    assert max(Counter((each["job"], each["at"]) for each in found).values()) == 1
    for each in found:
        at = datetime.fromisoformat(each["at"]).astimezone(playbook.zone)
        assert at.replace(tzinfo=None) == datetime.fromisoformat(each["local"])
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)


def within(when: str, first: date) -> list[datetime]:
    """None of these routines is at an hour that clocks skip or repeat, so plain cron will do."""
    start = datetime.combine(first, datetime.min.time())
    found = []
    for at in CronSim(when, start - timedelta(seconds=1)):
        if at >= start + timedelta(days=90):
            break
        found.append(at)
    return found


def is_workday(playbook: Playbook, day: date) -> bool:
    if day.weekday() >= 5:
        return False
    return playbook.holidays is None or day not in country_holidays(playbook.holidays.code)


# Sections of the playbook, not names in it.
SECTIONS = {"alerts", "maintenance", "runbooks", "slos", "postmortem", "notify", "contacts"}
ROWS = {"A": 14, "B": 14, "C": 12, "D": 10, "E": 14}


def test_every_routine_is_ticked_off_and_what_it_names_is_in_the_playbook() -> None:
    _, *guides = (PLAYBOOKS[0].parents[1] / "docs" / "guides.md").read_text().split("\n### ")
    for path, guide in zip(PLAYBOOKS, guides, strict=True):
        letter = guide[0]
        assert path.stem.startswith(letter.lower())
        rows = re.findall(r"^\| ([A-E]\d+) \|", guide, re.MULTILINE)
        assert rows == [f"{letter}{number}" for number in range(1, ROWS[letter] + 1)]
        written = path.read_text()
        names = set(re.findall(r"`([a-z][a-z0-9-]+)`", guide)) - SECTIONS
        assert {name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", written)} == set()
