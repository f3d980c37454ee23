"""What being on call costs each person: pages, nights, weekends, interruptions. Pure counting."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.walltime import wall

# Night, on the clock of whoever is woken.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
SATURDAY = 5
# Whoever was just interrupted is interrupted once by what else comes within this.
ONE_INTERRUPTION = timedelta(minutes=10)


@dataclass(frozen=True)
class Load:
    """One person's load. A page on a Saturday night counts as both, night and weekend."""

    person: str
    pages: int
    night: int
    weekend: int
    interruptions: int
    on_call: timedelta


def loads(
    paged: Iterable[tuple[str, datetime]],
    on_call: Mapping[str, timedelta],
    zone_of: Callable[[str], ZoneInfo],
) -> list[Load]:
    """The load of everybody who was paged or on call, the heaviest first.

    `paged`: person and instant of each page; `on_call`: how long each was on call.
    """
    instants: dict[str, list[datetime]] = {person: [] for person, time_on in on_call.items() if time_on}
    for person, at in paged:
        instants.setdefault(person, []).append(at)
    found = [
        _load(person, sorted(pages), on_call.get(person, timedelta()), zone_of(person))
        for person, pages in instants.items()
    ]
    return sorted(found, key=lambda each: (-each.interruptions, -each.pages, -each.on_call, each.person))


def interruptions(pages: Iterable[datetime]) -> int:
    """How often somebody was interrupted by pages at these instants, in order.

    What comes within ten minutes of the page that began an interruption belongs to it.
    """
    count, began = 0, None
    for at in pages:
        if began is None or at - began > ONE_INTERRUPTION:
            count, began = count + 1, at
    return count


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether it is from 22:00 to 07:00 on the clock in `zone`."""
    shown = wall(at, zone).time()
    return shown >= NIGHT_BEGINS or shown < NIGHT_ENDS


def is_weekend(at: datetime, zone: ZoneInfo) -> bool:
    return wall(at, zone).weekday() >= SATURDAY


def _load(person: str, pages: list[datetime], on_call: timedelta, zone: ZoneInfo) -> Load:
    return Load(
        person,
        pages=len(pages),
        night=sum(is_night(at, zone) for at in pages),
        weekend=sum(is_weekend(at, zone) for at in pages),
        interruptions=interruptions(pages),
        on_call=on_call,
    )
