"""The section `reports`: what is reported when, to whom, against which targets."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from bot.playbook.check_fields import Repository, Threshold
from bot.playbook.fields import Channel, Name, PositiveDuration, Zone, duration, refused
from bot.playbook.report_sources import Cost, Deployments, Feedback, Reliability, Resource
from bot.playbook.sections import Section
from bot.playbook.timing import When

SectionName = Literal[
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
]

# Figures by which a section is judged: shares and spans, or so many in the time that is covered.
TargetName = Literal[
    "uptime",
    "average",
    "p95",
    "p99",
    "error_rate",
    "deployments",
    "deployments_succeed",
    "approval",
    "deployment",
    "rollbacks",
    "checklists",
    "acknowledge",
    "resolve",
]

_SHORTEST, _LONGEST = timedelta(days=1), timedelta(days=92)


def _covers(value: Any) -> timedelta | Literal["month"]:
    """`7d`, `2w`; or `month`: the calendar month before."""
    if value == "month":
        return "month"
    try:
        span = duration(value)
    except ValueError:
        raise refused("is neither `month` nor a number of days such as 7d", "7d") from None
    if span % _SHORTEST or not _SHORTEST <= span <= _LONGEST:
        raise refused("is not a number of whole days, from 1d to 92d")
    return span


Covers = Annotated[
    timedelta | Literal["month"],
    PlainValidator(_covers),
    WithJsonSchema({"type": "string", "pattern": r"^(month|\d+[dw])$", "examples": ["7d", "month"]}),
]


def _once_each(names: list[str]) -> list[str]:
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise refused(f"names {twice} twice")
    return names


class Report(Section):
    """Posted at `when`, and made on demand.

    `covers`: a length of time up to then, or `month` for the last one. `grace`: how late it is still posted
    when nobody was there to post it in time. `impact`: severities whose incidents customers notice; by
    default the two most severe.
    """

    when: When | None = None
    timezone: Zone | None = None
    channels: list[Channel] = Field(default=[])
    covers: Covers = timedelta(days=7)
    grace: PositiveDuration = timedelta(days=3)
    sections: Annotated[list[SectionName], Field(min_length=1), AfterValidator(_once_each)]
    impact: list[str] = Field(default=[])
    feedback: Feedback | None = None
    github: list[Repository] = Field(default=[])
    """Default: the repositories that the checks ask about."""
    reliability: Reliability = Reliability()
    deployments: Deployments = Deployments()
    capacity: dict[Name, Resource] = Field(default={})
    cost: Cost = Cost()
    targets: dict[TargetName, Threshold] = Field(default={})

    def zone(self, default: ZoneInfo) -> ZoneInfo:
        """Where its wall-clock times are; `default`: the playbook's."""
        return ZoneInfo(self.timezone) if self.timezone else default
