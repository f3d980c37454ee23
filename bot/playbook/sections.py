"""The sections of a playbook: one frozen model for each thing a team writes down."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from bot.oncall import model as oncall
from bot.playbook.fields import (
    CallLink,
    Channel,
    ClosingTime,
    Contact,
    Due,
    Duration,
    Name,
    OnTogether,
    PositiveDuration,
    Room,
    SlackPerson,
    TimeOfDay,
    TurnEvery,
    Via,
    WallTime,
    Weekdays,
    Zone,
    refused,
)

EVERY_DAY = frozenset(range(7))


class Section(BaseModel):
    """A key without a value means its default, as if the line were not there."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    channels_here: ClassVar[frozenset[str]] = frozenset()
    """Keys that hold a channel: `alerts: #prod` is a comment to YAML, and must not pass as a default."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()} - cls.channels_here
        return {key: value for key, value in data.items() if value is not None or key not in known}


class Channels(Section):
    """Where everybody looks."""

    channels_here = frozenset({"incidents", "alerts"})

    incidents: Channel = "#incidents"
    alerts: Channel = "#prod-alerts"


class NotifyStep(Section):
    """By which methods a page reaches somebody, and how long after it was made."""

    after: Duration = Field(default_factory=timedelta)
    via: Via


def _steps_of_a_rule(steps: list[NotifyStep]) -> list[NotifyStep]:
    named = [method for step in steps for method in step.via]
    twice = next((method for method in named if named.count(method) > 1), None)
    if twice is not None:
        raise refused(f"names {twice} more than once; each way is used once for a page")
    if any(later.after < earlier.after for earlier, later in pairwise(steps)):
        raise refused("goes back in time: `after` counts from the page, not from the step before")
    return steps


NotifyRule = Annotated[list[NotifyStep], Field(min_length=1), AfterValidator(_steps_of_a_rule)]
# The tags stand in brackets, so that no mistake's place names them (bot/playbook/mistakes.py).
OwnRule = Annotated[
    Annotated[str, Tag("[name]")] | Annotated[NotifyRule, Tag("[steps]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[steps]"),
]


class QuietHours(Section):
    """When nothing but Slack disturbs, on the person's own wall clock; `to` before `from` is the next day."""

    start: Annotated[TimeOfDay, Field(alias="from")]
    end: Annotated[ClosingTime, Field(alias="to")]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.start == self.end:
            raise refused("would never end: `from` and `to` are the same")
        return self


class Person(Section):
    """Somebody who can be paged. The key of the section is the name used everywhere else."""

    slack: SlackPerson
    contacts: dict[Name, Contact] = Field(default={}, repr=False)
    """Transport → address. Not shown by repr: addresses may carry credentials."""
    timezone: Zone | None = None
    notify: OwnRule | None = None
    """A rule of the section `notify`, or steps of their own; default: its rule `default`."""
    quiet: QuietHours | None = None


class Service(Section):
    owner: str | None = None
    """An escalation path."""
    runbooks: list[str] = []
    depends_on: list[str] = []


class DutyHours(Section):
    """A daily window on the wall clock; an end at or before the start is on the next day."""

    days: Weekdays = EVERY_DAY
    start: Annotated[TimeOfDay, Field(alias="from")]
    end: Annotated[ClosingTime, Field(alias="to")]


class Layer(Section):
    """People who take turns."""

    rotate: list[OnTogether] = Field(min_length=1)
    every: TurnEvery
    starts: WallTime
    hours: list[DutyHours] = []

    def rotation(self) -> oncall.Rotation:
        return oncall.Rotation(
            rotate=tuple(tuple(group) for group in self.rotate),
            every=self.every,
            starts=self.starts,
            hours=tuple(oncall.Hours(each.days, each.start, each.end) for each in self.hours),
        )


class Schedule(Section):
    channels_here = frozenset({"announce"})

    timezone: Zone = "UTC"
    """Default: the playbook's."""
    user_group: str | None = None
    announce: Channel | None = None
    handoff_overlap: Duration = Field(default_factory=timedelta)
    """How long whoever goes is still there for whoever came."""
    remind_before: Duration | None = None
    """Default: by the length of the shift (bot/handoffs/model.py). Nothing at all: never."""
    layers: list[Layer] = Field(min_length=1)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Rung(Section):
    """A step of a ladder: whom to page, and how long after the ladder began."""

    after: Duration = Field(default_factory=timedelta)
    page: list[str] = Field(min_length=1)


class Path(Section):
    """An escalation path. `repeat` is how often the ladder runs again after the first time."""

    channels_here = frozenset({"unheard"})

    repeat: int = Field(default=0, ge=0, le=100)
    ladder: list[Rung] = Field(min_length=1)
    unheard: Channel | None = None
    """Told loudly when the ladder runs out; default: the incidents channel."""
    acknowledge_timeout: PositiveDuration | None = None
    """Whoever answered and is not heard of for so long is asked, and then the next are paged."""


class PageRule(Section):
    """Whom an incident pages: at once, and along a path, at once or `after` a while without an answer."""

    at_once: list[str] = []
    after: Duration | None = None
    path: str | None = None

    @model_validator(mode="after")
    def _pages_someone(self) -> Self:
        if self.after is not None and self.path is None:
            raise refused("has an `after` that needs a `path` to follow")
        if self.path is None and not self.at_once:
            raise refused("pages nobody: give `at_once`, `path` or both, or leave it out")
        return self


class Postmortem(Section):
    due: Due
    """From the resolution on: timedelta, or BusinessDays."""


class Severity(Section):
    also: list[Name] = []
    means: str = ""
    page: PageRule | None = None
    acknowledge_within: PositiveDuration | None = None
    resolve_within: PositiveDuration | None = None
    update_every: PositiveDuration | None = None
    watch_after_fix: PositiveDuration | None = None
    room: Room = "channel"
    call: CallLink | None = None
    status_page: bool = False
    tasks: list[str] = []
    ticket: dict[str, Any] | None = None
    postmortem: Postmortem | None = None


class IncidentRole(Section):
    duties: str = ""
    """Sent to whoever takes the role."""
