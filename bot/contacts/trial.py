"""Test pages: whether a method works, before it matters. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.delivery.model import Effect, Priority
from bot.model import UserId

TrialId = NewType("TrialId", int)

SEND = "contacts.send_trial"
SHOW = "contacts.show_trial"
END = "contacts.end_trial"
SAID_BY_SLACK = "this message"
# A provider that was told of a test forgets it by then: nobody is to be woken by one that is left lying.
LASTS = timedelta(minutes=15)


class TrialState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"  # by the provider
    FAILED = "failed"
    ARRIVED = "arrived"  # says the person
    MISSING = "missing"  # says the person, of one that the provider accepted


@dataclass(frozen=True)
class Trial:
    """One test page by one method. `said`: the provider's word for it, or why it failed."""

    id: TrialId
    person: str
    user: UserId
    method: str
    made_at: datetime
    state: TrialState = TrialState.WAITING
    said: str = ""
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return trial_key(self.id)


def trial_key(trial: TrialId) -> str:
    return f"trial:{trial}"


def send(trial: TrialId) -> Effect:
    """In a lane of its own: a provider that hangs must not hold up what is said about it."""
    return Effect(
        SEND, f"{trial_key(trial)}:out", Priority.ANSWER, {"trial": trial}, f"{trial_key(trial)}:out"
    )


def show(trial: TrialId) -> Effect:
    return Effect(SHOW, trial_key(trial), Priority.ANSWER, {"trial": trial}, trial_key(trial))


def end(trial: TrialId, at: datetime) -> Effect:
    key = end_key(trial)
    return Effect(END, f"timer:{key}", Priority.UPDATE, {"trial": trial}, key, at)


def end_key(trial: TrialId) -> str:
    return f"{trial_key(trial)}:end"
