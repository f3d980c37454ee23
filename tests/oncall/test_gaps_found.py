"""What would keep a page from anybody: found from the rota, the people, and what is known of them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.contacts.working import Outcome
from bot.oncall.model import Override
from bot.oncall.rota import rota
from bot.paging.gap import AHEAD, Gaps, Unreached
from bot.paging.gaps import Known, find
from bot.playbook import PlaybookFile

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: a@example.com, contacts: {sms: "json://x/ana"}}
  bo: {slack: b@example.com}
  zoe: {slack: z@example.com}
  eli: {slack: e@example.com}
schedules:
  primary: {layers: [{rotate: [ana, zoe], every: 1 week, starts: 2026-11-20 00:00}]}
  single: {layers: [{rotate: [zoe], every: 1 week, starts: 2026-11-20 00:00}]}
  both: {layers: [{rotate: [bo], every: 1 week, starts: 2026-11-20 00:00}]}
"""


@pytest.fixture
def playbook(tmp_path: Path) -> PlaybookFile:
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    return PlaybookFile(tmp_path / "playbook.yaml", {})


def found(playbook: PlaybookFile, known: Known, left: Collection[str]) -> Gaps:
    on_duty = rota(playbook.current, known.covers, NOW, NOW + AHEAD)
    return find(playbook.current, on_duty, known, left)


def failed(person: str, method: str) -> dict[tuple[str, str], Outcome]:
    return {(person, method): Outcome(person, method, NOW, worked=False)}


def test_stretches_of_whoever_left_slack_and_has_no_other_way_are_gaps(playbook: PlaybookFile) -> None:
    gaps = found(playbook, Known(), {"zoe", "ana"})
    assert gaps.unreached[0] == Unreached("primary", NOW + WEEK, NOW + 2 * WEEK, ("zoe",))
    assert {each.people for each in gaps.unreached} == {("zoe",)}, "Ana has a text message left"
    assert gaps.unreached[-1] == Unreached("single", NOW, NOW + AHEAD, ("zoe",))
    assert not gaps.empty
    assert not found(playbook, Known(), {"eli"}).unreached, "who is never on call leaves no stretch"


def test_a_way_that_failed_when_it_was_last_used_is_no_way(playbook: PlaybookFile) -> None:
    gaps = found(playbook, Known(last=failed("ana", "sms")), {"ana"})
    assert gaps.unreached[0] == Unreached("primary", NOW, NOW + WEEK, ("ana",))
    assert not found(playbook, Known(last=failed("ana", "sms")), ()).unreached, "Slack is left"


def test_a_cover_by_somebody_who_can_be_reached_closes_the_stretch(playbook: PlaybookFile) -> None:
    cover = Override(NOW + WEEK, NOW + 2 * WEEK, ("bo",), None, NOW)
    gaps = found(playbook, Known(covers={"primary": [cover]}), {"zoe"})
    assert gaps.unreached[0].start == NOW + 3 * WEEK


def test_who_takes_turns_by_slack_alone_is_told_apart_from_those_in_trouble(playbook: PlaybookFile) -> None:
    assert found(playbook, Known(), ()).slack_only == ["bo", "zoe"]
    assert found(playbook, Known(), {"zoe"}).slack_only == ["bo"]
    cover = Override(NOW, NOW + WEEK, ("eli",), None, NOW)
    assert found(playbook, Known(covers={"both": [cover]}), ()).slack_only == ["bo", "zoe", "eli"]
    assert not found(playbook, Known(), ()), "Slack alone is no gap"
