"""What the playbook takes for a check, and what it says of what it does not take."""

from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from bot.checks.kinds import CHECKS
from bot.playbook import PlaybookError, parse, schema
from bot.playbook.checks import KINDS
from tests.checks.asking import playbook

BEFORE = "version: 1\nservices: {shop: {}}\nchecklists: {morning: {items: [{text: Look}]}}\nchecks:\n"

GOOD: dict[str, dict[str, Any]] = {
    "http": {"http": {"url": "https://example.com/health", "expect": 200, "under": "2s"}, "every": "1m"},
    "tls": {"tls": {"host": "example.com"}, "warn_below": "30d", "fail_below": "7d", "every": "6h"},
    "github_workflow": {"github_workflow": {"repo": "example/app", "branch": "main"}},
    "github_release": {"github_release": {"repo": "example/app"}, "warn_above": "30d"},
    "github_deployments": {"github_deployments": {"repo": "example/app"}},
    "github_issues": {"github_issues": {"repo": "example/app", "labels": "incident"}, "fail_above": 3},
    "sentry": {"sentry": {"project": "example/app", "window": "24h"}, "fail_above": 5},
    "prometheus": {"prometheus": {"query": "sum(up)"}, "fail_above": "0.5%", "warn_above": "0.1%"},
    "alertmanager": {"alertmanager": {"match": ['severity="critical"']}},
    "command": {"command": ["scripts/backup-age"], "fail_above": "26h"},
    "incidents": {"incidents": {"severity": "p1"}},
    "checklist": {"checklist": "morning"},
}


def test_every_kind_has_its_module_its_options_and_an_example_here() -> None:
    assert [kind.name for kind in CHECKS] == list(KINDS) == list(GOOD)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read_and_the_schema_for_editors_takes_it(kind: str) -> None:
    written = {"version": 1, "checks": {"it": GOOD[kind]}}
    jsonschema.Draft202012Validator(schema()).validate(written)
    lists = {"checklists": {"morning": {"items": [{"text": "Look"}]}}} if kind == "checklist" else {}
    import json

    check = parse(json.dumps({**written, **lists}), {}).checks["it"]

    assert check.kind == kind


def test_thresholds_are_in_base_units_and_say_what_is_measured() -> None:
    checks = playbook(
        age={"command": ["age"], "fail_above": "26h"},
        rate={"prometheus": {"query": "x"}, "fail_above": "0.5%", "warn_above": "0.1%"},
        jobs={"prometheus": {"query": "x", "unit": "jobs"}, "warn_above": 1000},
        slow={"http": {"url": "http://x"}, "warn_above": "300ms"},
    ).checks

    assert (checks["age"].fail_above, checks["age"].unit) == (93_600, "s")
    assert (checks["rate"].fail_above, checks["rate"].unit) == (0.005, "%")
    assert (checks["jobs"].warn_above, checks["jobs"].unit) == (1000, "jobs")
    assert checks["slow"].warn_above == 0.3
    assert checks["slow"].timeout == timedelta(seconds=10)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a: {}", "playbook.yaml:5: checks.a: asks nothing: it needs one of http, tls"),
        ("a: {incidents: {}, command: [x]}", "checks.a: asks 2 questions (command, incidents)"),
        ("a: {htp: {url: 'http://x'}}", "checks.a: 'htp' is not a key here. Did you mean 'http'?"),
        ("a: {http: {url: x}}", "checks.a.http.url: 'x' is not an address"),
        ("a: {http: {url: 'http://x', expect: ok}}", "expect: 'ok' is not a status such as 200"),
        ("a: {http: {url: 'http://x', json_path: '$.['}}", "is not a JSON path"),
        ("a: {http: {url: 'http://x', equals: 1}}", "needs a `json_path`"),
        ("a: {tls: {host: 'https://x/'}}", "is not the name of a host"),
        ("a: {tls: {host: x}, fail_below: 7}", "checks.a.fail_below: '7' must be a duration such as 7d"),
        ("a: {sentry: {project: app}}", "is not a repository such as example/app"),
        ("a: {sentry: {project: a/b}, fail_above: 5m}", "must be a number: what sentry measures"),
        ("a: {command: [x], fail_above: a lot}", "is neither a number nor a duration such as 2s"),
        (
            "a: {command: [x], warn_above: 5, fail_above: 5m}",
            "is of another kind than the thresholds above it",
        ),
        ("a: {command: [x], warn_above: 9, fail_above: 5}", "never warns"),
        ("a: {command: [x], warn_below: 5, fail_below: 9}", "never warns"),
        ("a: {command: [x], timeout: 5m}", "is longer than 30s"),
        ("a: {command: [x], every: 1s}", "is more often than every 10s"),
        ("a: {command: [x], for: 5m}", "checks.a.for: '5m' is for probes: say how often with `every`"),
        ("a: {command: [x], incident: sev1}", "is for probes"),
        ("a: {command: [x], every: 1m, channel: alerts}", "Did you mean '#alerts'?"),
        ("a: {command: [x], every: 1m, incident: sev9}", "'sev9' is not a severity (sev1, sev2"),
        ("a: {command: [x], every: 1m, service: shpo}", "is not in services (shop). Did you mean 'shop'?"),
        ("a: {checklist: mornin}", "is not in checklists (morning). Did you mean 'morning'?"),
        ("a: {incidents: {severity: [p1, p9]}}", "checks.a.incidents.severity[1]: 'p9' is not a severity"),
        ("a: {prometheus: {query: x, empty: fine}}", "is not one of unknown, ok, fail"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(line: str, says: str) -> None:
    with pytest.raises(PlaybookError) as refusal:
        parse(f"{BEFORE}  {line}\n", {})

    assert says in str(refusal.value)
    assert ":5:" in str(refusal.value)


def test_what_the_environment_fills_in_is_not_shown() -> None:
    text = "checks: {a: {http: {url: '${URL}', headers: {X: '${KEY}'}}}, b: {command: [x, '${KEY}']}}\n"
    found = parse("version: 1\n" + text, {"URL": "https://bot:hunter2@x/", "KEY": "hunter3"})

    assert "hunter" not in f"{found.checks!r} {found.checks['a']} {found.checks['a'].options}"
