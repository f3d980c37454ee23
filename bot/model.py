"""Words every room shares: who acts, where, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

UserId = NewType("UserId", str)  # Slack's, "U02BO"
ChannelId = NewType("ChannelId", str)  # Slack's, "C024BE91L"
Ts = NewType("Ts", str)  # Slack's message id within a channel, "1392734382.000200"

# Acts nobody clicked: timers, the auditor.
WATCHBILL = UserId("watchbill")


@dataclass(frozen=True)
class Act:
    """One thing a person asked for.

    `request_id` is Slack's id of the request (trigger or event id): the same id is carried out once.
    """

    by: UserId
    at: datetime
    request_id: str
