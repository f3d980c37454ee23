"""The words of an incident."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.model import ChannelId, Ts, UserId

Number = NewType("Number", int)


class Status(StrEnum):
    INVESTIGATING = "investigating"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"  # a false alarm
    MERGED = "merged"


OPEN = (Status.INVESTIGATING, Status.MITIGATING, Status.MONITORING)
# How people write them, beside the word itself.
STATUS_WORDS: Mapping[str, Status] = {
    **{status.value: status for status in OPEN},
    "investigate": Status.INVESTIGATING,
    "mitigate": Status.MITIGATING,
    "mitigated": Status.MITIGATING,
    "fixing": Status.MITIGATING,
    "monitor": Status.MONITORING,
    "watching": Status.MONITORING,
    "fixed": Status.MONITORING,
}


class RoomKind(StrEnum):
    CHANNEL = "channel"
    THREAD = "thread"  # under the announcement
    NONE = "none"  # private, and no private channel could be made


@dataclass(frozen=True)
class Room:
    """Where an incident is worked on. A channel has no id until Slack made it."""

    kind: RoomKind
    channel: ChannelId | None = None
    name: str | None = None

    @property
    def is_open(self) -> bool:
        return self.kind is not RoomKind.CHANNEL or self.channel is not None


@dataclass(frozen=True)
class Terms:
    """What the playbook says a severity means for an incident; times are spans from its start."""

    severity: str
    room: RoomKind
    acknowledge_within: timedelta | None = None
    resolve_within: timedelta | None = None
    update_every: timedelta | None = None
    watch_after_fix: timedelta | None = None
    page_after: timedelta | None = None


@dataclass(frozen=True)
class Resolution:
    """What is known when it is over (the resolution record of an operations guide)."""

    summary: str = ""
    root_cause: str = ""
    detection: str = ""
    verified: tuple[str, ...] = ()


# The ticks of a resolution: value → what is ticked.
VERIFICATION: Mapping[str, str] = {
    "restored": "Service is restored",
    "metrics": "Metrics are back to normal",
    "users": "Users confirm it works",
}
DETECTIONS: Mapping[str, str] = {
    "alert": "An alert",
    "user": "A user's report",
    "team": "Somebody on the team noticed",
    "other": "Another way",
}


class EntryKind(StrEnum):
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    PAGED = "paged"
    DECLINED = "declined"  # "I can't, next please"
    UNHEARD = "unheard"  # a page that reaches nobody
    UPDATE = "update"
    STATUS = "status"
    SEVERITY = "severity"
    ROLE = "role"
    NOTE = "note"
    RENAMED = "renamed"
    STARTED = "started"
    ROOM = "room"
    MISSED = "missed"  # a target went by
    ALL_CLEAR = "all_clear"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    MERGED = "merged"
    MESSAGE = "message"  # somebody's words, marked for the timeline


@dataclass(frozen=True)
class Source:
    """The message an entry was taken from."""

    channel: ChannelId
    ts: Ts
    author: UserId | None = None
    link: str | None = None
    name: str | None = None  # what the author is called who is no user: an app, a webhook


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `seq` counts within the incident."""

    incident: Number
    seq: int
    at: datetime
    kind: EntryKind
    by: UserId
    text: str
    source: Source | None = None


@dataclass(frozen=True)
class Holder:
    """Who holds a role, and since when."""

    user: UserId
    since: datetime


@dataclass(frozen=True)
class Incident:
    number: Number
    title: str
    severity: str
    status: Status
    private: bool
    declared_by: UserId
    declared_at: datetime
    started_at: datetime
    room: Room
    request_id: str
    service: str | None = None
    origin: str | None = None  # link to the message it was declared from
    roles: Mapping[str, Holder] = field(default_factory=dict)
    acknowledged_by: UserId | None = None
    acknowledged_at: datetime | None = None
    fixed_at: datetime | None = None
    ended_by: UserId | None = None
    ended_at: datetime | None = None
    resolution: Resolution = Resolution()
    merged_into: Number | None = None
    reopened_at: datetime | None = None
    last_update: str = ""
    eta: str = ""  # when it should be over, in the words of the last update
    updated_at: datetime | None = None
    next_update_at: datetime | None = None  # as promised; None: no updates are being asked for
    nudge: int = 0  # the nudge now showing in the room, 0 for none
    nudges: int = 0  # how many there were
    missed: tuple[str, ...] = ()  # targets that went by: "acknowledge", "resolve"
    watch_until: datetime | None = None
    asked: int = 0  # how often the all-clear was asked for
    all_clear_by: UserId | None = None
    all_clear_at: datetime | None = None
    last_seq: int = 0

    @property
    def name(self) -> str:
        return f"INC-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def asks_all_clear(self) -> bool:
        """Its fix was watched, and nobody has said yet whether it is over."""
        is_fixed = self.status in (Status.MONITORING, Status.RESOLVED)
        return is_fixed and self.watch_until is None and self.all_clear_by is None

    @property
    def counts_from(self) -> datetime:
        """What the targets count from: one opened again has its clocks anew."""
        return self.reopened_at or self.declared_at

    @property
    def commander(self) -> UserId | None:
        holder = self.roles.get("commander")
        return holder.user if holder else None

    @property
    def leader(self) -> UserId:
        """Whom to ask: the commander, else who took it, else who declared it."""
        return self.commander or self.acknowledged_by or self.declared_by


_NUMBER = re.compile(r"(?:inc[-_ ]?|#)?(\d{1,9})", re.IGNORECASE)


def parse_number(word: str) -> Number | None:
    """`INC-42`, `inc42`, `#42`, `42` → 42; anything else is None."""
    match = _NUMBER.fullmatch(word.strip())
    return Number(int(match.group(1))) if match else None


# Slack: lower-case letters, digits, - and _, at most 80 characters. Short enough to read on a phone.
_CHANNEL_NAME = 60


def room_name(number: Number, title: str) -> str:
    """`inc-42-checkout-returns-500s`; letters lose their accents, and scripts Slack does not take go."""
    letters = unicodedata.normalize("NFKD", title.lower())
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    words = re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "").replace("’", "")).strip("-")
    return f"inc-{number}-{words}"[:_CHANNEL_NAME].strip("-")
