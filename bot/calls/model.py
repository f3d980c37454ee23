"""What a call is. Pure."""

import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.delivery.model import Effect, Priority
from bot.model import UserId

CallId = NewType("CallId", int)

SHOW = "call.show"
TELL = "call.tell"
ALARM = "call.alarm"
# What whoever called waits for; anything else that is told is why nobody further is called.
ANSWERED = ""

_REF = re.compile(r"CALL-(\d{1,18})")


@dataclass(frozen=True)
class Call:
    """Words that people are paged with. `unheard`: why nobody further is called, once that is so."""

    id: CallId
    text: str
    by: UserId
    made_at: datetime
    whom: str  # those who were called first, as others see them
    unheard: str = ""
    acknowledged_by: UserId | None = None
    acknowledged_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"CALL-{self.id}"

    @property
    def title(self) -> str:
        return self.text


def parse_ref(ref: str) -> CallId | None:
    """`CALL-7` → 7; anything else is None."""
    match = _REF.fullmatch(ref)
    return CallId(int(match.group(1))) if match else None


def show(call: CallId) -> Effect:
    """Tell whoever called how it stands. As urgent as a page: it may say that nobody was reached."""
    lane = f"call:{call}"
    return Effect(SHOW, lane, Priority.PAGE, {"call": call}, lane)


def tell(call: CallId, about: str) -> Effect:
    """News for whoever called, in a message of its own: an edit would not be noticed.

    `about`: ANSWERED, or why nobody further is called.
    """
    key = told_key(call, about)
    return Effect(TELL, key, Priority.PAGE, {"call": call, "about": about}, key)


def told_key(call: CallId, about: str) -> str:
    return f"call:{call}:told:{zlib.crc32(about.encode())}"


def alarm(call: CallId, channel: str | None = None) -> Effect:
    """Say in a channel that nobody answers, or, without one, that somebody does, where it was said."""
    key = alarm_key(call)
    return Effect(ALARM, key, Priority.PAGE, {"call": call, "channel": channel}, f"{key}:{channel or ''}")


def alarm_key(call: CallId) -> str:
    return f"call:{call}:alarm"
