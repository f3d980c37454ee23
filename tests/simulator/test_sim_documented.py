"""Held against Slack's own reference, where the folder with the facts is at hand."""

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.web_api import METHODS, Method

ROOT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared")) / "slack"

# What Slack answers for every method, so that no method lists it.
COMMON = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "not_allowed_token_type",
    "missing_scope",
    "invalid_arguments",
    "json_not_object",
    "ratelimited",
    "unknown_method",
    "internal_error",
    "fatal_error",
}

# Functions that raise a code they are handed.
HANDING = {"SlackError", "get", "json", "limit", "content", "check_message_blocks"}
# Arguments through which one function hands another the code to refuse with.
HANDED = re.compile(r"^[a-z]+(_[a-z]+)+$")

Function = tuple[str, str]


class Source:
    """The simulator's functions: the codes each may raise, and whom it calls."""

    def __init__(self) -> None:
        self.nodes: dict[Function, ast.FunctionDef] = {}
        self.imports: dict[str, dict[str, str]] = {}
        self.named: dict[str, list[Function]] = {}
        for path in sorted((ROOT / "simulator").rglob("*.py")):
            self._read(".".join(path.relative_to(ROOT).with_suffix("").parts), path)

    def _read(self, module: str, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = self.imports.setdefault(module, {})
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.FunctionDef):
                self.nodes[module, node.name] = node
                self.named.setdefault(node.name, []).append((module, node.name))

    def codes(self, start: Function) -> set[str]:
        """All codes that can leave this function."""
        found: set[str] = set()
        seen: set[Function] = set()
        pending = [start]
        while pending:
            function = pending.pop()
            if function in seen or function not in self.nodes:
                continue
            seen.add(function)
            node = self.nodes[function]
            found |= set(_raised(node))
            pending += list(self._called(function[0], node))
        return found

    def _called(self, module: str, node: ast.FunctionDef) -> Iterator[Function]:
        for call in [entry for entry in ast.walk(node) if isinstance(entry, ast.Call)]:
            match call.func:
                case ast.Name(id=name):
                    target = self.imports[module].get(name, f"{module}.{name}")
                    yield (target.rpartition(".")[0], name)
                    if name in ("check_message_blocks", "check_view"):
                        yield ("simulator.blocks.check", name)
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    if imported := self.imports[module].get(owner):
                        yield (imported, name)
                    else:
                        yield from self._methods(name)
                case ast.Attribute(attr=name):
                    yield from self._methods(name)

    def _methods(self, name: str) -> Iterator[Function]:
        """Methods of the objects a call is performed with."""
        for module in ("web_api.asked", "web_api.arguments", "workspace.workspace"):
            yield (f"simulator.{module}", name)


def _raised(node: ast.FunctionDef) -> Iterator[str]:
    for entry in ast.walk(node):
        if isinstance(entry, ast.Call) and isinstance(entry.func, ast.Name | ast.Attribute):
            name = entry.func.id if isinstance(entry.func, ast.Name) else entry.func.attr
            handed = name in HANDING and ast.unparse(entry.func) in (
                name,
                f"messages.{name}",
                f"asked.args.{name}",
                f"args.{name}",
            )
            values = [*entry.args, *(keyword.value for keyword in entry.keywords)]
            for value in values if handed else []:
                if isinstance(value, ast.JoinedStr):
                    yield from ("invalid_ts_oldest", "invalid_ts_latest")
                if isinstance(value, ast.Constant) and HANDED.match(str(value.value)):
                    yield from {str(value.value)} - ARGUMENTS
        if (
            node.name == "_refusal"
            and isinstance(entry, ast.Return)
            and isinstance(entry.value, ast.Constant)
        ):
            yield from {str(entry.value.value)} - {"None"}


# Names of arguments and keys that look like codes.
ARGUMENTS = {
    "external_id",
    "view_id",
    "message_ts",
    "thread_ts",
    "user_id",
    "channel_id",
    "bookmark_id",
    "document_content",
}
SOURCE = Source()

# Codes that the method turns into its own, or cannot meet: the reading of the source does not see that.
CAUGHT = {
    "chat.unfurl": {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"},
    "files.completeUploadExternal": {"invalid_blocks_format"},
}


def facts(part: str, name: str) -> Any:
    path = FACTS / part / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_error_of_a_method_is_documented_for_it(method: Method) -> None:
    documented = set(facts("methods", method.name)["errors"])
    codes = SOURCE.codes((method.perform.__module__, method.perform.__name__))

    assert codes - COMMON - CAUGHT.get(method.name, set()) <= documented


def test_the_source_is_read_closely_enough() -> None:
    codes = SOURCE.codes(("simulator.web_api.chat", "post_message"))

    assert {"channel_not_found", "is_archived", "not_in_channel", "no_text", "invalid_blocks"} <= codes
    assert {"msg_blocks_too_long", "cannot_reply_to_message", "invalid_metadata_format"} <= codes


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_the_tier_of_a_method_is_slacks(method: Method) -> None:
    label = str(facts("methods", method.name)["rate_limit"]["label"])
    tier = re.match(r"Tier (\d)", label)

    assert method.tier == (int(tier[1]) if tier else 0)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_the_scopes_of_a_method_are_slacks(method: Method) -> None:
    documented = {scope["name"] for scope in facts("methods", method.name)["scopes"].get("bot", [])}

    assert set(method.scopes) <= documented
    assert bool(method.scopes) == bool(documented)
