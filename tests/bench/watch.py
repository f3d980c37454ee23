"""Asking who is on call, as every page does."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.oncall.model import Every, Hours, Override, Rotation, Schedule, who
from tests.bench.figures import Figure, percentile

ASKED = 20_000
COVERS = 100
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NIGHT = Hours(frozenset(range(7)), clock_time(20), clock_time(8))
OFFICE = Hours(frozenset(range(5)), clock_time(9), clock_time(17, 30))


def busy_schedule() -> Schedule:
    """Five layers: around the clock, office hours, nights, months and three-hour turns."""
    starts = datetime(2024, 1, 1, 9, 0)  # noqa: DTZ001  A wall-clock time: the schedule has the zone.
    people = (("ana",), ("bo",), ("chen", "dee"))
    layers = (
        Rotation(people, Every(1, "weeks"), starts),
        Rotation(people, Every(1, "days"), starts, (OFFICE,)),
        Rotation(people, Every(2, "weeks"), starts, (NIGHT,)),
        Rotation(people, Every(1, "months"), starts, (OFFICE, NIGHT)),
        Rotation(people, Every(3, "hours"), starts, (NIGHT,)),
    )
    return Schedule("primary", ZoneInfo("America/New_York"), layers)


def covers(*, at_once: bool) -> list[Override]:
    """A hundred covers of up to twelve hours over two months, or all of them about the same week."""
    chance = Random(7)
    found = []
    for number in range(COVERS):
        begins = NOW + timedelta(hours=-84 if at_once else chance.randrange(-720, 720))
        ends = begins + (timedelta(days=7) if at_once else timedelta(hours=chance.randrange(1, 12)))
        by, instead_of = chance.sample(("ana", "bo", "chen", "dee", "eli"), 2)
        found.append(Override(begins, ends, (by,), instead_of, NOW - timedelta(days=60, minutes=-number)))
    return found


def _asked(schedule: Schedule, known: list[Override], within: timedelta) -> list[float]:
    chance = Random(3)
    taken = []
    for _ in range(ASKED):
        at = NOW + within * (chance.random() - 0.5)
        started = time.perf_counter()
        who(schedule, at, known)
        taken.append(time.perf_counter() - started)
    return taken


async def who_is_on_call(_: Path) -> list[Figure]:
    """Any instants of a week, asked again and again; then of two years, where most days are new to it."""
    schedule = busy_schedule()
    week = _asked(schedule, covers(at_once=False), timedelta(days=7))
    years = _asked(schedule, covers(at_once=False), timedelta(days=730))
    piled = _asked(schedule, covers(at_once=True), timedelta(days=7))
    p50 = percentile(week, 0.5)
    name = f"`who`, 5 layers and {COVERS} covers"
    return [
        Figure(f"{name}, p50 (p99)", _both(week), "", "< 50 µs", p50 < 50e-6),
        Figure(f"{name}, instants of two years, p50 (p99)", _both(years)),
        Figure(f"{name}, all of them in force at once, p50 (p99)", _both(piled)),
    ]


def _both(taken: list[float]) -> str:
    return f"{percentile(taken, 0.5) * 1e6:.0f} µs ({percentile(taken, 0.99) * 1e6:.0f} µs)"
