"""Error budgets: how much may go wrong, how much did, and for how long the rest will do. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
# From fewer answers than this in the report's time nothing is projected.
PROJECTED_FROM = 100
# Less than a quarter left is worth a look, as it is with money.
LITTLE_LEFT = 0.25
# Of what was measured for less than half of the time, nobody knows how it was.
MEASURED_FROM = 0.5


@dataclass(frozen=True)
class Day:
    """A day of the window, or the part of it that is within."""

    start: datetime
    end: datetime
    good: int
    bad: int
    unknown: int

    @property
    def n(self) -> int:
        """Answers that say something."""
        return self.good + self.bad


@dataclass(frozen=True)
class Budget:
    """Of an objective (a share) over `window`, which ends, or is looked at, when the last of `days` ends.

    An answer stands for the time until the next: `every`. `lately`: answers of the report's time, good and
    bad, and how long that was. `resets_at`: when everything begins anew; None where the window moves along.
    """

    objective: float
    window: timedelta
    every: timedelta
    days: tuple[Day, ...]
    lately: tuple[int, int, timedelta]
    resets_at: datetime | None = None

    @property
    def n(self) -> int:
        return sum(each.n for each in self.days)

    @property
    def bad(self) -> int:
        return sum(each.bad for each in self.days)

    @property
    def unknown(self) -> int:
        return sum(each.unknown for each in self.days)

    @property
    def achieved(self) -> float | None:
        """The share of answers that were good; None where there were none."""
        return (self.n - self.bad) / self.n if self.n else None

    @property
    def total(self) -> float:
        """In minutes: 43.2 for 99.9 % over 30 days."""
        return (1 - self.objective) * (self.window / _MINUTE)

    @property
    def used(self) -> float:
        """In minutes."""
        return self.bad * (self.every / _MINUTE)

    @property
    def left(self) -> float:
        """In minutes; below zero where more went wrong than may."""
        return self.total - self.used

    @property
    def measured(self) -> float:
        """The share of the window so far for which there is an answer, unknown or not; at most 1."""
        passed = self.days[-1].end - self.days[0].start
        return min(1.0, (self.n + self.unknown) * self.every / passed)

    @property
    def known_lately(self) -> float:
        """The share of the report's time for which there is an answer that says something; at most 1."""
        good, bad, length = self.lately
        return min(1.0, (good + bad) * self.every / min(length, self.window))

    @property
    def burn(self) -> float | None:
        """How fast it was used in the report's time; 1: as fast as it lasts. None for too few answers."""
        good, bad, _ = self.lately
        if good + bad < PROJECTED_FROM:
            return None
        return bad / (good + bad) / (1 - self.objective)

    @property
    def runs_out_at(self) -> datetime | None:
        """When nothing is left if it goes on like this. None: not within the window, or nobody knows."""
        burn, now = self.burn, self.days[-1].end
        if burn is None or not burn or self.left <= 0:
            return None
        a_day = burn * (1 - self.objective) * (timedelta(days=1) / _MINUTE)
        in_days = self.left / a_day
        if self.resets_at is not None:
            return now + timedelta(days=in_days) if now + timedelta(days=in_days) < self.resets_at else None
        # What a window that moves along loses at its far end it gets back: slower than 1, it lasts for ever.
        return now + timedelta(days=in_days) if burn > 1 and in_days < self.window.days else None

    def left_after(self) -> list[float]:
        """The share that was left at the end of each day."""
        found, used = [], 0.0
        for day in self.days:
            used += day.bad * (self.every / _MINUTE)
            found.append(1 - used / self.total)
        return found
