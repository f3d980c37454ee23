"""Jobs on the wall clock: APScheduler wakes us for the next one, and whenever the clock jumps."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.context import Context
from bot.jobs.routine import Routine, next_time
from bot.jobs.service import look
from bot.playbook import Playbook
from bot.timetable import routines

log = structlog.get_logger()

# A playbook read anew is noticed within this, a failed job tried again, a suspended machine's clock read.
LOOK_AGAIN = timedelta(seconds=30)
# What fell due, or was jumped over, just as a look ended: APScheduler wants an instant that is still to come.
AT_ONCE = timedelta(milliseconds=5)
NEVER = datetime.max.replace(tzinfo=UTC)
EVER = datetime.min.replace(tzinfo=UTC)


class Clockwork:
    """Looks when a job is due by the bot's own clock, which in a simulation is not the machine's."""

    def __init__(self, context: Context, scheduler: AsyncIOScheduler) -> None:
        self._context = context
        self._scheduler = scheduler
        self._playbook: Playbook | None = None
        self._routines: dict[str, Routine] = {}
        self._next: dict[str, datetime] = {}
        self._again: set[str] = set()
        self._looking = False
        self._failed = False
        self._job: Job | None = None
        self._jumps: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look at once, for what was missed, and from then on whenever something is due."""
        self._job = self._scheduler.add_job(
            self._look,
            NextDue(self),
            id="routines",
            coalesce=True,
            max_instances=1,
            # However late the machine wakes us: what is due is decided here, not there.
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
        self._jumps = asyncio.create_task(self._follow_jumps(), name="clock-jumps")

    async def stop(self) -> None:
        if self._jumps is not None:
            self._jumps.cancel()
            await asyncio.gather(self._jumps, return_exceptions=True)

    @property
    def next_at(self) -> datetime | None:
        """When the next routine is due; in the past until it was run. None: none is known."""
        if self._playbook is None:
            # Nobody has looked yet, and what was missed is due.
            return EVER
        first = min(self._next.values(), default=NEVER)
        return first if first < NEVER else None

    def wait(self) -> timedelta:
        """How long until there is something to do."""
        # The end of a look winds us anew; after a failure the same at once would fail as well.
        first = min((at for name, at in self._next.items() if name not in self._again), default=None)
        if first is None or self._looking or self._failed:
            return LOOK_AGAIN
        return min(max(first - self._context.clock.now(), AT_ONCE), LOOK_AGAIN)

    async def _look(self) -> None:
        self._looking, self._failed = True, False
        try:
            await self._run_what_is_due()
        except Exception:  # the loop's edge: whatever it was, the clock ticks on
            log.exception("clockwork_failed")
            self._failed = True
        self._looking = False
        if self._job is not None:
            self._job.reschedule(NextDue(self))

    async def _run_what_is_due(self) -> None:
        self._again = set()
        self._read_playbook()
        # The instant before the look: what falls due during it is found by the next turn of the loop.
        now = self._context.clock.now()
        while names := self._due(now) - self._again:
            self._again |= await look(self._context, [self._routines[name] for name in sorted(names)])
            self._wind(names - self._again, now)
            now = self._context.clock.now()

    def _read_playbook(self) -> None:
        playbook = self._context.playbook.current
        if playbook is not self._playbook:
            self._routines = {routine.name: routine for routine in routines(playbook)}
            # Also those not due now: they may have been while nobody was looking.
            self._next = dict.fromkeys(self._routines, EVER)
            self._playbook = playbook

    def _due(self, now: datetime) -> set[str]:
        return {name for name, at in self._next.items() if at <= now}

    def _wind(self, names: set[str], after: datetime) -> None:
        for name in names:
            time = next_time(self._routines[name], after + timedelta(microseconds=1))
            self._next[name] = time.at if time is not None else NEVER

    async def _follow_jumps(self) -> None:
        while True:
            await self._context.clock.wait_until(None, asyncio.Event())
            if self._job is not None:
                self._job.modify(next_run_time=datetime.now(UTC))


class NextDue(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """When the machine's clock shows what the bot's clock shows as a job falls due."""

    def __init__(self, clockwork: Clockwork) -> None:
        self._clockwork = clockwork

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """APScheduler asks; always after `now`."""
        return now + self._clockwork.wait()
