"""What waits to be done outside, and what came of trying. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, NewType

EffectId = NewType("EffectId", int)
Payload = dict[str, Any]  # JSON values only: it is stored


class Priority(IntEnum):
    """Who goes first when not everything can: the order of the design's delivery chapter."""

    PAGE = 0
    ANSWER = 1
    UPDATE = 2
    COSMETIC = 3
    # Beside that order, for they never wait for Slack and have hands of their own.
    TIMER = 4  # a time has come that concerns pages: decided and written, nobody outside is asked
    NOTICE = 5  # a page that leaves by another way than Slack


class State(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"  # refused for good: somebody is told
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Effect:
    """Something to do outside, queued in the transaction it follows from.

    Effects of one `lane` run one at a time, in the order they were queued. While one with the same `key`
    is pending, queueing another adds nothing: an effect renders from the state it finds, not from when it
    was queued. A timer is an effect with a later `not_before`, in a lane of its own so that nothing waits
    behind it.
    """

    kind: str
    lane: str
    priority: Priority
    payload: Payload = field(default_factory=dict)
    key: str | None = None
    not_before: datetime | None = None  # default: at once


@dataclass(frozen=True)
class Leased:
    """An effect in this process's hands.

    `uncertain`: an earlier attempt may have succeeded without our knowing (its answer was lost, or the
    process died in between), so look before doing it again.
    """

    id: EffectId
    kind: str
    lane: str
    priority: Priority
    payload: Payload
    key: str | None
    attempts: int  # this one included
    failures: int  # attempts that Slack did not take; a full bucket is not one
    uncertain: bool
    made_at: datetime
    request_id: str | None = None  # of whoever set it off, to find them in the log


class Outcome(StrEnum):
    """How an attempt ended, as the delivery record keeps it."""

    DONE = "done"
    BUSY = "busy"  # a limit: nothing was done, the time of the next try is known
    AWAY = "away"  # nothing was done: Slack could not be reached
    UNCLEAR = "unclear"  # asked, no answer
    REFUSED = "refused"  # for good
    BROKEN = "broken"  # our own mistake


# Slack was away or silent: try again soon at first, then at a steady pace. A page never waits longer than
# five seconds for the next try, so it is out within five seconds of Slack's return.
FIRST_RETRY = timedelta(seconds=1)
SLOWEST_RETRY = {
    Priority.PAGE: timedelta(seconds=5),
    Priority.ANSWER: timedelta(seconds=15),
    Priority.UPDATE: timedelta(seconds=15),
    Priority.COSMETIC: timedelta(seconds=30),
    Priority.TIMER: timedelta(seconds=5),
    # Providers come back one by one, and mail servers turn away who knocks too often.
    Priority.NOTICE: timedelta(seconds=30),
}
# What is never given up by our own mistake.
MUST_HAPPEN = frozenset({Priority.PAGE, Priority.TIMER, Priority.NOTICE})


def retry_at(priority: Priority, failures: int, now: datetime) -> datetime:
    """When to try again after the `failures`-th failure in a row (1 for the first)."""
    doubled: timedelta = FIRST_RETRY * 2 ** min(failures - 1, 10)
    wait: timedelta = min(doubled, SLOWEST_RETRY[priority])
    return now + wait
