"""Why somebody is on call: which layer, and which covers. Pure.

Made of the answers of `who` alone, so that a reason cannot disagree with what it explains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.oncall.cover import Cover
from bot.oncall.model import Schedule, who


@dataclass(frozen=True)
class Reason:
    """`layer` counts from 1; None where no layer has anybody. `planned`: who it would be without covers.

    `covers`: those that changed the answer, by their numbers, oldest first.
    """

    schedule: str
    people: tuple[str, ...]
    layer: int | None
    layers: int
    planned: tuple[str, ...]
    covers: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "schedule": self.schedule,
            "people": list(self.people),
            "layer": self.layer,
            "layers": self.layers,
            "planned": list(self.planned),
            "covers": list(self.covers),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reason":
        return cls(
            stored["schedule"],
            tuple(stored["people"]),
            stored["layer"],
            stored["layers"],
            tuple(stored["planned"]),
            tuple(stored["covers"]),
        )


def explain(schedule: Schedule, at: datetime, covers: Sequence[Cover]) -> Reason:
    """Who is on call at `at`, and why."""
    alone = [replace(schedule, layers=(layer,)) for layer in schedule.layers]
    on_duty = [number for number, layer in enumerate(alone, 1) if who(layer, at)]
    planned = people = who(schedule, at)
    changed = []
    known = sorted(covers, key=lambda each: each.override.made_at)
    for count, cover in enumerate(known, 1):
        then = who(schedule, at, [each.override for each in known[:count]])
        if then != people:
            changed.append(int(cover.id))
        people = then
    layer = on_duty[-1] if on_duty else None
    return Reason(schedule.name, people, layer, len(schedule.layers), planned, tuple(changed))
