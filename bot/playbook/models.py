"""The playbook as a whole: everything a team decides about how it runs operations."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from bot.oncall import model as oncall
from bot.playbook import defaults
from bot.playbook.checklists import Checklist
from bot.playbook.checks import Check
from bot.playbook.fields import Name, Zone, refused, zone_name
from bot.playbook.maintenance import Maintenance
from bot.playbook.reports import Report
from bot.playbook.sections import (
    Channels,
    IncidentRole,
    NotifyRule,
    Path,
    Person,
    Schedule,
    Section,
    Service,
    Severity,
)
from bot.playbook.slos import Slo
from bot.playbook.timing import Holidays

Permission = Literal["responder", "manager", "admin"]


def _roles(value: Any) -> Any:
    """A list of names, or names with the text of their duties, as the full section."""
    if isinstance(value, list):
        if not all(isinstance(each, str) for each in value):
            raise refused("must be a list of names, or a mapping of names to the text of their duties")
        value = dict.fromkeys(value)
    if not isinstance(value, dict):
        return value
    section: dict[str, Any] = {}
    for name, role in value.items():
        if role is None:
            section[name] = {"duties": defaults.DUTIES.get(name, "")}
        else:
            section[name] = {"duties": role} if isinstance(role, str) else role
    return section


_DUTIES_SCHEMA = {
    "type": "object",
    "properties": {"duties": {"type": "string"}},
    "additionalProperties": False,
}
_ROLES_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"anyOf": [{"type": ["string", "null"]}, _DUTIES_SCHEMA]}},
    ]
}


def _version(value: Any) -> Any:
    if value != 1 or isinstance(value, bool):
        raise refused("is not a version that is understood here: write `version: 1`")
    return value


IncidentRoles = Annotated[dict[Name, IncidentRole], BeforeValidator(_roles), WithJsonSchema(_ROLES_SCHEMA)]


class Playbook(Section):
    """Everything but `version` has a default. Read it with `bot.playbook.load`."""

    version: Annotated[Literal[1], BeforeValidator(_version)]
    team: str = "Operations"
    timezone: Zone = "UTC"
    holidays: Holidays | None = None
    channels: Channels = Channels()
    people: dict[Name, Person] = Field(default={})
    roles: dict[Permission, list[str]] = Field(default={})
    services: dict[Name, Service] = Field(default={})
    schedules: dict[Name, Schedule] = Field(default={})
    escalation: dict[Name, Path] = Field(default={})
    notify: dict[Name, NotifyRule] = Field(default={})
    severities: dict[Name, Severity] = Field(default={}, min_length=1, validate_default=False)
    incident_roles: IncidentRoles = Field(
        default_factory=lambda: {name: IncidentRole(duties=text) for name, text in defaults.DUTIES.items()}
    )
    checks: dict[Name, Check] = Field(default={})
    checklists: dict[Name, Checklist] = Field(default={})
    reports: dict[Name, Report] = Field(default={})
    slos: dict[Name, Slo] = Field(default={})
    alerts: dict[str, Any] = Field(default={})
    maintenance: Maintenance = Maintenance()
    runbooks: dict[str, Any] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, data: Any) -> Any:
        """Defaults that depend on another section: the schedules' zone, and the severities."""
        if not isinstance(data, dict):
            return data
        filled = dict(data)
        schedules, paths = _mapping(data, "schedules"), _mapping(data, "escalation")
        zone = _zone_or_none(data.get("timezone"))
        if schedules and zone is not None:
            filled["schedules"] = {name: _in_zone(value, zone) for name, value in schedules.items()}
        severities = data.get("severities")
        if severities is None:
            severities = defaults.severities(schedules, paths)
        if isinstance(severities, dict):
            filled["severities"] = defaults.with_spellings(severities)
        return filled

    def __repr__(self) -> str:
        return f"Playbook(team={self.team!r}, people={len(self.people)}, schedules={len(self.schedules)})"

    __str__ = __repr__

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def rotation(self, name: str) -> oncall.Schedule:
        """The schedule as the rules of on-call take it. Raises KeyError when there is none by that name."""
        schedule = self.schedules[name]
        return oncall.Schedule(name, schedule.zone, tuple(layer.rotation() for layer in schedule.layers))

    def may(self, person: str | None, role: Permission) -> bool:
        """Whether a person (None: not in the playbook) has a role. A role nobody holds is everyone's."""
        holders = self.roles.get(role)
        return not holders or person in holders

    def severity(self, word: str) -> tuple[str, Severity]:
        """The severity by its name or another spelling, in any case. Raises KeyError when there is none."""
        wanted = word.strip().lower()
        for name, severity in self.severities.items():
            if wanted == name.lower() or wanted in (also.lower() for also in severity.also):
                return name, severity
        raise KeyError(word)

    def severity_words(self) -> tuple[str, ...]:
        """Every word that `severity` understands, from the first severity to the last."""
        return tuple(word for name, each in self.severities.items() for word in (name, *each.also))


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _zone_or_none(value: Any) -> str | None:
    try:
        return zone_name(value)
    except ValueError:
        return None


def _in_zone(schedule: Any, zone: str) -> Any:
    if not isinstance(schedule, dict) or schedule.get("timezone") is not None:
        return schedule
    return {**schedule, "timezone": zone}
