"""Small checks that combine into the shape of a block. Each notes what is wrong, in Slack's words."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.errors import Json

Check = Callable[[Any, str, list[str]], None]


def problem(problems: list[str], text: str, path: str) -> None:
    problems.append(f"[ERROR] {text} [json-pointer:{path}]")


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            problem(problems, "must provide a string", path)
        elif len(value) < least:
            problem(problems, f"must be more than {least - 1} characters", path)
        elif len(value) > most:
            problem(problems, f"must be less than {most + 1} characters", path)

    return check


def boolean(value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, bool):
        problem(problems, "must provide a boolean", path)


def integer(least: int, most: int) -> Check:
    """A whole number within bounds, both included."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problem(problems, "must provide an integer", path)
        elif not least <= value <= most:
            problem(problems, f"must be a number between {least} and {most}", path)

    return check


def number(value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        problem(problems, "must provide a number", path)


def one_of(*words: str) -> Check:
    """One of these strings."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        if value not in words:
            problem(problems, f"must be one of: {', '.join(words)}", path)

    return check


def listing(entry: Check, least: int, most: int) -> Check:
    """An array of `least` to `most` entries."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            problem(problems, "must provide an array", path)
            return
        if len(value) < least:
            problem(problems, f"no fewer than {least} items allowed", path)
        elif len(value) > most:
            problem(problems, f"no more than {most} items allowed", path)
        for number, one in enumerate(value[:most]):
            entry(one, f"{path}/{number}", problems)

    return check


def anything(value: Any, path: str, problems: list[str]) -> None:
    """Whatever it is."""


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problem(problems, "must provide an object", path)
            return
        for name in required:
            if value.get(name) is None:
                problem(problems, f"missing required field: {name}", path)
        for name, entry in value.items():
            field = known.get(name)
            if field is None:
                problem(problems, f"invalid additional property: {name}", path)
            elif entry is not None:
                field(entry, f"{path}/{name}", problems)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these it is."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problem(problems, "must provide an object", path)
            return
        kind = value.get("type")
        if kind is None:
            problem(problems, "missing required field: type", path)
        elif (found := kinds.get(str(kind))) is None:
            problem(problems, f"unsupported type: {kind}", f"{path}/type")
        else:
            found(value, path, problems)

    return check


def both(first: Check, second: Check) -> Check:
    """Two checks; the second only where the first finds nothing."""

    def check(value: Any, path: str, problems: list[str]) -> None:
        before = len(problems)
        first(value, path, problems)
        if len(problems) == before:
            second(value, path, problems)

    return check


def exactly_one(*names: str) -> Check:
    """An object holding exactly one of these fields."""

    def check(value: Json, path: str, problems: list[str]) -> None:
        held = [name for name in names if value.get(name) is not None]
        if not held:
            problem(problems, f"missing required field: {names[0]}", path)
        elif len(held) > 1:
            problem(problems, f"only one of {', '.join(names)} is allowed", path)

    return check


def at_least_one(*names: str) -> Check:
    """An object holding one of these fields, or more."""

    def check(value: Json, path: str, problems: list[str]) -> None:
        if all(value.get(name) is None for name in names):
            problem(problems, f"missing required field: {' or '.join(names)}", path)

    return check
