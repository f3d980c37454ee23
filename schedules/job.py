"""The ticking clock: APScheduler in memory. What it starts is safe to start twice."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.context import Context

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Runs every `seconds`, on every replica; `at_start`: the first time at once."""

    name: str
    seconds: int
    run: Callable[[Context], Awaitable[None]]
    at_start: bool = False


def scheduler(context: Context, jobs: Sequence[Job], ran_well: Callable[[str], None]) -> AsyncIOScheduler:
    """A scheduler with the jobs in it, not started yet. Raises RuntimeError for two of one name.

    `ran_well` hears the name of each job that ran without failing.
    """
    names = [job.name for job in jobs]
    if len(set(names)) != len(names):
        raise RuntimeError(f"two jobs of one name among {', '.join(names)}")
    ticking = AsyncIOScheduler(timezone="UTC")
    for job in jobs:
        trigger = IntervalTrigger(seconds=job.seconds, timezone="UTC")
        # Without a time given, APScheduler waits one interval before the first run.
        first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
        ticking.add_job(
            _run, trigger, (context, job, ran_well), id=job.name, coalesce=True, max_instances=1, **first
        )
    return ticking


async def _run(context: Context, job: Job, ran_well: Callable[[str], None]) -> None:
    try:
        await job.run(context)
        ran_well(job.name)
    except Exception:  # the loop's edge: one failed run must not end the job
        log.exception("job_failed", job=job.name)
