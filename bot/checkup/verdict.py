"""What a check-up finds, as the operator reads it."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but perhaps not as meant
    PROBLEM = "problem"  # has to be put right


@dataclass(frozen=True)
class Verdict:
    """One line. `about` is what was looked at, `remedy` what to do. Neither ever holds a secret."""

    grade: Grade
    about: str
    said: str
    remedy: str = ""

    def __str__(self) -> str:
        first, *more = self.said.splitlines() or [""]
        lines = [f"{self.grade:9}{self.about:11}{first}", *(f"{'':20}{line}" for line in more)]
        if self.remedy:
            lines.append(f"{'':18}→ {self.remedy}")
        return "\n".join(lines)


def ok(about: str, said: str) -> Verdict:
    return Verdict(Grade.OK, about, said)


def warn(about: str, said: str, remedy: str = "") -> Verdict:
    return Verdict(Grade.WARN, about, said, remedy)


def problem(about: str, said: str, remedy: str = "") -> Verdict:
    return Verdict(Grade.PROBLEM, about, said, remedy)
