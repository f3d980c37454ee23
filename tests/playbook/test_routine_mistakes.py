"""What is wrong with checklists, times and holidays is told with its line and what would be right."""

import pytest

from bot.playbook import Playbook, PlaybookError, parse
from tests.mistakes import problems

HEAD = """version: 1
people: {ana: {slack: U01ANA}}
roles: {manager: [ana]}
schedules: {primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 09:00}]}}
checks: {up: {http: {url: "https://example.com"}}}
"""
LINES = HEAD.count("\n")


def read(text: str) -> Playbook:
    return parse(HEAD + text, {})


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("0 25 * * *", "'0 25 * * *' is not a time that cron understands: bad hour"),
        ("0 9 * *", "has 4 fields, not five"),
        ("0 0 9 * * *", "has 6 fields, not five"),
        ("@daily", "is not spelled out. Did you mean '0 0 * * *'?"),
        ("0 0 30 2 *", "is not a time that cron understands"),
        ("9:00", "has 1 fields, not five"),
        ("0 9 * * MONDAY", "is not a time that cron understands: bad day-of-week"),
    ],
)
def test_a_time_that_cron_does_not_know(written: str, says: str) -> None:
    [found] = problems(HEAD + f'checklists: {{a: {{when: "{written}", for: ana, items: [b]}}}}\n')
    assert found.startswith(f"{LINES + 1}: checklists.a.when: ")
    assert says in found


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("XX", "is not a country, or region of one"),
        ("US-ZZ", "'US-ZZ' is not a country, or region of one"),
        ("us ca", "is not a country such as US or US-CA. Did you mean 'US-CA'?"),
        ("[US]", "is not a country such as US or US-CA"),
    ],
)
def test_holidays_of_nowhere(written: str, says: str) -> None:
    [found] = problems(HEAD + f"holidays: {written}\n")
    assert found.startswith(f"{LINES + 1}: holidays: ")
    assert says in found


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("{text: a, check: upp}", "items[0].check: 'upp' is not in checks (up). Did you mean 'up'?"),
        ("{text: a, check: up, answer: text}", "items[0]: has a `check` that a machine answers"),
        ("{text: a, answer: choice}", "items[0]: asks for a choice and needs `choices`"),
        ("{text: a, choices: [b]}", "items[0]: has `choices`, so its `answer` is choice"),
        ("{text: a, answer: choice, choices: [b, b]}", "items[0]: has the same choice twice"),
        (
            "{text: a, answer: txt}",
            "items[0].answer: 'txt' is not one of text, number, choice. Did you mean 'text'?",
        ),
        ("{text: a, heading: b}", "items[0]: needs a `text`, or a `heading`"),
        ("{check: up}", "items[0]: needs a `text`, or a `heading`"),
        ("{heading: b, within: 5m}, c", "items[0]: is a heading: only"),
        ("{heading: b}", "checklists.a: has headings and nothing below them"),
        ("{text: a, wihtin: 5m}", "items[0]: 'wihtin' is not a key here. Did you mean 'within'?"),
        ("{text: a, within: 5}", "items[0].within: '5' is not a duration"),
        ("{text: a, day: 0}", "items[0].day: '0' must be at least 1"),
        ("{text: a, day: 2}", "checklists.a: has items for later days, so it is started by hand"),
    ],
)
def test_an_item_that_does_not_fit(item: str, says: str) -> None:
    [found] = problems(HEAD + f'checklists: {{a: {{when: "0 9 * * *", for: ana, items: [{item}]}}}}\n')
    assert found.startswith(f"{LINES + 1}: ")
    assert says in found


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        (
            "for: anna",
            "for: 'anna' is not a person or schedule:NAME: ana, schedule:primary. Did you mean 'ana'?",
        ),
        (
            "for: schedule:primry",
            "'schedule:primry' is not in schedules (primary). Did you mean 'schedule:primary'?",
        ),
        ("for: role:boss", "'role:boss' is a role that nobody has"),
        ("for: role:mananger", "Did you mean 'role:manager'?"),
        ("escalate_to: bo, for: ana", "escalate_to: 'bo' is not a person or schedule:NAME"),
        ('escalate_to: "@night", for: ana', "'@night' is a user group that no schedule keeps"),
        ("workdays: true", "has a `when` and goes nowhere: give a `channel`, or `for` whom it is"),
        ("chanel: b, for: ana", "'chanel' is not a key here. Did you mean 'channel'?"),
    ],
)
def test_a_checklist_for_nobody(rest: str, says: str) -> None:
    found = problems(HEAD + f'checklists: {{a: {{when: "0 9 * * *", items: [b], {rest}}}}}\n')
    assert any(says in each for each in found), found


def test_a_severitys_task_must_be_a_checklist() -> None:
    [found] = problems(HEAD + "checklists: {first: {items: [b]}}\nseverities: {sev1: {tasks: [frist]}}\n")
    assert "severities.sev1.tasks[0]: 'frist' is not in checklists (first). Did you mean 'first'?" in found


def test_a_checklist_as_it_may_be_written() -> None:
    text = """
holidays: us-ca
checklists:
  a:
    when: "0 9 * * mon-fri"
    for: "@oncall"
    items:
      - Plain
      - {text: One, week: 2, day: 3}
      - {text: Two, week: 2}
"""
    with pytest.raises(PlaybookError):
        read(text)
    found = read(text.replace('    when: "0 9 * * mon-fri"\n', ""))
    assert [item.days_later for item in found.checklists["a"].items] == [0, 9, 7]
    assert str(found.holidays) == "US-CA"
    last = read('checklists: {a: {when: "0 9 * * FRI#L", channel: "#general", items: [b]}}\n')
    assert last.checklists["a"].when == "0 9 * * 5L"
    timed = read('checklists: {a: {when: "0  9 * * mon-fri", channel: "#general", items: [b]}}\n')
    assert timed.checklists["a"].when == "0 9 * * MON-FRI"
