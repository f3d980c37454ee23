"""Who is on call, as asked by commands, pages and the home tab."""

from datetime import datetime

from bot.oncall.model import Watch, until, who
from bot.playbook import Playbook


def on_call(playbook: Playbook, schedule: str, now: datetime) -> tuple[str, ...] | None:
    """The people on call for a schedule; None where there is no such schedule."""
    return who(playbook.rotation(schedule), now) if schedule in playbook.schedules else None


def watches(playbook: Playbook, now: datetime) -> list[Watch]:
    """Every schedule's watch, in the playbook's order."""
    found = []
    for name in playbook.schedules:
        schedule = playbook.rotation(name)
        found.append(Watch(name, who(schedule, now), until(schedule, now)))
    return found
