"""What is wrong with a playbook: where, what, and what would be right."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import ConfigError

Path = tuple[str | int, ...]
"""The way from the top of the playbook to a value: keys, and positions in lists."""

_LONGEST_VALUE = 60
_LONGEST_LIST = 12


@dataclass(frozen=True)
class Problem:
    """One mistake. `line` and `column` count from 1; line 0 is the file as a whole.

    `value` is the text as it stands in the file, so what ${NAME} stands for is never shown.
    """

    file: str
    line: int
    column: int
    where: str
    value: str | None
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f" {self.where}:" if self.where else ""
        value = f" '{_shortened(self.value)}'" if self.value is not None else ""
        hint = f". Did you mean '{self.suggestion}'?" if self.suggestion is not None else ""
        return f"{place}:{where}{value} {self.message}{hint}"


class PlaybookError(ConfigError):
    """The playbook cannot be used. Every mistake in it is listed, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_position))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _position(problem: Problem) -> tuple[int, int, str, str]:
    return problem.line, problem.column, problem.where, problem.message


def dotted(path: Path) -> str:
    """The path as people write it: `escalation.platform.ladder[1].page`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def nearest(value: str, valid: Iterable[str]) -> str | None:
    """The valid value that is most like the given one, if any is."""
    by_lower = {each.lower(): each for each in valid}
    close = difflib.get_close_matches(value.strip().lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def listed(valid: Iterable[str]) -> str:
    """The valid values in one line, cut where nobody would read on."""
    values = list(valid)
    more = f" and {len(values) - _LONGEST_LIST} more" if len(values) > _LONGEST_LIST else ""
    return ", ".join(values[:_LONGEST_LIST]) + more


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"
