"""The section `reports`: every mistake with its line."""

from datetime import timedelta

import pytest

from bot.playbook import parse
from tests.mistakes import problems


def refused(lines: str) -> list[str]:
    return problems(f"version: 1\nreports:\n  weekly:\n{lines}")


def test_a_report_with_nothing_but_sections_is_made_on_demand() -> None:
    found = parse("version: 1\nreports: {weekly: {sections: [incidents]}}", {}).reports["weekly"]
    assert (found.when, found.channels, found.covers) == (None, [], timedelta(days=7))
    assert found.grace == timedelta(days=3)


def test_targets_are_shares_spans_and_numbers() -> None:
    text = "{uptime: 99%, average: 500ms, approval: 5m, deployments: 2}"
    found = parse(f"version: 1\nreports: {{weekly: {{sections: [verdict], targets: {text}}}}}", {})
    assert found.reports["weekly"].targets == {
        "uptime": 0.99,
        "average": 0.5,
        "approval": 300.0,
        "deployments": 2.0,
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sections: [incident]", "'incident' is not one of verdict, incidents"),
        ("sections: [incidents, incidents]", "names incidents twice"),
        ("sections: []", "must not be empty"),
        ("covers: 36h\n    sections: [verdict]", "'36h' is not a number of whole days, from 1d to 92d"),
        (
            "covers: week\n    sections: [verdict]",
            "'week' is neither `month` nor a number of days",
        ),
        ("targets: {uptme: 99%}\n    sections: [verdict]", "Did you mean 'uptime'?"),
        ("targets: {uptime: high}\n    sections: [verdict]", "'high' is neither a number nor a duration"),
        ("impact: [sev9]\n    sections: [verdict]", "'sev9' is not a severity"),
        ("channels: [incidents]\n    sections: [verdict]", "Did you mean '#incidents'?"),
        ("feedback: {channel: dev}\n    sections: [verdict]", "'dev' is not a channel"),
        ("whem: '0 16 * * FRI'\n    sections: [verdict]", "'whem' is not a key here. Did you mean 'when'?"),
    ],
)
def test_a_mistake_names_its_line_and_what_would_be_right(line: str, said: str) -> None:
    [told] = refused(f"    {line}\n")
    assert told.startswith("4: reports.weekly")
    assert said in told
