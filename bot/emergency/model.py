"""An emergency is what happened to it: a list of events, and what follows from them. Pure.

The rules of paging are those of `bot.paging`; only where it is written down is another place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from bot.model import ChannelId, Ts, UserId
from bot.paging.ladder import Climb, ClimbId, Ladder
from bot.paging.model import Reason

ANNOUNCEMENT = "announcement"


@dataclass(frozen=True)
class Call:
    """One page to one person. `id` counts within the emergency, from 1."""

    id: int
    person: str
    user: UserId | None
    why: str
    reason: Reason | None = None

    @property
    def key(self) -> str:
        return f"page:{self.id}"


@dataclass(frozen=True)
class Happened:
    """`request`: which emergency it happened to."""

    request: str
    at: datetime


@dataclass(frozen=True)
class Declared(Happened):
    """`request` is the id of the request that could not be recorded: it names the emergency.

    `begins_at`: when its escalation path is to be climbed. `known_at`: the age of the roster.
    """

    by: UserId
    severity: str
    title: str
    service: str | None = None
    private: bool = False
    origin: str | None = None
    ladder: Ladder | None = None
    begins_at: datetime | None = None
    known_at: datetime | None = None
    event: Literal["declared"] = "declared"


@dataclass(frozen=True)
class Paged(Happened):
    by: UserId
    calls: tuple[Call, ...]
    event: Literal["paged"] = "paged"


@dataclass(frozen=True)
class Climbed(Happened):
    """Where its ladder stands. `due_at` None: it has run out."""

    step: int
    due_at: datetime | None
    began_at: datetime
    event: Literal["climbed"] = "climbed"


@dataclass(frozen=True)
class Unheard(Happened):
    """Somebody could not be called, and everybody is to hear of it. `channel`: beside the usual one."""

    text: str
    channel: str | None = None
    event: Literal["unheard"] = "unheard"


@dataclass(frozen=True)
class Shown(Happened):
    """Slack took a message: `key` is a call's, ANNOUNCEMENT, or an `unheard:N`."""

    key: str
    channel: ChannelId
    ts: Ts
    event: Literal["shown"] = "shown"


@dataclass(frozen=True)
class Tried(Happened):
    """A method beside Slack is about to be used; also found where the process died over it."""

    call: int
    method: str
    due_at: datetime
    event: Literal["tried"] = "tried"


@dataclass(frozen=True)
class Ended(Happened):
    """What came of it: the provider's word for having taken it, or an error that is for good."""

    call: int
    method: str
    word: str = ""
    error: str = ""
    event: Literal["ended"] = "ended"


@dataclass(frozen=True)
class Acknowledged(Happened):
    """Also of an emergency that another replica holds."""

    by: UserId
    event: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True)
class Declined(Happened):
    by: UserId
    call: int
    event: Literal["declined"] = "declined"


@dataclass(frozen=True)
class Recorded(Happened):
    """The database has it."""

    number: int
    event: Literal["recorded"] = "recorded"


Event = Declared | Paged | Climbed | Unheard | Shown | Tried | Ended | Acknowledged | Declined | Recorded


@dataclass(frozen=True)
class Emergency:
    """What is so after all `events`, the first of which declared it."""

    declared: Declared
    events: tuple[Event, ...]
    calls: tuple[Call, ...] = ()
    made: Mapping[int, Paged] = field(default_factory=dict)
    climb: Climb | None = None
    shown: Mapping[str, Shown] = field(default_factory=dict)
    tried: Mapping[tuple[int, str], Tried] = field(default_factory=dict)
    ended: Mapping[tuple[int, str], Ended] = field(default_factory=dict)
    declined: Mapping[int, Declined] = field(default_factory=dict)
    acknowledged: Acknowledged | None = None
    number: int | None = None

    @property
    def request(self) -> str:
        return self.declared.request

    @property
    def unheard(self) -> list[tuple[str, Unheard]]:
        """What nobody could be called for, each with the key of its message."""
        found = [each for each in self.events if isinstance(each, Unheard)]
        return [(f"unheard:{n}", each) for n, each in enumerate(found, 1)]

    @property
    def due_at(self) -> datetime | None:
        """When somebody further is to be called; None: never, or somebody answered."""
        if self.acknowledged is not None:
            return None
        return self.climb.due_at if self.climb is not None else self.declared.begins_at

    def is_waiting(self, call: Call) -> bool:
        """Whether the person still has to answer."""
        return self.acknowledged is None and call.id not in self.declined

    def made_at(self, call: Call) -> datetime:
        return self.made[call.id].at


def following(was: Emergency, event: Event) -> Emergency:
    """The emergency once `event` happened; what happened already is not news (a line written twice)."""
    if isinstance(event, Declared) or event in was.events:
        return was
    now = replace(was, events=(*was.events, event))
    match event:
        case Acknowledged():
            return replace(now, acknowledged=was.acknowledged or event)
        case Declined():
            return replace(now, declined={**was.declined, event.call: event})
        case Recorded():
            return replace(now, number=event.number)
        case Climbed() if was.declared.ladder is not None:
            ladder, began_at = was.declared.ladder, event.began_at
            climb = Climb(ClimbId(0), was.request, ladder, event.step, event.due_at, began_at)
            return replace(now, climb=climb)
        case Climbed() | Unheard():
            return now
        case _:
            return _sent(now, event)


def _sent(was: Emergency, event: Paged | Shown | Tried | Ended) -> Emergency:
    match event:
        case Paged():
            made = {**was.made, **{call.id: event for call in event.calls}}
            return replace(was, calls=(*was.calls, *event.calls), made=made)
        case Shown():
            return replace(was, shown={**was.shown, event.key: event})
        case Tried():
            return replace(was, tried={**was.tried, (event.call, event.method): event})
        case Ended():
            return replace(was, ended={**was.ended, (event.call, event.method): event})
        case _:
            assert_never(event)


def told(events: Iterable[Event]) -> tuple[dict[str, Emergency], dict[str, Acknowledged]]:
    """What is left to do of a journal: emergencies not recorded yet, and answers to those held elsewhere."""
    found: dict[str, Emergency] = {}
    elsewhere: dict[str, Acknowledged] = {}
    for event in events:
        was = found.get(event.request)
        if was is not None:
            found[event.request] = following(was, event)
        elif isinstance(event, Declared):
            found[event.request] = Emergency(event, (event,))
        elif isinstance(event, Acknowledged):
            elsewhere.setdefault(event.request, event)
        elif isinstance(event, Recorded):
            elsewhere.pop(event.request, None)
    pending = {name: each for name, each in found.items() if each.number is None}
    return pending, {name: each for name, each in elsewhere.items() if name not in found}
