"""Figures over many samples: shares, averages and percentiles, from samples or from hours of them."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.checks.model.result import Verdict

# Neighbouring steps of a sketch are 2 % apart, so that a percentile is right to about 1 %.
STEP = 1.02
_LOG_STEP = math.log(STEP)
# Smaller than this is nothing: a microsecond, a millionth.
SMALLEST = 1e-6


@dataclass(frozen=True)
class Sample:
    """One answer of a probe: value in its base unit, `took` in seconds."""

    check: str
    at: datetime
    verdict: Verdict
    value: float | None
    took: float


@dataclass(frozen=True)
class Spread:
    """How numbers are spread. `counts`: step → how many, mergeable without loss."""

    n: int = 0
    total: float = 0.0
    counts: Mapping[str, int] | None = None

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        counts: dict[str, int] = {}
        n, total = 0, 0.0
        for value in values:
            key = _key(value)
            counts[key] = counts.get(key, 0) + 1
            n, total = n + 1, total + value
        return cls(n, total, counts)

    def plus(self, other: "Spread") -> "Spread":
        counts = dict(self.counts or {})
        for key, count in (other.counts or {}).items():
            counts[key] = counts.get(key, 0) + count
        return Spread(self.n + other.n, self.total + other.total, counts)

    @property
    def average(self) -> float | None:
        return self.total / self.n if self.n else None

    def above(self, limit: float) -> int:
        """How many are greater than `limit`, which is right to about 1 % of it."""
        return sum(count for key, count in (self.counts or {}).items() if _value(key) > limit * STEP**0.5)

    def percentile(self, share: float) -> float | None:
        """The smallest value that `share` (0 to 1) of all do not exceed, to about 1 %; None of nothing."""
        if not self.n or not self.counts:
            return None
        wanted, seen = rank(self.n, share), 0
        values = sorted((_value(key), count) for key, count in self.counts.items())
        for value, count in values:
            seen += count
            if seen >= wanted:
                return value
        return values[-1][0]


def rank(n: int, share: float) -> int:
    """Which of `n` sorted values, from 1, is the percentile: the nearest-rank rule."""
    return max(1, math.ceil(round(share * n, 9)))


def exact_percentile(values: list[float], share: float) -> float | None:
    """By the nearest-rank rule; `values` are sorted."""
    return values[rank(len(values), share) - 1] if values else None


def _key(value: float) -> str:
    if abs(value) < SMALLEST:
        return "0"
    index = round(math.log(abs(value)) / _LOG_STEP)
    return f"{'-' if value < 0 else '+'}{index}"


def _value(key: str) -> float:
    if key == "0":
        return 0.0
    size: float = STEP ** int(key[1:])
    return -size if key[0] == "-" else size


@dataclass(frozen=True)
class Counts:
    """How many answers there were of each verdict."""

    ok: int = 0
    warn: int = 0
    fail: int = 0
    unknown: int = 0

    @property
    def n(self) -> int:
        """Answers that say something: unknown ones do not."""
        return self.ok + self.warn + self.fail

    @property
    def uptime(self) -> float | None:
        """The share, 0 to 1, that did not fail; None where nothing was answered."""
        return (self.ok + self.warn) / self.n if self.n else None

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.ok + other.ok,
            self.warn + other.warn,
            self.fail + other.fail,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True)
class Numbers:
    """Average and percentiles of `n` numbers; None where there are none."""

    n: int
    average: float | None
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True)
class Figures:
    """A day, or any stretch, of one check. `exact`: from the samples themselves, not from hours of them."""

    counts: Counts
    took: Numbers
    value: Numbers
    exact: bool


@dataclass(frozen=True)
class Hour:
    """What is left of an hour's samples once they are forgotten; `start` is a full hour in UTC."""

    check: str
    start: datetime
    counts: Counts
    took: Spread
    value: Spread


def counted(verdicts: Iterable[Verdict]) -> Counts:
    found = dict.fromkeys(Verdict, 0)
    for verdict in verdicts:
        found[verdict] += 1
    return Counts(found[Verdict.OK], found[Verdict.WARN], found[Verdict.FAIL], found[Verdict.UNKNOWN])


def hour_of(check: str, start: datetime, samples: list[Sample]) -> Hour:
    return Hour(
        check,
        start,
        counted(sample.verdict for sample in samples),
        Spread.of(_durations(samples)),
        Spread.of(_values(samples)),
    )


def from_samples(samples: list[Sample]) -> Figures:
    return Figures(
        counted(sample.verdict for sample in samples),
        _exact(sorted(_durations(samples))),
        _exact(sorted(_values(samples))),
        exact=True,
    )


def from_hours(hours: Iterable[Hour]) -> Figures:
    counts, took, value = Counts(), Spread(), Spread()
    for hour in hours:
        counts, took, value = counts.plus(hour.counts), took.plus(hour.took), value.plus(hour.value)
    return Figures(counts, _about(took), _about(value), exact=False)


def _durations(samples: list[Sample]) -> list[float]:
    # How long nobody answered is the time limit and says nothing about how fast answers are.
    return [sample.took for sample in samples if sample.verdict is not Verdict.UNKNOWN]


def _values(samples: list[Sample]) -> list[float]:
    return [sample.value for sample in samples if sample.value is not None]


def _exact(values: list[float]) -> Numbers:
    average = math.fsum(values) / len(values) if values else None
    return Numbers(len(values), average, *(exact_percentile(values, each) for each in (0.5, 0.95, 0.99)))


def _about(spread: Spread) -> Numbers:
    return Numbers(spread.n, spread.average, *(spread.percentile(each) for each in (0.5, 0.95, 0.99)))
