"""Which severities are so grave that quiet hours do not apply."""

import pytest

from bot.paging.reaching import heeds_quiet
from bot.playbook import parse


@pytest.mark.parametrize(
    ("severities", "grave"),
    [
        ("{sev1: {}, sev2: {}, sev3: {}}", ["sev1"]),
        ("{p1: {}, p2: {}}", ["p1"]),
        ("{sev4: {}, sev3: {}, sev2: {}, sev1: {}}", ["sev1"]),
        ("{sev0: {}, sev1: {}, sev2: {}}", ["sev0", "sev1"]),
        ("{blackout: {}, sev1: {}, sev2: {}}", ["blackout", "sev1"]),
        ("{outage: {also: [critical]}, major: {}}", ["outage"]),
        ("{outage: {}, major: {}}", ["outage"]),
        ("{sev2: {}, sev3: {}}", []),
    ],
)
def test_sev1_by_any_name_and_what_stands_above_it(severities: str, grave: list[str]) -> None:
    playbook = parse(f"version: 1\nseverities: {severities}\n", {})
    assert [name for name in playbook.severities if not heeds_quiet(playbook, name)] == grave


def test_a_name_the_playbook_has_no_more_counts_by_its_spelling() -> None:
    playbook = parse("version: 1\nseverities: {outage: {}, major: {}}\n", {})
    assert not heeds_quiet(playbook, "sev1")
    assert heeds_quiet(playbook, "sev2")
