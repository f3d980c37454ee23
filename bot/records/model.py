"""What people enter, and what follows from it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.model import UserId

RecordId = NewType("RecordId", int)

# How often toil comes, in times a month: the reckoning of the guide that asks for it, in which 15 minutes
# daily are 7.5 hours and 30 minutes weekly are 2.
TIMES_A_MONTH = {"daily": 30.0, "weekly": 4.0, "monthly": 1.0, "quarterly": 1 / 3, "yearly": 1 / 12}


# Shares of a month's budget of which it is said that they are passed: half, three quarters, nine tenths.
BUDGET_MARKS = (0.9, 0.75, 0.5)


class Kind(StrEnum):
    CAPACITY = "capacity"
    COST = "cost"
    TOIL = "toil"
    CHANGE = "change"


@dataclass(frozen=True)
class Entry:
    """What was typed.

    Capacity: `name` of what can run out; `value` of it in use, `of` so much, or a share where `of` is None.
    Cost: `name` is the month, "2026-11"; `value` was spent, of a budget `of`, if it was said.
    Toil: `name` of the task; `value` is minutes each time, `often` how often; `of` is minutes to automate it.
    A `value` of 0 means that the task is gone.
    Change: `name` says what is planned; it begins at `begins_at` and takes `value` minutes.
    """

    kind: Kind
    name: str
    value: float
    of: float | None = None
    often: str = ""
    begins_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """Of a change."""
        return self.begins_at + timedelta(minutes=self.value) if self.begins_at is not None else None


@dataclass(frozen=True)
class Record:
    """An entry on record; `gone_at`: when it was taken back."""

    id: RecordId
    entry: Entry
    by: UserId
    at: datetime
    gone_at: datetime | None = None

    @property
    def share(self) -> float:
        """Of capacity: what is in use, from 0 to 1."""
        return self.entry.value / self.entry.of if self.entry.of else self.entry.value


@dataclass(frozen=True)
class Warned:
    """What people were told of a month's budget: that `record` passed `mark`, a share of `budget`."""

    month: str
    mark: float
    record: RecordId
    budget: float


def passed(spent: float, budget: float) -> float | None:
    """The highest mark that is reached, if one is."""
    return next((mark for mark in BUDGET_MARKS if spent >= mark * budget), None)


def monthly_minutes(toil: Entry) -> float:
    """What a task takes in a month."""
    return toil.value * TIMES_A_MONTH[toil.often]
