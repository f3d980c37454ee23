"""The section `reports`: what is reported when, to whom, against which targets."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from bot.playbook.fields import Channel, PositiveDuration, Zone
from bot.playbook.sections import Section
from bot.playbook.timing import When

SECTION_NAMES = (
    "verdict",
    "incidents",
    "reliability",
    "slos",
    "deployments",
    "pages",
    "alerts",
    "checklists",
    "actions",
    "feedback",
    "activity",
    "toil",
    "capacity",
    "cost",
    "recommendations",
    "next_week",
)


def _covers(value: Any) -> Any:
    return value if value != "month" else "month"


class Feedback(Section):
    """Where people say what they think: questions in a channel, issues with a label."""

    channels_here = frozenset({"channel"})

    channel: Channel | None = None
    github_label: str | None = None


class Report(Section):
    """Posted at `when`, and made on demand.

    `covers`: a length of time up to then, or `month` for the last one.
    """

    when: When | None = None
    timezone: Zone | None = None
    channels: list[Channel] = Field(default=[])
    covers: Annotated[PositiveDuration | Literal["month"], BeforeValidator(_covers)] = timedelta(days=7)
    grace: PositiveDuration = timedelta(days=3)
    """How late it is still posted when nobody was there to post it in time."""
    sections: list[str] = Field(min_length=1)
    feedback: Feedback | None = None
    targets: dict[str, Any] = Field(default={})

    def zone(self, default: ZoneInfo) -> ZoneInfo:
        """Where its wall-clock times are; `default`: the playbook's."""
        return ZoneInfo(self.timezone) if self.timezone else default
