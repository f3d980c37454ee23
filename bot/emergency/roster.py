"""All it takes to page without a database, as last known: in memory, and in a small file for a restart.

Who is on call is worked out from the playbook's rotations by the rules of `bot.oncall`; what the playbook
does not know (covers, who is who in Slack, how people chose to be reached) is here. No addresses: those of
contacts may carry credentials, and are taken from the playbook when they are used.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts import service as contacts
from bot.contacts.model import Rule
from bot.oncall import store as oncall
from bot.oncall.cover import Cover
from bot.oncall.reason import Reason, explain
from bot.people.store import Kind
from bot.playbook import Playbook

log = structlog.get_logger()


@dataclass(frozen=True)
class Name:
    """What Slack last said a name stands for."""

    kind: Kind
    name: str
    slack_id: str


@dataclass(frozen=True)
class Roster:
    """`known_at`: when the database was last asked."""

    known_at: datetime
    covers: Mapping[str, tuple[Cover, ...]] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    names: tuple[Name, ...] = ()

    def on_call(self, playbook: Playbook, schedule: str, at: datetime) -> Reason | None:
        """Who is on call at `at`, and why; None where there is no such schedule."""
        if schedule not in playbook.schedules:
            return None
        return explain(playbook.rotation(schedule), at, self.covers.get(schedule, ()))

    def rule(self, playbook: Playbook, person: str) -> Rule:
        """How a person wants to be reached: as they chose, or as the playbook has it."""
        return self.rules.get(person) or contacts.rule_of_playbook(playbook, person)


async def read(connection: AsyncConnection, playbook: Playbook, now: datetime) -> Roster:
    """The roster as the database has it now, without the names."""
    covers = {name: tuple(await oncall.of_schedule(connection, name, now)) for name in playbook.schedules}
    return Roster(now, covers, await contacts.chosen_rules(connection))


_file: TypeAdapter[Roster] = TypeAdapter(Roster)


def load(path: Path) -> Roster | None:
    """The roster in the file; None where there is none, or none that can be read."""
    try:
        return _file.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("roster_not_read", path=str(path), error=type(error).__name__)
        return None


def save(path: Path, roster: Roster) -> None:
    """Put it in the file's place, whole or not at all. Raises OSError."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_file.dump_json(roster, indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
