"""When a probe's results become a trouble, and when that is over.

A trouble begins with the first result that is not ok and is told once it lasted for the check's `for`. It
ends with the first ok. What comes back soon is the same trouble: its message is edited, no new one is posted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

from bot.checks.model.result import Result, Verdict, worst

TroubleId = NewType("TroubleId", int)

# A probe asked this often or more wants a second opinion before anybody is told.
CONFIRMED_UP_TO = timedelta(minutes=15)
# What comes back within this is the same trouble; slow probes get a few of their own intervals.
SAME_WITHIN = timedelta(minutes=30)
SAME_WITHIN_SAMPLES = 5


@dataclass(frozen=True)
class Patience:
    """How a check wants to be told: `lasting` is its `for`, `every` its interval."""

    every: timedelta
    lasting: timedelta | None = None

    @property
    def before_told(self) -> timedelta:
        if self.lasting is not None:
            return self.lasting
        return self.every if self.every <= CONFIRMED_UP_TO else timedelta(0)

    @property
    def jitter(self) -> timedelta:
        """By how much two answers may be closer to each other than their turns.

        Whoever asks is never quite on time: without it, one answer in two would come too early to count, and
        people hear of it one interval later.
        """
        return self.every / 10

    @property
    def same_within(self) -> timedelta:
        return max(SAME_WITHIN, self.every * SAME_WITHIN_SAMPLES)


@dataclass(frozen=True)
class Trouble:
    """A stretch in which a probe was not ok, told to people.

    `began_at`: the first bad result; `again_at`: where it last came back; `ended_at`: None while it lasts.
    `verdict`: what it is now, or was at the end; `gravest`: the worst since it last came back. `times`: how
    often it began. `evidence` and what goes with it are those of the result that last changed it.
    `outlived`: its incident was ended while it failed, and that was said.
    """

    id: TroubleId
    check: str
    began_at: datetime
    again_at: datetime
    verdict: Verdict
    gravest: Verdict
    evidence: str
    measured: str = ""
    link: str | None = None
    ended_at: datetime | None = None
    times: int = 1
    incident: int | None = None
    outlived: bool = False
    unwatched: bool = False  # the playbook no longer has the probe

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


@dataclass(frozen=True)
class Step:
    """What one more result makes of things. `told`: the trouble as it shall be, where that changed.

    `bad_since`: since when results are not ok; None while they are.
    """

    bad_since: datetime | None
    told: Trouble | None = None


# The id a trouble has until the database gives it one.
NEW = TroubleId(0)


def step(result: Result, bad_since: datetime | None, last: Trouble | None, patience: Patience) -> Step:
    """`last` is the check's newest trouble, over or not."""
    if result.verdict is Verdict.OK:
        over = replace(last, ended_at=result.at) if last is not None and not last.is_over else None
        return Step(None, over)
    since = bad_since or result.at
    if last is not None and not last.is_over:
        if result.verdict is last.verdict:
            return Step(since)
        gravest = worst(last.gravest, result.verdict)
        return Step(since, _described(replace(last, verdict=result.verdict, gravest=gravest), result))
    if result.at - since + patience.jitter < patience.before_told:
        return Step(since)
    if last is not None and _is_same(last, since, result, patience):
        back = replace(last, ended_at=None, again_at=since, times=last.times + 1)
        back = replace(back, outlived=False, unwatched=False)
        return Step(since, _described(replace(back, verdict=result.verdict, gravest=result.verdict), result))
    new = Trouble(NEW, result.check, since, since, result.verdict, result.verdict, result.evidence)
    return Step(since, _described(new, result))


def _is_same(last: Trouble, since: datetime, result: Result, patience: Patience) -> bool:
    """Whether what is bad since then is the trouble that was over, come back."""
    if last.ended_at is None or since - last.ended_at > patience.same_within:
        return False
    # A silence may have kept it back until nobody looks at the old message any more. Where an incident came
    # of it, that one is told, or a new one declared.
    is_old_news = result.at - since > patience.before_told + patience.same_within
    return last.incident is not None or not is_old_news


def _described(trouble: Trouble, result: Result) -> Trouble:
    return replace(trouble, evidence=result.evidence, measured=result.measured, link=result.link)


def outlives(trouble: Trouble, incident_ended_at: datetime, result: Result, patience: Patience) -> bool:
    """Whether it went on for long enough after people ended its incident to be said, which it is once."""
    fails = not trouble.is_over and trouble.verdict is result.verdict is Verdict.FAIL
    # What ended before the trouble came back was about another time.
    is_about_it = trouble.again_at < incident_ended_at
    lasts = result.at - incident_ended_at >= patience.before_told
    return fails and is_about_it and lasts and not trouble.outlived


def asks_for_incident(trouble: Trouble) -> bool:
    """Only what is known to fail: a source that does not answer wakes nobody."""
    return not trouble.is_over and trouble.verdict is Verdict.FAIL
