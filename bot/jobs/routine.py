"""What a job is, and when it is due: wall-clock cron in a zone, working days only where that is wanted."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due, Time
from bot.jobs.workdays import is_workday
from bot.playbook.timing import Country
from bot.walltime import instant, wall

# A time that clocks skip is moved to the end of the gap: at most a day (islands that crossed the date line).
LONGEST_GAP = timedelta(days=1)

Run = Callable[[Context, Transaction, Due], Awaitable[None]]


@dataclass(frozen=True)
class Routine:
    """A job: five-field `cron` on the wall clock of `zone`.

    `grace`: how late a missed run is still worth its while. `workdays`: not on weekends, nor on the days off
    of `holidays`.
    """

    name: str
    cron: str
    zone: ZoneInfo
    grace: timedelta
    run: Run
    workdays: bool = False
    holidays: Country | None = None

    @property
    def definition(self) -> str:
        """What decides when it is due; another one begins anew, with nothing to catch up."""
        days = f" workdays {self.holidays or ''}" if self.workdays else ""
        return f"{self.cron} {self.zone.key}{days}"


def times(routine: Routine, start: datetime, end: datetime) -> Iterator[Time]:
    """When the routine is due in [start, end), in order; two times on the wall never share an instant.

    A time that clocks skip is due at the first instant after the gap, together with what is due then anyway;
    of an hour that occurs twice only the first counts.
    """
    last: datetime | None = None
    # From before a gap that may lie at the start; cron counts from the second after.
    begin = wall(start - LONGEST_GAP, routine.zone) - timedelta(seconds=1)
    for local in CronSim(routine.cron, begin):
        if local > wall(end, routine.zone) + LONGEST_GAP:
            return
        if routine.workdays and not is_workday(local.date(), routine.holidays):
            continue
        at = instant(local, routine.zone)
        if at >= end:
            return
        if at >= start and at != last:
            yield Time(wall(at, routine.zone), at)
        last = at


def next_time(routine: Routine, after: datetime) -> Time | None:
    """The first time at or after an instant; None where there is none within five years."""
    return next(times(routine, after, after + timedelta(days=5 * 366)), None)
