"""What covers and watches are: values, and the rules for a new cover. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from bot.errors import UserError
from bot.model import UserId
from bot.oncall.model import Override, Schedule, Shift, shifts

CoverId = NewType("CoverId", int)

# A cover is for a shift or a leave; one longer than this is a new rotation, and a slip of the year.
LONGEST = timedelta(days=60)


@dataclass(frozen=True)
class Watch:
    """Who is on for a schedule; `until` is when that changes, None if it does not within 400 days.

    `then`: who is on after that.
    """

    schedule: str
    people: tuple[str, ...]
    until: datetime | None
    then: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cover:
    """A cover as it is kept, with who entered it."""

    id: CoverId
    schedule: str
    made_by: UserId
    override: Override


def new_cover(
    schedule: Schedule, known: list[Override], wanted: Override, now: datetime
) -> tuple[Override, list[Shift]]:
    """Check a cover somebody wants; gives it with the shifts it changes.

    Raises UserError where it ends before it begins, lies in the past, or changes nothing.
    """
    if wanted.end <= wanted.start:
        raise UserError("A cover ends after it begins. Try: /oncall cover primary 18:00 to 22:00")
    if wanted.end <= now:
        raise UserError("That time is over: a cover can begin now or later.")
    if wanted.end - wanted.start > LONGEST:
        raise UserError(f"A cover lasts at most {LONGEST.days} days. For longer, change the rotation.")
    before = shifts(schedule, wanted.start, wanted.end, known)
    after = shifts(schedule, wanted.start, wanted.end, [*known, wanted])
    if before == after:
        who = wanted.instead_of or "anybody else"
        raise UserError(
            f"That would change nothing: {who} is not on call on {schedule.name} then."
            " Look at /oncall schedule first."
        )
    return wanted, [shift for shift in before if shift.people]
