"""Whom a checklist is for, and who comes after them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.oncall import service as oncall
from bot.playbook import Playbook

SCHEDULE, ROLE, GROUP = "schedule:", "role:", "@"


async def people_of(
    connection: AsyncConnection, playbook: Playbook, audience: str | None, now: datetime
) -> tuple[str, ...]:
    """The people an audience means at an instant; none for a user group that no schedule keeps."""
    if audience is None:
        return ()
    schedule = _schedule(playbook, audience)
    if schedule is not None:
        return await oncall.on_call(connection, playbook, schedule, now) or ()
    if audience.startswith(ROLE):
        return tuple(playbook.roles.get(audience.removeprefix(ROLE), ()))  # type: ignore[call-overload]
    return (audience,) if audience in playbook.people else ()


def group_of(playbook: Playbook, audience: str | None) -> str | None:
    """The handle of a user group whose members Slack alone knows."""
    if audience is None or not audience.startswith(GROUP) or _schedule(playbook, audience) is not None:
        return None
    return audience.removeprefix(GROUP)


async def next_in_line(
    connection: AsyncConnection,
    playbook: Playbook,
    audience: str | None,
    escalate_to: str | None,
    asked: tuple[str, ...],
    now: datetime,
) -> tuple[str, ...]:
    """Who is asked when those `asked` do not answer: whom the playbook names, or else whoever is on call next
    on the schedule it is for, or the managers.
    """
    found = await people_of(connection, playbook, escalate_to, now)
    schedule = _schedule(playbook, audience) if audience else None
    if escalate_to is None and schedule is not None:
        watches = await oncall.watches(connection, playbook, now)
        found = next((watch.then for watch in watches if watch.schedule == schedule), ())
    fresh = tuple(person for person in found if person not in asked)
    if not fresh and escalate_to is None:
        fresh = tuple(person for person in playbook.roles.get("manager", ()) if person not in asked)
    return fresh


def _schedule(playbook: Playbook, audience: str) -> str | None:
    """The schedule an audience stands for, also by the user group that it keeps."""
    if audience.startswith(SCHEDULE):
        return audience.removeprefix(SCHEDULE)
    if audience.startswith(GROUP):
        handle = audience.removeprefix(GROUP)
        kept = ((name, each.user_group) for name, each in playbook.schedules.items())
        return next((name for name, group in kept if group and group.lstrip(GROUP) == handle), None)
    return None
