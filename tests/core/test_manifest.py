"""The app manifest is derived from the code, valid for Slack, and asks for no more than is used."""

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.methods import EVENTS, METHODS, scopes
from handlers import events
from handlers.commands import SLASH_COMMANDS
from handlers.manifest import manifest
from handlers.shortcuts import SHORTCUTS

ROOT = Path(__file__).parents[2]
# Slack's own descriptions, where the machine has them: the project does not need them.
SLACK = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared")) / "slack"
URL = "https://watchbill.example.com/slack/events"
FAMILIES = (
    "api|apps|auth|bookmarks|bots|canvases|chat|conversations|"
    "entity|files|pins|reactions|team|usergroups|users|views"
)
# What we call beyond the reference's own scopes: an address is looked up only by those who may read people.
ALSO_NEEDED = {("users.lookupByEmail", "users:read")}
TIERS = {"Tier 1": 1, "Tier 2": 20, "Tier 3": 50, "Tier 4": 100}

described = pytest.mark.skipif(not SLACK.is_dir(), reason="Slack's descriptions are not on this machine")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("bot", "handlers", "schedules"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file, ast.parse(file.read_text())


def methods_named_in_code() -> set[str]:
    """Every Web API method that is named anywhere but in the table of methods and its limits."""
    method = re.compile(rf"({FAMILIES})(\.[a-zA-Z]+)+")
    return {
        node.value
        for file, tree in sources()
        if file.parts[-2:] not in (("slack", "methods.py"), ("slack", "limits.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and method.fullmatch(node.value)
    }


@described
@pytest.mark.parametrize("request_url", [None, URL])
def test_the_manifest_is_valid_for_slack(request_url: str | None) -> None:
    schema = json.loads((SLACK / "manifest.schema.json").read_text())

    jsonschema.validate(manifest(request_url=request_url), schema)


def test_every_command_and_shortcut_is_in_it_and_fits_slacks_lengths() -> None:
    features = manifest()["features"]

    assert [each["command"] for each in features["slash_commands"]] == [each.name for each in SLASH_COMMANDS]
    assert [each["callback_id"] for each in features["shortcuts"]] == [each.callback for each in SHORTCUTS]
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24, "Slack cuts longer names"


def test_it_asks_for_the_events_somebody_listens_to() -> None:
    listened = {name for name, _ in events.EVENTS}

    assert set(EVENTS) == listened
    assert manifest()["settings"]["event_subscriptions"] == {"bot_events": sorted(listened)}


def test_it_asks_for_the_scopes_of_what_is_called_and_listened_to() -> None:
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    needed = {scope for method in METHODS.values() for scope in method.scopes}
    needed |= {scope for wanted in EVENTS.values() for scope in wanted}

    assert asked == list(scopes()) == sorted(asked)
    assert set(asked) == needed | {"commands"}


def test_every_method_that_is_called_is_in_the_table_and_every_one_in_it_is_called() -> None:
    assert methods_named_in_code() == METHODS.keys()


def test_nobody_calls_slack_past_the_gateway() -> None:
    past = re.compile(rf"({FAMILIES})_[a-zA-Z_]+|api_call")
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.func.attr}"
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and past.fullmatch(node.func.attr)
    ]

    assert found == []


@described
@pytest.mark.parametrize("name", METHODS)
def test_scopes_and_tiers_are_the_ones_slack_describes(name: str) -> None:
    known: dict[str, Any] = json.loads((SLACK / "methods" / f"{name}.json").read_text())
    allowed = {scope["name"] for scope in known["scopes"].get("bot", [])}
    ours = {scope for scope in METHODS[name].scopes if (name, scope) not in ALSO_NEEDED}

    assert ours <= allowed
    assert bool(ours) == bool(allowed), "one of those Slack names is needed"
    tier = TIERS.get(known["rate_limit"]["label"].split(":")[0])
    assert tier in (None, METHODS[name].per_minute)
