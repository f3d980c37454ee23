"""Words every room shares: who acts, where, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

UserId = NewType("UserId", str)  # Slack's, "U02BO"
ChannelId = NewType("ChannelId", str)  # Slack's, "C024BE91L"
Ts = NewType("Ts", str)  # Slack's message id within a channel, "1392734382.000200"

# Acts nobody clicked: timers, the auditor.
WATCHBILL = UserId("watchbill")


# Names of people whose account in Slack is not known stand where ids stand, after a sign no id begins with.
_OUTSIDER = "~"
# What a column for ids holds.
_ID_LENGTH = 32


def outsider(name: str) -> UserId:
    """Somebody who acts from outside Slack, known by name alone; a long one is cut."""
    found = _OUTSIDER + (" ".join(name.split()) or "somebody")
    return UserId(found if len(found) <= _ID_LENGTH else found[: _ID_LENGTH - 1] + "…")


def outside_name(who: UserId) -> str | None:
    """The name of an outsider; None for an account in Slack."""
    return who.removeprefix(_OUTSIDER) if who.startswith(_OUTSIDER) else None


@dataclass(frozen=True)
class Act:
    """One thing a person asked for.

    `request_id` is Slack's id of the request (trigger or event id): the same id is carried out once.
    `via`: from where, if not from Slack ("by link"). `proven`: they hold something that only somebody who
    was paged, or who runs this bot, can hold; what is private is theirs to answer.
    """

    by: UserId
    at: datetime
    request_id: str
    via: str = ""
    proven: bool = False
