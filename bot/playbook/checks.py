"""The section `checks`: questions a machine can answer. One key in Check for each kind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from bot.playbook.check_fields import Address, Share, Span, Threshold
from bot.playbook.check_kinds import (
    Alertmanager,
    ChecklistDone,
    Command,
    GithubDeployments,
    GithubIssues,
    GithubRelease,
    GithubWorkflow,
    Http,
    Incidents,
    Prometheus,
    Sentry,
    Tls,
)
from bot.playbook.fields import Channel, Duration, PositiveDuration, refused
from bot.playbook.sections import Section

# A worker's hand is held while a person's check runs, and is taken back after 40 s.
LONGEST_TIMEOUT = timedelta(seconds=30)
SHORTEST_EVERY = timedelta(seconds=10)


def _command(value: Any) -> Any:
    return {"run": value} if isinstance(value, list) else value


def _checklist(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _or(also: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """To the JSON Schema of a field that may be written in a shorter way as well."""

    def extend(schema: dict[str, Any]) -> None:
        schema["anyOf"].append(also)

    return extend


KINDS: tuple[str, ...] = (
    "http",
    "tls",
    "github_workflow",
    "github_release",
    "github_deployments",
    "github_issues",
    "sentry",
    "prometheus",
    "alertmanager",
    "command",
    "incidents",
    "checklist",
)
# What the value of a kind is, where that does not depend on what is asked.
_SPANS = frozenset({"tls", "github_release", "checklist"})
_COUNTS = frozenset(
    {"github_workflow", "github_deployments", "github_issues", "sentry", "alertmanager", "incidents"}
)
_PROBES_ONLY = "is for probes: say how often with `every`"


class Check(Section):
    """One question. Exactly one kind; thresholds; and, for a probe, how often and what then."""

    channels_here: ClassVar[frozenset[str]] = frozenset({"channel"})

    http: Http | None = None
    tls: Tls | None = None
    github_workflow: GithubWorkflow | None = None
    github_release: GithubRelease | None = None
    github_deployments: GithubDeployments | None = None
    github_issues: GithubIssues | None = None
    sentry: Sentry | None = None
    prometheus: Prometheus | None = None
    alertmanager: Alertmanager | None = None
    command: Annotated[Command | None, BeforeValidator(_command)] = Field(
        default=None, json_schema_extra=_or({"type": "array", "items": {"type": "string"}, "minItems": 1})
    )
    incidents: Incidents | None = None
    checklist: Annotated[ChecklistDone | None, BeforeValidator(_checklist)] = Field(
        default=None, json_schema_extra=_or({"type": "string"})
    )

    title: str | None = None
    link: Address | None = None
    timeout: PositiveDuration = timedelta(seconds=10)
    warn_above: Threshold | None = None
    fail_above: Threshold | None = None
    warn_below: Threshold | None = None
    fail_below: Threshold | None = None

    every: PositiveDuration | None = None
    lasting: Annotated[Duration | None, Field(alias="for")] = None
    channel: Channel | None = None
    incident: str | None = None
    service: str | None = None

    def __repr__(self) -> str:
        # Commands, addresses and headers may hold what ${NAME} stands for.
        return f"Check({self.kind})"

    __str__ = __repr__

    @property
    def kind(self) -> str:
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def options(self) -> Section:
        """What the kind is asked about."""
        found: Section = getattr(self, self.kind)
        return found

    @property
    def unit(self) -> str:
        """What its thresholds, or its kind's `unit`, say the value is; empty where neither does."""
        for each in (self.warn_above, self.fail_above, self.warn_below, self.fail_below):
            if isinstance(each, Span):
                return "s"
            if isinstance(each, Share):
                return "%"
        return str(getattr(self.options, "unit", ""))

    @field_validator("timeout")
    @classmethod
    def _in_time(cls, value: timedelta) -> timedelta:
        if value > LONGEST_TIMEOUT:
            raise refused("is longer than 30s: nobody waits that long for an answer", "30s")
        return value

    @field_validator("warn_above", "fail_above", "warn_below", "fail_below")
    @classmethod
    def _fits_the_value(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is None:
            return None
        kinds = [name for name in KINDS if info.data.get(name) is not None]
        kind = kinds[0] if len(kinds) == 1 else ""
        http = info.data.get("http")
        timed = isinstance(http, Http) and (http.json_path is None or http.equals is not None)
        if (kind in _SPANS or timed) and not isinstance(value, Span):
            raise refused(f"must be a duration such as 7d: what {kind} measures is a time")
        if kind in _COUNTS and isinstance(value, Span | Share):
            raise refused(f"must be a number: what {kind} measures is how many")
        others = [info.data.get(each) for each in ("warn_above", "fail_above", "warn_below")]
        if any(other is not None and type(other) is not type(value) for other in others):
            raise refused(
                "is of another kind than the thresholds above it: keep to numbers, durations or percentages"
            )
        return value

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < SHORTEST_EVERY:
            raise refused("is more often than every 10s", "10s")
        return value

    @field_validator("lasting", "channel", "incident")
    @classmethod
    def _of_a_probe(cls, value: Any, info: ValidationInfo) -> Any:
        # A wrong `every` is reported already, and then is not in the data.
        if value is not None and "every" in info.data and info.data["every"] is None:
            raise refused(_PROBES_ONLY)
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [name for name in KINDS if getattr(self, name) is not None]
        if not kinds:
            raise refused(f"asks nothing: it needs one of {', '.join(KINDS)}")
        if len(kinds) > 1:
            raise refused(f"asks {len(kinds)} questions ({', '.join(kinds)}): make a check of each")
        for warn, fail, word in (
            (self.warn_above, self.fail_above, "above"),
            (self.fail_below, self.warn_below, "below"),
        ):
            if warn is not None and fail is not None and warn > fail:
                raise refused(f"never warns: it fails before `warn_{word}` is reached")
        return self
