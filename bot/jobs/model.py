"""What a run of a job is. Pure values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Up to here it is punctual as far as people can tell.
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Time:
    """A time a job is due: what the clock on its wall shows (naive), and the instant that is."""

    local: datetime
    at: datetime


@dataclass(frozen=True)
class Due:
    """A run whose time has come. `late_by`: how much later than it should have been."""

    job: str
    local: datetime
    at: datetime
    late_by: timedelta

    @property
    def is_late(self) -> bool:
        """Late enough for its message to say so."""
        return self.late_by > LATE


class Outcome(StrEnum):
    """What became of a time on the wall clock."""

    RAN = "ran"
    MISSED = "missed"  # nobody was there to run it until it was too late


@dataclass(frozen=True)
class Run:
    """A run as it is on record."""

    job: str
    local: datetime
    at: datetime
    claimed_at: datetime
    outcome: Outcome


@dataclass(frozen=True)
class Look:
    """A job's times before `until` are dealt with, as `definition` has them."""

    definition: str
    until: datetime
