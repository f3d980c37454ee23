"""Reading a playbook: from a file or text to a valid Playbook, or to every mistake in it at once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.playbook import references
from bot.playbook.mistakes import mistakes
from bot.playbook.models import Playbook
from bot.playbook.problems import PlaybookError, Problem
from bot.playbook.source import read
from bot.settings import DEFAULT_PLAYBOOK

_EMPTY = "version: 1\n"


def parse(text: str, environ: Mapping[str, str], name: str = "playbook.yaml") -> Playbook:
    """The playbook in `text`. ${NAME} is taken from `environ`; `name` is the file's, for messages.

    Raises PlaybookError with all problems.
    """
    source = read(text, environ, name)
    if source.data is None and not source.problems:
        source.data = {}
    if not isinstance(source.data, dict):
        problem = source.problem((), "a playbook is a mapping of sections; its first line is `version: 1`")
        raise PlaybookError([*source.problems, Problem(name, problem.line, 1, "", None, problem.message)])
    found = list(source.problems)
    playbook = None
    try:
        playbook = Playbook.model_validate(source.data)
    except ValidationError as error:
        found += mistakes(error, source, schema())
    found += references.broken(source)
    if found or playbook is None:
        raise PlaybookError(found)
    return playbook


def load(path: Path, environ: Mapping[str, str]) -> Playbook:
    """The playbook in a file. None at the default path is a playbook in which nothing is decided.

    Raises PlaybookError with all problems, also when the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if path == DEFAULT_PLAYBOOK:
            return parse(_EMPTY, environ, str(path))
        raise _unreadable(path, "there is no such file; PLAYBOOK names it") from None
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PlaybookError([Problem(str(path), line, 1, "", None, "not UTF-8 text")]) from None
    return parse(text, environ, str(path))


def _unreadable(path: Path, message: str) -> PlaybookError:
    return PlaybookError([Problem(str(path), 0, 0, "", None, message)])


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a playbook, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Playbook.model_json_schema(),
        "title": "Watchbill playbook",
    }


class PlaybookFile:
    """A playbook that can be read anew while the bot runs.

    Raises PlaybookError when the file is wrong at the start.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._was_there = path.exists()
        self._current = load(path, environ)

    @property
    def current(self) -> Playbook:
        return self._current

    def reload(self) -> Playbook:
        """Read the file again. Raises PlaybookError and keeps the playbook in force when it is wrong."""
        there = self._path.exists()
        if self._was_there and not there:
            # The default for a missing file is for those who never had one.
            raise _unreadable(self._path, "the file is gone; the playbook read before stays in force")
        self._current = load(self._path, self._environ)
        self._was_there = there
        return self._current
