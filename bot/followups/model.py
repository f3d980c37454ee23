"""What is left to be done: whose it is, by when, and what becomes of it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.model import UserId
from bot.mrkdwn import user, when_dated
from bot.walltime import instant, wall

FollowUpId = NewType("FollowUpId", int)

# Due so long after it was opened, where nobody said anything else.
USUAL = timedelta(weeks=1)
# Whoever plans further ahead has mistyped the year.
FARTHEST = timedelta(days=3 * 366)
# When its owner is told on the day on which it is due.
TOLD_AT = time(9)
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Origin:
    """Where it came from: `run` and `item` of a checklist of that `title`, an `incident`; or by hand."""

    incident: int | None = None
    run: int | None = None
    item: int | None = None
    title: str = ""


@dataclass(frozen=True)
class FollowUp:
    """`due` is a day in `zone`, which is its owner's. `told`: the messages its owners have of it."""

    id: FollowUpId
    title: str
    owner: UserId
    due: date
    zone: ZoneInfo
    opened_by: UserId
    opened_at: datetime
    origin: Origin = field(default_factory=Origin)
    told: tuple[str, ...] = ()
    done_by: UserId | None = None
    done_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"FU-{self.id}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    def days_late(self, at: datetime) -> int:
        """By how many days it is overdue at an instant; zero on its day and before."""
        return max(0, (today(at, self.zone) - self.due).days)

    def was_open(self, at: datetime) -> bool:
        return self.opened_at < at and (self.done_at is None or self.done_at >= at)

    @property
    def tell_at(self) -> datetime:
        """When its owner is told that it is due."""
        return instant(datetime.combine(self.due, TOLD_AT), self.zone)


def today(at: datetime, zone: ZoneInfo) -> date:
    return wall(at, zone).date()


def usual_day(at: datetime, zone: ZoneInfo) -> date:
    return today(at, zone) + USUAL


def must_be_ahead(due: date, at: datetime, zone: ZoneInfo) -> None:
    """Raises UserError for a day that is past, or too far away to be meant."""
    first = today(at, zone)
    if due < first:
        raise UserError(f"{due} is past. Choose {first} or a later day.")
    if due > first + FARTHEST:
        raise UserError(f"{due} is more than three years ahead. Is the year right?")


def must_be_open(found: FollowUp) -> None:
    """Raises UserError that tells who did it."""
    if found.done_at is not None and found.done_by is not None:
        raise UserError(
            f"{found.name} was done already by {user(found.done_by)} {when_dated(found.done_at)}."
        )


def opened(found: FollowUp) -> FollowUp:
    """One that was just opened: whoever was given it by somebody else is told."""
    return found if found.owner == found.opened_by else _given(found)


def given(found: FollowUp, owner: UserId, zone: ZoneInfo, by: UserId) -> FollowUp:
    """It is somebody else's from now on. Raises UserError where it is theirs already, or done."""
    must_be_open(found)
    if owner == found.owner:
        raise UserError(f"{found.name} is {'yours' if owner == by else user(owner) + '’s'} already.")
    changed = replace(found, owner=owner, zone=zone)
    return changed if owner == by else _given(changed)


def moved(found: FollowUp, due: date, at: datetime) -> FollowUp:
    """It is due on another day. Raises UserError for a day that is past, or where it is done."""
    must_be_open(found)
    must_be_ahead(due, at, found.zone)
    return replace(found, due=due)


def done(found: FollowUp, by: UserId, at: datetime) -> FollowUp:
    """Raises UserError where it was done before."""
    must_be_open(found)
    return replace(found, done_by=by, done_at=at)


def come_due(found: FollowUp, at: datetime) -> FollowUp | None:
    """Its owner is told of the day once; None where there is nothing to tell any more, or yet."""
    if not found.is_open or at < found.tell_at:
        return None
    key = f"due:{found.owner}:{found.due}"
    return None if key in found.told else replace(found, told=(*found.told, key))


def _given(found: FollowUp) -> FollowUp:
    # Given away and back again, it is a new message: what is edited notifies nobody.
    times = sum(key.startswith("given:") for key in found.told) + 1
    return replace(found, told=(*found.told, f"given:{found.owner}:{times}"))


def recipient(key: str) -> UserId:
    """Whose message it is that is kept in `told` under this key."""
    return UserId(key.split(":")[1])
