"""By which methods a page reaches a person, and when. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.walltime import instant, wall

SLACK = "slack"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Method:
    """One way to reach somebody. `name` is the playbook's ("sms"); Slack has the address ""."""

    name: str
    address: str

    def __repr__(self) -> str:
        """Without the address: it may carry credentials."""
        return f"Method({self.name!r})"


@dataclass(frozen=True)
class Step:
    """`after` counts from the page, not from the step before."""

    after: timedelta
    via: tuple[str, ...]


@dataclass(frozen=True)
class Quiet:
    """A daily stretch on the wall clock; an end before the start is on the next day.

    Raises ValueError where both are the same: nobody could ever be reached.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours that end when they begin never end")


@dataclass(frozen=True)
class Rule:
    """How one person is reached. `zone` is the clock on which their quiet hours are."""

    steps: tuple[Step, ...]
    quiet: Quiet | None
    zone: ZoneInfo

    @property
    def named(self) -> tuple[str, ...]:
        """Every method it names, in the order of its steps."""
        return tuple(name for step in self.steps for name in step.via)

    def as_json(self) -> dict[str, Any]:
        quiet = [f"{each:%H:%M}" for each in (self.quiet.start, self.quiet.end)] if self.quiet else None
        steps = [[step.after.total_seconds(), list(step.via)] for step in self.steps]
        return {"steps": steps, "quiet": quiet, "zone": self.zone.key}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Rule":
        steps = tuple(Step(timedelta(seconds=after), tuple(via)) for after, via in stored["steps"])
        quiet = Quiet(*(time.fromisoformat(each) for each in stored["quiet"])) if stored["quiet"] else None
        return cls(steps, quiet, ZoneInfo(stored["zone"]))


@dataclass(frozen=True)
class Planned:
    """One method of one page. `held`: quiet hours put it off."""

    method: Method
    due_at: datetime
    held: bool


SLACK_ONLY = (Step(timedelta(), (SLACK,)),)


def plan(rule: Rule, methods: Iterable[Method], *, heeds_quiet: bool, now: datetime) -> list[Planned]:
    """What a page made `now` sends to a person, soonest first; never empty.

    A method that a rule names and the person lacks is passed over; each is used once, at its first step.
    Slack is always among them, at once where the rule does not say when: the page is answered there. With
    `heeds_quiet` every method but Slack waits until the quiet hours it falls in are over.
    """
    have = {method.name: method for method in methods}
    have.setdefault(SLACK, Method(SLACK, ""))
    named = [(name, step.after) for step in rule.steps for name in step.via]
    if SLACK not in rule.named:
        named.insert(0, (SLACK, timedelta()))
    planned: dict[str, Planned] = {}
    for name, after in sorted(named, key=lambda each: each[1]):
        if name in have and name not in planned:
            wanted = now + after
            holds = heeds_quiet and rule.quiet is not None and name != SLACK
            due = quiet_until(rule.quiet, rule.zone, wanted) if holds and rule.quiet else wanted
            planned[name] = Planned(have[name], due, held=due > wanted)
    return sorted(planned.values(), key=lambda each: each.due_at)


def quiet_until(quiet: Quiet, zone: ZoneInfo, at: datetime) -> datetime:
    """When somebody may be disturbed: `at` itself, or the end of the quiet hours that it falls in.

    Of an hour that comes twice, the hours begin at the first and end at the last; a time that is skipped is
    the first instant after the gap.
    """
    while (end := _end_of_quiet(quiet, zone, at)) is not None:
        at = end
    return at


def _end_of_quiet(quiet: Quiet, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The end of the stretch that `at` falls in, if it falls in one. Half-open: the end is not quiet."""
    today = wall(at, zone).date()
    for day in (today - _DAY, today, today + _DAY):
        start, end = _stretch(quiet, zone, day)
        if start <= at < end:
            return end
    return None


def _stretch(quiet: Quiet, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    last = day if quiet.end > quiet.start else day + _DAY
    start = instant(datetime.combine(day, quiet.start), zone)
    return start, instant(datetime.combine(last, quiet.end), zone, end=True)
