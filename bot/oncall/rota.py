"""The shifts of every schedule over a stretch of time, and what can be read off them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.oncall.model import Override, Shift, shifts
from bot.oncall.request import rotation
from bot.playbook import Playbook

Rota = Mapping[str, Sequence[Shift]]
"""Schedule → its shifts, in order."""


@dataclass(frozen=True)
class Gap:
    """A stretch in which nobody is on call."""

    schedule: str
    start: datetime
    end: datetime


def rota(
    playbook: Playbook,
    known: Mapping[str, Iterable[Override]],
    start: datetime,
    end: datetime,
    *,
    person: str | None = None,
) -> Rota:
    """Who is on over [start, end): on every schedule, or on those that `person` could be on."""
    names = playbook.schedules if person is None else schedules_of(playbook, known, person)
    return {name: shifts(playbook.rotation(name), start, end, known.get(name, ())) for name in names}


def schedules_of(playbook: Playbook, known: Mapping[str, Iterable[Override]], person: str) -> list[str]:
    """The schedules on which a person takes turns, or has ever stood in."""
    return [
        name
        for name in playbook.schedules
        if person in rotation(playbook.rotation(name))
        or any(person in each.by for each in known.get(name, ()))
    ]


def gaps(rota: Rota) -> list[Gap]:
    """Where nobody is on call."""
    return [
        Gap(name, shift.start, shift.end)
        for name, on_it in rota.items()
        for shift in on_it
        if not shift.people
    ]


def of_person(rota: Rota, person: str) -> dict[str, list[Shift]]:
    """A person's shifts on each schedule they are on; what follows without a break is one."""
    found: dict[str, list[Shift]] = {}
    for name, on_it in rota.items():
        for shift in on_it:
            if person not in shift.people:
                continue
            own = found.setdefault(name, [])
            if own and own[-1].end == shift.start:
                own[-1] = replace(own[-1], end=shift.end)
            else:
                own.append(Shift(shift.start, shift.end, (person,)))
    return found


def time_on_call(rota: Rota, person: str) -> timedelta:
    """How long a person is on call; on several schedules at once, it counts once."""
    stretches = sorted((each.start, each.end) for own in of_person(rota, person).values() for each in own)
    total, reached = timedelta(), None
    for start, end in stretches:
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
            reached = end
    return total
