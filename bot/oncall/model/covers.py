"""Covers: who stands in for whom, as far as it is known at a time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Override:
    """A cover: `by` stand in for `instead_of`, or for everybody, from `start` to `end`.

    `made_at` and `removed_at` are when it became known and was taken back. A cover that was taken back
    still counts for the time during which it was in force.
    """

    start: datetime
    end: datetime
    by: tuple[str, ...]
    instead_of: str | None
    made_at: datetime
    removed_at: datetime | None = None


# One place on the watch: who has it by the rotation, then whoever stood in for the one before, the last of
# whom holds it now.
_Place = tuple[str, ...]


def known_covers(overrides: Iterable[Override], as_known_at: datetime | None) -> list[Override]:
    """The covers known at that instant (None: all), oldest first, cut to the time they were in force."""
    known = []
    for each in sorted(overrides, key=lambda each: each.made_at):
        if as_known_at is not None and each.made_at > as_known_at:
            continue
        removed_at = each.removed_at
        if removed_at is None or (as_known_at is not None and removed_at > as_known_at):
            known.append(each)
            continue
        start, end = max(each.start, each.made_at), min(each.end, removed_at)
        if start < end:
            known.append(Override(start, end, each.by, each.instead_of, each.made_at))
    return known


def covered(people: tuple[str, ...], at: datetime, overrides: Sequence[Override]) -> tuple[str, ...]:
    """`people` after the covers in force, oldest first.

    A cover takes the places that its person holds, and those in which somebody stands in for that person: so
    the newest wins, and whoever stands in can be covered in turn.
    """
    places: list[_Place] = [(person,) for person in people]
    for each in overrides:
        if each.start <= at < each.end:
            places = _cover(places, each)
    return tuple(dict.fromkeys(place[-1] for place in places))


def _cover(places: Sequence[_Place], override: Override) -> list[_Place]:
    absent = override.instead_of
    if absent is None:
        return [(*place, person) for place in places or [()] for person in override.by]
    found: list[_Place] = []
    for place in places:
        if absent not in place:
            found.append(place)
            continue
        # Who came after in this place stood in for somebody who is covered anew: they are free again.
        kept = place[: place.index(absent) + 1]
        found += [(*kept, person) for person in override.by]
    return found
