"""What the team decides: one YAML file, read as a whole or refused as a whole."""

from bot.playbook.fields import BusinessDays
from bot.playbook.models import Permission, Playbook
from bot.playbook.problems import PlaybookError, Problem
from bot.playbook.reading import PlaybookFile, load, parse, schema
from bot.playbook.sections import (
    Channels,
    IncidentRole,
    NotifyStep,
    PageRule,
    Path,
    Person,
    Postmortem,
    QuietHours,
    Rung,
    Schedule,
    Service,
    Severity,
)

__all__ = [
    "BusinessDays",
    "Channels",
    "IncidentRole",
    "NotifyStep",
    "PageRule",
    "Path",
    "Permission",
    "Person",
    "Playbook",
    "PlaybookError",
    "PlaybookFile",
    "Postmortem",
    "Problem",
    "QuietHours",
    "Rung",
    "Schedule",
    "Service",
    "Severity",
    "load",
    "parse",
    "schema",
]
