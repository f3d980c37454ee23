"""What keeps quiet, from when until when, and what it kept back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NewType

from bot.errors import UserError
from bot.model import UserId
from bot.mrkdwn import user, when_dated

SilenceId = NewType("SilenceId", int)

# What stands for every probe there is.
ALL = "all"
# What is quiet for longer is not watched: then take the probe out of the playbook.
LONGEST = timedelta(days=7)
# Whoever plans further ahead has mistyped the year.
FARTHEST = timedelta(days=366)
MORE = timedelta(minutes=30)


@dataclass(frozen=True)
class Held:
    """What a probe said while it was silenced.

    `verdict`: the newest that is not ok. `since`: when it first came; `until`: when it was ok again, None: it
    is not. `times`: how often it came.
    """

    check: str
    verdict: str
    evidence: str
    since: datetime
    until: datetime | None = None
    times: int = 1

    def as_json(self) -> dict[str, Any]:
        until = self.until.isoformat() if self.until is not None else None
        said = {"check": self.check, "verdict": self.verdict, "evidence": self.evidence, "times": self.times}
        return {**said, "since": self.since.isoformat(), "until": until}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Held":
        until = datetime.fromisoformat(stored["until"]) if stored["until"] else None
        since = datetime.fromisoformat(stored["since"])
        return cls(stored["check"], stored["verdict"], stored["evidence"], since, until, stored["times"])


@dataclass(frozen=True)
class Silence:
    """The probes of `names` tell nobody in [starts_at, over_at).

    `names`: of probes, of services (all their probes), or ALL. `window`: the playbook's maintenance window
    that it comes from, where nobody made it by hand. `ended_at`: when somebody ended it before its time.
    """

    id: SilenceId
    names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    by: UserId
    reason: str = ""
    window: str | None = None
    held: tuple[Held, ...] = ()
    ended_by: UserId | None = None
    ended_at: datetime | None = None

    @property
    def over_at(self) -> datetime:
        return self.ended_at if self.ended_at is not None else self.ends_at

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        return self.over_at <= at

    def covers(self, check: str, service: str | None) -> bool:
        return not {ALL, check, service}.isdisjoint(self.names)


@dataclass(frozen=True)
class Opening:
    """One time at which a maintenance window of the playbook is open; `names`: what it silences."""

    window: str
    names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


def must_fit(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises UserError for a stretch that nobody can mean."""
    if ends_at <= now:
        raise UserError("That time is over. Try: /ops silence checkout 2h")
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise UserError(
            f"A silence lasts from a minute to {LONGEST.days} days. What is to be quiet for longer should not"
            " be asked: take its `every` out of the playbook."
        )
    if starts_at > now + FARTHEST:
        raise UserError("That is more than a year away. Is the year right?")


def ended(silence: Silence, by: UserId, at: datetime) -> Silence:
    """Ended before its time. Raises UserError where it is over."""
    _must_last(silence, at)
    return replace(silence, ended_by=by, ended_at=at)


def longer(silence: Silence, more: timedelta, at: datetime) -> Silence:
    """Quiet for so much longer. Raises UserError where it is over, or would be too long."""
    _must_last(silence, at)
    must_fit(silence.starts_at, silence.ends_at + more, at)
    return replace(silence, ends_at=silence.ends_at + more)


def _must_last(silence: Silence, at: datetime) -> None:
    if silence.is_over(at):
        by = f" by {user(silence.ended_by)}" if silence.ended_by else ""
        raise UserError(f"That silence ended {when_dated(silence.over_at)}{by}. To make one: /ops silence")


def holding(silence: Silence, held: Held) -> Silence:
    """With what a probe says now: one entry for each, however often it comes and goes.

    The words are those it came to its verdict with: they differ each time.
    """
    known = next((each for each in silence.held if each.check == held.check), None)
    if known is None:
        return replace(silence, held=(*silence.held, held))
    came_back = known.until is not None
    if not came_back and known.verdict == held.verdict:
        return silence
    times = known.times + 1 if came_back else known.times
    return _with(silence, replace(held, since=known.since, times=times))


def recovered(silence: Silence, check: str, at: datetime) -> Silence:
    """The probe is ok: what was kept back of it is over."""
    known = next((each for each in silence.held if each.check == check and each.until is None), None)
    return silence if known is None else _with(silence, replace(known, until=at))


def _with(silence: Silence, held: Held) -> Silence:
    others = (held if each.check == held.check else each for each in silence.held)
    return replace(silence, held=tuple(others))


def last_to_end(found: Iterable[Silence]) -> Silence | None:
    """Of several that keep the same quiet, the one that does so for longest."""
    return max(found, key=lambda each: (each.over_at, each.id), default=None)
