"""What asking a check gives: a verdict, a value, and a line of evidence."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SECONDS = "s"
PERCENT = "%"
# What a line of evidence may take on a phone: about three lines.
LONGEST_EVIDENCE = 200


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"  # the source did not answer; never as good as ok


# From harmless to grave. Unknown stands above warn: it may hide anything.
_GRAVITY = (Verdict.OK, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL)


def worst(*verdicts: Verdict) -> Verdict:
    return max(verdicts, key=_GRAVITY.index)


@dataclass(frozen=True)
class Limits:
    """Thresholds in base units: seconds for spans, fractions for percentages, else plain numbers."""

    warn_above: float | None = None
    fail_above: float | None = None
    warn_below: float | None = None
    fail_below: float | None = None

    @property
    def given(self) -> bool:
        return self != Limits()

    def judge(self, value: float) -> Verdict:
        """A value on a threshold is within it. What is no number is Unknown."""
        if math.isnan(value):
            return Verdict.UNKNOWN
        if _beyond(value, self.fail_above, self.fail_below):
            return Verdict.FAIL
        return Verdict.WARN if _beyond(value, self.warn_above, self.warn_below) else Verdict.OK


def _beyond(value: float, above: float | None, below: float | None) -> bool:
    return (above is not None and value > above) or (below is not None and value < below)


@dataclass(frozen=True)
class Finding:
    """What a kind of check found. `verdict`: before thresholds are looked at.

    `value` is in base units; `unit` says how to show it: `s`, `%`, or a word such as `errors`. `evidence` is
    plain text in which nobody's data and no secret stands.
    """

    evidence: str
    verdict: Verdict = Verdict.OK
    value: float | None = None
    unit: str = ""
    link: str | None = None


@dataclass(frozen=True)
class Result:
    """A check that was asked at `at`; `took` is how long that lasted, in seconds."""

    check: str
    verdict: Verdict
    evidence: str
    at: datetime
    took: float
    value: float | None = None
    unit: str = ""
    link: str | None = None

    @property
    def measured(self) -> str:
        """The value as people read it; empty where there is none."""
        return "" if self.value is None else quantity(self.value, self.unit)


def judged(check: str, found: Finding, limits: Limits, at: datetime, took: float) -> Result:
    """The graver of what was found and what the thresholds say of its value."""
    verdict, evidence = found.verdict, found.evidence
    if limits.given and verdict is not Verdict.UNKNOWN:
        if found.value is None:
            if verdict is Verdict.OK:
                verdict, evidence = Verdict.UNKNOWN, f"{evidence}: no value to compare"
        else:
            by_limits = limits.judge(found.value)
            if by_limits not in (Verdict.OK, Verdict.UNKNOWN):
                evidence = f"{evidence}; {_crossed(by_limits, limits, found)}"
            verdict = worst(verdict, by_limits)
    value = found.value if found.value is not None and math.isfinite(found.value) else None
    return Result(check, verdict, _cut(evidence), at, took, value, found.unit, found.link)


def _crossed(verdict: Verdict, limits: Limits, found: Finding) -> str:
    failing = verdict is Verdict.FAIL
    above = limits.fail_above if failing else limits.warn_above
    below = limits.fail_below if failing else limits.warn_below
    value = found.value or 0.0
    if above is not None and value > above:
        return f"{'fails' if failing else 'warns'} above {quantity(above, found.unit)}"
    return f"{'fails' if failing else 'warns'} below {quantity(below or 0.0, found.unit)}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EVIDENCE else line[: LONGEST_EVIDENCE - 1].rstrip() + "…"


def quantity(value: float, unit: str) -> str:
    """`0.31 s`, `23 days`, `0.12 %`, `4 errors`."""
    if unit == SECONDS:
        return span(value)
    if unit == PERCENT:
        return f"{number(value * 100)} %"
    word = unit.removesuffix("s") if value == 1 else unit
    return f"{number(value)} {word}".rstrip()


def number(value: float) -> str:
    """At most three digits that matter behind the point, and none that do not."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.1f}"


def span(seconds: float) -> str:
    """A length of time by its largest unit that is worth it: `340 ms`, `12 s`, `25 min`, `7 h`, `23 days`."""
    sign, left = ("-" if seconds < 0 else ""), abs(seconds)
    if left < 1:
        return f"{sign}{round(left * 1000)} ms"
    if left < 10:
        return f"{sign}{number(round(left, 1))} s"
    for size, most, word in ((1, 100, "s"), (60, 7200, "min"), (3600, 172_800, "h")):
        if left < most:
            return f"{sign}{round(left / size)} {word}"
    return f"{sign}{int(left // 86_400)} days"
