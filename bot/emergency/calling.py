"""Whom an emergency calls, and when: the events that follow from the time and from answers. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.emergency.model import (
    Call,
    Climbed,
    Declared,
    Declined,
    Emergency,
    Event,
    Paged,
    Unheard,
    following,
)
from bot.model import WATCHBILL, UserId
from bot.mrkdwn import escape
from bot.oncall import reason as oncall
from bot.paging.ladder import Climb, begin, climbed
from bot.paging.model import Called, Reason


@dataclass(frozen=True)
class Meant:
    """What a target means. `user`: who they are in Slack, where that is known; `on_call`: why it is they."""

    called: Called
    user: UserId | None
    on_call: oncall.Reason | None


Whom = Callable[[Sequence[str]], list[Meant]]
"""Whom targets mean at this moment."""


@dataclass
class Unfolding:
    """An emergency and the events that were just added to it."""

    emergency: Emergency
    now: datetime
    whom: Whom
    fresh: tuple[Event, ...] = ()

    def add(self, event: Event) -> None:
        self.emergency, self.fresh = following(self.emergency, event), (*self.fresh, event)

    def call(self, targets: Sequence[str], by: UserId, rule: str, *, again: bool) -> bool:
        """Call whoever the targets mean; whether that was anybody. Those who wait are called only `again`.

        `rule`: what calls, in words. A page still on its way to Slack is not doubled.
        """
        meant, request = self.whom(targets), self.emergency.request
        waiting = {
            call.person
            for call in self.emergency.calls
            if self.emergency.is_waiting(call) and not (again and call.key in self.emergency.shown)
        }
        first = len(self.emergency.calls) + 1
        found = [
            (person, each)
            for each in meant
            if (person := each.called.person) is not None and person not in waiting
        ]
        calls = tuple(
            Call(n, person, each.user, each.called.why, Reason(rule, each.called.target, each.on_call))
            for n, (person, each) in enumerate(found, first)
        )
        if calls:
            self.add(Paged(request, self.now, by, calls))
        for called in (each.called for each in meant if each.called.person is None):
            self.unheard(f"Nobody was paged for {escape(called.target)}: {escape(called.why)}")
        return any(each.called.person is not None for each in meant)

    def unheard(self, text: str) -> None:
        ladder = self.emergency.declared.ladder
        channel = ladder.unheard if ladder is not None and self.emergency.climb is not None else None
        self.add(Unheard(self.emergency.request, self.now, text, channel))

    def climb(self, by: UserId, *, again: bool) -> None:
        """Take every step of the ladder that is due."""
        while (due := self.emergency.due_at) is not None and due <= self.now:
            climb, ladder = self.emergency.climb, self.emergency.declared.ladder
            if ladder is None:
                return
            if climb is None:
                climb = begin(self.emergency.request, ladder, self.now)
            elif climb.exhausted:
                path = escape(ladder.path)
                self.unheard(f"Nobody answered on the path {path}, and there is nobody left to call")
                self.stands(replace(climb, due_at=None))
                return
            else:
                targets, rule = ladder.rung(climb.step).targets, ladder.words(climb.step)
                reached = self.call(targets, by, rule, again=again or climb.step > 0)
                climb = climbed(climb, self.now, reached=reached)
            self.stands(climb)

    def stands(self, climb: Climb) -> None:
        step, due_at = climb.step, climb.due_at
        self.add(Climbed(self.emergency.request, self.now, step, due_at, climb.began_at))


def declare(declared: Declared, at_once: Sequence[str], whom: Whom) -> Unfolding:
    """Whom the playbook pages the moment it is declared, and the first steps of its path."""
    unfolding = Unfolding(Emergency(declared, (declared,)), declared.at, whom, (declared,))
    if at_once:
        unfolding.call(at_once, declared.by, f"{declared.severity} pages at once", again=False)
    unfolding.climb(declared.by, again=False)
    return unfolding


def due(emergency: Emergency, now: datetime, whom: Whom) -> Unfolding:
    """Nobody has answered, and the time for the next step may have come."""
    unfolding = Unfolding(emergency, now, whom)
    unfolding.climb(WATCHBILL, again=True)
    return unfolding


def decline(emergency: Emergency, call: int, by: UserId, now: datetime, whom: Whom) -> Unfolding:
    """Somebody cannot take it: the next step of the path at once, loud where there is none."""
    unfolding = Unfolding(emergency, now, whom)
    unfolding.add(Declined(emergency.request, now, by, call))
    climb = emergency.climb
    if climb is None or climb.exhausted:
        unfolding.unheard("There is nobody further to call: there is no escalation path, or it has run out")
    else:
        unfolding.stands(replace(climb, due_at=now))
        unfolding.climb(by, again=True)
    return unfolding
