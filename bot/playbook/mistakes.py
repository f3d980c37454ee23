"""From pydantic's errors to problems that name line, value and the nearest valid value."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.playbook.problems import Path, Problem, listed, nearest
from bot.playbook.source import Source

_SENTENCES = {
    "string_type": "must be text; put it in quotes",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "list_type": "must be a list, for example [a, b]",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "too_short": "must not be empty",
}

# What pydantic puts into a path for the kind of thing it looked at, and nobody wrote.
_NO_PLACE = {"[key]", "[name]", "[steps]"}


def mistakes(error: ValidationError, source: Source, schema: dict[str, Any]) -> Iterator[Problem]:
    """One problem per error, except where the value was already complained about."""
    for each in error.errors(include_url=False, include_input=False):
        path = _path(each)
        if path not in source.wrong:
            yield _problem(each, path, source, schema)


def _path(error: ErrorDetails) -> Path:
    return tuple(part for part in error["loc"] if part not in _NO_PLACE)


def _problem(error: ErrorDetails, path: Path, source: Source, schema: dict[str, Any]) -> Problem:
    kind, context = error["type"], error.get("ctx", {})
    at_key = error["loc"][-1:] == ("[key]",)
    if kind == "extra_forbidden":
        keys = _keys(schema, path[:-1])
        known = f", only: {listed(keys)}" if nearest(str(path[-1]), keys) is None else ""
        return source.problem(path, f"is not a key here{known}", nearest(str(path[-1]), keys), at_key=True)
    if kind == "missing":
        return source.problem(path, _missing(path))
    if kind == "playbook":
        problem = source.problem(path, context["message"], context["suggestion"], at_key=at_key)
        # An address may hold a password, and mistakes are logged.
        return replace(problem, value=None) if path[-2:-1] == ("contacts",) and not at_key else problem
    if kind == "literal_error":
        return _not_one_of(context, path, source, at_key=at_key)
    if kind in {"greater_than_equal", "less_than_equal"}:
        word, bound = (
            ("least", context.get("ge")) if kind.startswith("greater") else ("most", context.get("le"))
        )
        return source.problem(path, f"must be at {word} {bound}")
    return source.problem(path, _SENTENCES.get(kind, f"is not valid: {error['msg']}"), at_key=at_key)


def _missing(path: Path) -> str:
    return "is missing: write `version: 1` on the first line" if path == ("version",) else "is missing"


def _not_one_of(context: dict[str, Any], path: Path, source: Source, *, at_key: bool) -> Problem:
    choices = re.findall(r"'([^']*)'", context["expected"])
    place = source.places.get(path)
    given = str(path[-1]) if at_key else (place.written if place is not None else None) or ""
    return source.problem(path, f"is not one of {', '.join(choices)}", nearest(given, choices), at_key=at_key)


def _keys(schema: dict[str, Any], path: Path) -> list[str]:
    """The keys that the JSON Schema allows at a path."""
    here = [schema]
    for part in path:
        here = [inner for outer in here for inner in _inside(_resolved(outer, schema), part)]
    return [
        key for each in here for option in _resolved(each, schema) for key in option.get("properties", ())
    ]


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The node itself, or what it refers to, for each of its alternatives."""
    if "$ref" in node:
        return _resolved(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    for choice in ("anyOf", "oneOf"):
        if choice in node:
            return [option for each in node[choice] for option in _resolved(each, schema)]
    return [node]


def _inside(nodes: list[dict[str, Any]], part: str | int) -> Iterator[dict[str, Any]]:
    for node in nodes:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        if inner is None and not isinstance(part, int):
            inner = node.get("additionalProperties")
        if isinstance(inner, dict):
            yield inner
