"""Asking the rotation for cover: what a request is, whom it asks, and how it ends. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.errors import UserError
from bot.model import UserId
from bot.oncall.cover import LONGEST, CoverId
from bot.oncall.model import Override, Schedule, Shift, shifts

RequestId = NewType("RequestId", int)

# A stretch that has begun already leaves this long for an answer, and at most until it ends.
LEAST_TIME_TO_ANSWER = timedelta(minutes=30)


class RequestState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody took it in time
    MOOT = "moot"  # the asker is not on call then any more
    RETURNED = "returned"  # taken, and taken back again


@dataclass(frozen=True)
class CoverRequest:
    """Somebody on call asks the others of a rotation to stand in."""

    id: RequestId
    schedule: str
    start: datetime
    end: datetime
    person: str  # who asks, by the playbook's name
    user: UserId
    asked: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    state: RequestState = RequestState.OPEN
    taken_by: str | None = None
    ended_at: datetime | None = None
    cover: CoverId | None = None

    @property
    def is_open(self) -> bool:
        return self.state is RequestState.OPEN


def new_request(
    schedule: Schedule,
    known: Iterable[Override],
    person: str,
    user: UserId,
    stretch: tuple[datetime, datetime],
    now: datetime,
) -> CoverRequest:
    """The request `person` makes for their part of `stretch`; its id is still to be given.

    Raises UserError where there is nothing to cover, or nobody to ask.
    """
    start, end = stretch
    if end <= start:
        raise UserError("It ends after it begins. Try: /oncall ask-cover primary tomorrow 18:00 to 22:00")
    if end <= now:
        raise UserError("That time is over: ask for cover from now on.")
    if end - start > LONGEST:
        raise UserError(f"Ask for at most {LONGEST.days} days. For longer, change the rotation.")
    own = shifts_of(schedule, known, person, max(start, now), end)
    if not own:
        raise UserError(
            f"You are not on call on {schedule.name} then, so there is nothing to cover."
            " Look at /oncall schedule first."
        )
    there_anyway = set.intersection(*(set(shift.people) for shift in own))
    asked = tuple(each for each in rotation(schedule) if each not in there_anyway)
    if not asked:
        raise UserError(
            f"There is nobody else in the rotation of {schedule.name} to ask."
            " Somebody else can take it with /oncall cover."
        )
    start, end = own[0].start, own[-1].end
    expires_at = max(start, min(now + LEAST_TIME_TO_ANSWER, end))
    return CoverRequest(RequestId(0), schedule.name, start, end, person, user, asked, now, expires_at)


def shifts_of(
    schedule: Schedule, known: Iterable[Override], person: str, start: datetime, end: datetime
) -> list[Shift]:
    """The shifts in [start, end) that have `person` on them."""
    return [shift for shift in shifts(schedule, start, end, known) if person in shift.people]


def rotation(schedule: Schedule) -> tuple[str, ...]:
    """Everybody who takes turns on a schedule, in the order of its layers, each once."""
    names = (name for layer in schedule.layers for group in layer.rotate for name in group)
    return tuple(dict.fromkeys(names))


def stand_in(request: CoverRequest, by: str, now: datetime) -> Override:
    """The cover that `by` enters by taking the request; of a stretch that has begun, the rest."""
    return Override(max(request.start, now), request.end, (by,), request.person, now)
