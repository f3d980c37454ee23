"""What a page is, and whom a target means. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.delivery.model import Effect, Priority
from bot.model import ChannelId, UserId
from bot.oncall import reason as oncall
from bot.paging.ladder import ClimbId

PageId = NewType("PageId", int)

SHOW = "page.show"
# A timer: the next step of a ladder is due. Whoever pages decides what to do about it.
CLIMB = "page.climb"


# The rule behind a page that no playbook made: somebody wanted these people.
ASKED_FOR = "somebody asked for it"


class PageState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OVER = "over"  # what it was about ended before anybody acknowledged
    DECLINED = "declined"  # "I can't, next please"
    UNREACHABLE = "unreachable"  # nothing reaches them: Slack does not know them, and nothing else is left


@dataclass(frozen=True)
class Subject:
    """What a page is about. `ref` is how the noun that pages finds its own, "INC-42"."""

    ref: str
    severity: str
    title: str
    room: ChannelId | None = None
    room_name: str | None = None  # for those who read of it outside Slack


@dataclass(frozen=True)
class Reason:
    """Why there is a page. `rule`: what paged, in words. `on_call`: why the schedule meant this person."""

    rule: str
    target: str
    on_call: oncall.Reason | None = None

    def as_json(self) -> dict[str, Any]:
        on_call = self.on_call.as_json() if self.on_call else None
        return {"rule": self.rule, "target": self.target, "on_call": on_call}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reason":
        on_call = stored["on_call"]
        return cls(stored["rule"], stored["target"], oncall.Reason.from_json(on_call) if on_call else None)


@dataclass(frozen=True)
class Page:
    """One person called once about one subject; bot/paging/notice.py has the ways it goes."""

    id: PageId
    subject: Subject
    person: str  # the playbook's name, or a Slack id for somebody outside it
    user: UserId | None  # once known
    why: str  # the rule behind it, in words: "on call for primary"
    made_by: UserId
    made_at: datetime
    state: PageState = PageState.OPEN
    answered_by: UserId | None = None
    answered_at: datetime | None = None
    reason: Reason | None = None  # None for a page of an earlier release

    @property
    def key(self) -> str:
        return page_key(self.id)

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody wanted this very person or schedule, as far as that is known."""
        return self.reason is None or self.reason.rule == ASKED_FOR


def page_key(page: PageId) -> str:
    return f"page:{page}"


def show(page: PageId, priority: Priority = Priority.PAGE) -> Effect:
    """Send it, or edit what was sent. Its own lane: nothing may stand before a page."""
    return Effect(SHOW, page_key(page), priority, {"page": page}, page_key(page))


def climb_due(climb: ClimbId, at: datetime) -> Effect:
    key = climb_key(climb)
    return Effect(CLIMB, f"timer:{key}", Priority.TIMER, {"climb": climb}, key, at)


def climb_key(climb: ClimbId) -> str:
    return f"climb:{climb}"


@dataclass(frozen=True)
class Called:
    """One person a target means, and why; or the reason it means nobody."""

    target: str
    person: str | None
    why: str
    waiting: bool = False  # has a page already that nobody answered


def resolve(
    targets: Iterable[str], on_call: Callable[[str], tuple[str, ...] | None], people: Mapping[str, object]
) -> list[Called]:
    """Whom `targets` mean at this moment: `schedule:NAME`, a person's name, or a Slack id (`user:U…`).

    `person:NAME` is a person whom somebody asked for, beside those the playbook names.

    `on_call` gives who is on call for a schedule, None for a schedule that does not exist. Everybody is
    called once; a target that means nobody is in the answer without a person.
    """
    called: list[Called] = []
    for target in targets:
        kind, _, name = target.rpartition(":")
        if kind == "schedule":
            called.extend(_on_schedule(target, name, on_call(name)))
        elif kind == "person" and name in people:
            called.append(Called(target, name, "asked for by name"))
        elif name in people:
            called.append(Called(target, name, "named by the playbook"))
        elif kind == "user":
            called.append(Called(target, name, "asked for by name"))
        else:
            called.append(Called(target, None, f"{target} is nobody the playbook knows"))
    seen: set[str] = set()
    unique = []
    for each in called:
        if each.person is None or each.person not in seen:
            unique.append(each)
            seen.add(each.person or "")
    return unique


def _on_schedule(target: str, name: str, people: tuple[str, ...] | None) -> list[Called]:
    if people is None:
        return [Called(target, None, f"there is no schedule {name}")]
    if not people:
        return [Called(target, None, f"nobody is on call for {name}")]
    return [Called(target, person, on_call_for(name)) for person in people]


def on_call_for(schedule: str) -> str:
    """The rule behind the page of whoever is on call, in words."""
    return f"on call for {schedule}"
