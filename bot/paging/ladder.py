"""Ladders: who is called, and when, for as long as nobody answers. Pure.

A rung's `after` counts from the moment the ladder begins, as operations guides put it: "the lead if there is
no answer in 10 minutes, the CTO in 30". A ladder that is run again begins anew after a rest as long as the
wait for its second rung, so that whoever was called last has as much time to answer as whoever came first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NewType

ClimbId = NewType("ClimbId", int)

# The rest before another round of a ladder that has only one moment: all its rungs are called at once.
DEFAULT_REST = timedelta(minutes=5)


@dataclass(frozen=True)
class Rung:
    after: timedelta
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Ladder:
    """A path of the playbook as it was when the page was made: a page keeps the ladder it started with."""

    path: str
    rungs: tuple[Rung, ...]
    repeat: int = 0
    unheard: str | None = None  # a channel that is told when it runs out, beside the usual one
    acknowledge_timeout: timedelta | None = None  # how long who answered may stay silent

    @property
    def rest(self) -> timedelta:
        """From the last rung of a round to the first of the next."""
        waits = [
            after.after - before.after for before, after in zip(self.rungs, self.rungs[1:], strict=False)
        ]
        return next((wait for wait in waits if wait > timedelta()), DEFAULT_REST)

    @property
    def steps(self) -> int:
        """All rungs of all rounds."""
        return len(self.rungs) * (self.repeat + 1)

    def rung(self, step: int) -> Rung:
        return self.rungs[step % len(self.rungs)]

    def words(self, step: int) -> str:
        """A step, as a rule that somebody can look up: `step 2 of 4 of the path platform, round 1 of 3`."""
        turn, index = divmod(step, len(self.rungs))
        rounds = f", round {turn + 1} of {self.repeat + 1}" if self.repeat else ""
        return f"step {index + 1} of {len(self.rungs)} of the path {self.path}{rounds}"

    def wait_before(self, step: int) -> timedelta:
        """From the step before (or the beginning) to this step."""
        if step == 0:
            return self.rungs[0].after
        index = step % len(self.rungs)
        if index == 0:
            return self.rest + self.rungs[0].after
        return max(timedelta(), self.rungs[index].after - self.rungs[index - 1].after)

    def as_json(self) -> dict[str, Any]:
        rungs = [[rung.after.total_seconds(), list(rung.targets)] for rung in self.rungs]
        timeout = self.acknowledge_timeout.total_seconds() if self.acknowledge_timeout else None
        return {
            "path": self.path,
            "repeat": self.repeat,
            "rungs": rungs,
            "unheard": self.unheard,
            "acknowledge_timeout": timeout,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Ladder":
        rungs = (Rung(timedelta(seconds=after), tuple(targets)) for after, targets in stored["rungs"])
        # A ladder kept before there was such a timeout has none.
        timeout = stored.get("acknowledge_timeout")
        waits = timedelta(seconds=timeout) if timeout else None
        return cls(stored["path"], tuple(rungs), stored["repeat"], stored["unheard"], waits)


@dataclass(frozen=True)
class Climb:
    """One ladder being climbed for one subject. `step` is the next one, due at `due_at`.

    With every step taken, `due_at` is when it has run out. None: it ended, because it did, somebody answered,
    or the subject is over.
    """

    id: ClimbId
    subject: str
    ladder: Ladder
    step: int
    due_at: datetime | None
    began_at: datetime

    @property
    def exhausted(self) -> bool:
        return self.step >= self.ladder.steps


def begin(subject: str, ladder: Ladder, now: datetime) -> Climb:
    return Climb(ClimbId(0), subject, ladder, 0, now + ladder.wait_before(0), now)


def climbed(climb: Climb, now: datetime, *, reached: bool) -> Climb:
    """A step was taken at `now`; `reached`: it called somebody. An empty rung is passed over at once.

    The waits count from now, not from when the step was due: after downtime one overdue rung is called, and
    whoever it calls has their time to answer.
    """
    following = replace(climb, step=climb.step + 1)
    wait = climb.ladder.rest if following.exhausted else climb.ladder.wait_before(following.step)
    return replace(following, due_at=now + wait if reached else now)
