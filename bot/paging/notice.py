"""Notices: what goes out for a page, by which way and when. Pure.

Of each, four facts are kept apart: that it was meant (`made_at`), tried, accepted by the provider, and, on
the page itself, acknowledged by a human.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NewType

from bot.contacts.model import SLACK
from bot.delivery.model import Effect, Priority
from bot.paging.model import Page, PageId, show

NoticeId = NewType("NoticeId", int)

NOTIFY = "page.notify"
FOLLOW = "page.follow"
# A timer: has anybody taken what went out?
LOOK = "page.look"

# How long a way has to take a page before the next one is tried as well.
PATIENCE = timedelta(seconds=30)
# A provider that does not answer may have sent it each time: after this many it has had its chance.
UNCLEAR_TRIES = 3


class NoticeState(StrEnum):
    WAITING = "waiting"  # for its time, or for a provider that is away
    ACCEPTED = "accepted"  # the provider has it; a human has still to answer
    FAILED = "failed"  # refused, or given up
    CALLED_OFF = "called_off"  # answered or over first


@dataclass(frozen=True)
class Notice:
    """One page by one way.

    `held`: quiet hours put it off to `due_at`. `said`: the provider's word, or why it has not gone out.
    """

    id: NoticeId
    page: PageId
    method: str  # "slack", or a name among the person's contacts: its address stays in the playbook
    made_at: datetime
    due_at: datetime
    held: bool = False
    state: NoticeState = NoticeState.WAITING
    tried_at: datetime | None = None
    accepted_at: datetime | None = None
    said: str = ""
    unclear: int = 0  # tries that nobody answered

    @property
    def waits(self) -> bool:
        return self.state is NoticeState.WAITING

    @property
    def effect_key(self) -> str:
        return f"page:{self.page}" if self.method == SLACK else f"notice:{self.id}"


def send(notice: Notice) -> Effect:
    """Let it go at its time. In Slack it is the page's own message."""
    if notice.method == SLACK:
        return replace(show(notice.page), not_before=notice.due_at)
    key = notice.effect_key
    return Effect(NOTIFY, key, Priority.NOTICE, {"notice": notice.id}, key, notice.due_at)


def follow(notice: Notice, what: str) -> Effect:
    """Tell the provider what became of the page: "acknowledged" or "over".

    Not behind what waits for Slack: it goes on calling people meanwhile.
    """
    return Effect(FOLLOW, f"notice:{notice.id}", Priority.NOTICE, {"notice": notice.id, "what": what})


def look(page: PageId, at: datetime) -> Effect:
    key = look_key(page)
    return Effect(LOOK, f"timer:{key}", Priority.TIMER, {"page": page}, key, at)


def look_key(page: PageId) -> str:
    return f"look:{page}"


def lost(page: PageId) -> Effect:
    """At once: is there any way left?"""
    key = f"lost:{page}"
    return Effect(LOOK, f"timer:{key}", Priority.TIMER, {"page": page, "lost": True}, key)


def line(notices: Iterable[Notice], newest: Page) -> list[Notice]:
    """What goes out to one person about one subject, soonest first.

    Beside the notices of the newest page: those of earlier ones that stand for its own, as if they had been
    due when it was made, for they were still to come then.
    """
    there = [each for each in notices if each.state is not NoticeState.CALLED_OFF]
    found = [each for each in there if each.page == newest.id]
    own = {each.method for each in found}
    for each in there:
        came_since = each.accepted_at is not None and each.accepted_at >= newest.made_at
        is_lost = each.state is NoticeState.FAILED and each.method not in own
        if each.page != newest.id and (each.waits or came_since or is_lost):
            found.append(replace(each, due_at=max(each.due_at, newest.made_at)))
    return sorted(found, key=lambda each: (each.due_at, each.id))


def is_missed(line: Sequence[Notice], now: datetime) -> bool:
    """Whether what went out last was taken by nobody, and waiting for it any longer is no use."""
    begun = [step for step in _steps(line) if step[0].due_at <= now]
    if not begun or _is_taken(begun[-1]):
        return False
    is_lost = all(each.state is NoticeState.FAILED for each in begun[-1])
    return is_lost or now >= begun[-1][0].due_at + PATIENCE


def ahead(line: Sequence[Notice], now: datetime) -> list[Notice]:
    """The next step: what may be brought forward. Quiet hours are not broken into."""
    coming = [step for step in _steps(each for each in line if _may_come(each)) if step[0].due_at > now]
    return coming[0] if coming else []


def look_at(line: Sequence[Notice], now: datetime, *, has_spare: bool) -> datetime | None:
    """When to look whether a step was taken: the soonest whose failure would change anything.

    `has_spare`: the person has contacts that are used only where nothing else reaches them.
    """
    would_use_spare = has_spare and not _is_taken(line)
    for step in _steps(line):
        due_at = step[0].due_at
        is_followed = any(_may_come(each) and each.due_at > due_at for each in line)
        if not _is_taken(step) and due_at + PATIENCE > now and (is_followed or would_use_spare):
            return due_at + PATIENCE
    return None


def _steps(line: Iterable[Notice]) -> list[list[Notice]]:
    return [list(step) for _, step in groupby(line, key=lambda each: each.due_at)]


def _is_taken(step: Iterable[Notice]) -> bool:
    return any(each.state is NoticeState.ACCEPTED for each in step)


def _may_come(notice: Notice) -> bool:
    return notice.waits and not notice.held
