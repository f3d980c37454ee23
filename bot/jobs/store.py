"""Which job ran for which wall-clock time, and up to when somebody looked."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Row, String, Table, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata
from bot.jobs.model import Look, Outcome, Run

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(200), primary_key=True),
    # The wall-clock time it was due at, "2026-11-20T16:00": once each, whatever the clocks do.
    Column("local_time", String(16), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("outcome", String(20), nullable=False),
)

job_looks = Table(
    "job_looks",
    metadata,
    Column("job", String(200), primary_key=True),
    # What decided when it is due. A job that is new, or due at other times from now on, has missed nothing.
    Column("definition", Text, nullable=False),
    Column("looked_until", UtcDateTime, nullable=False),
)


async def claim(connection: AsyncConnection, run: Run) -> bool:
    """Take a run; False: somebody has it. Another replica's claim is waited for until it commits or fails."""
    result = await connection.execute(
        insert(connection, job_runs)
        .values(
            job=run.job,
            local_time=run.local.isoformat(timespec="minutes"),
            due_at=run.at,
            claimed_at=run.claimed_at,
            outcome=run.outcome,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def looks(connection: AsyncConnection, jobs: Iterable[str]) -> dict[str, Look]:
    """Up to when each job's times were looked at; jobs nobody looked at yet are left out."""
    query = select(job_looks).where(job_looks.c.job.in_(list(jobs)))
    return {row.job: Look(row.definition, row.looked_until) for row in await connection.execute(query)}


async def begin(connection: AsyncConnection, job: str, look: Look) -> None:
    """From here on the job's times count."""
    values = {"definition": look.definition, "looked_until": look.until}
    await connection.execute(
        insert(connection, job_looks)
        .values(job=job, **values)
        .on_conflict_do_update(index_elements=["job"], set_=values)
    )


async def looked(connection: AsyncConnection, job: str, until: datetime) -> None:
    await connection.execute(
        update(job_looks)
        .where(job_looks.c.job == job, job_looks.c.looked_until < until)
        .values(looked_until=until)
    )


async def latest(connection: AsyncConnection, job: str, limit: int) -> list[Run]:
    """The last runs of a job, newest first, missed ones included."""
    query = select(job_runs).where(job_runs.c.job == job).order_by(job_runs.c.due_at.desc()).limit(limit)
    return [_run(row) for row in await connection.execute(query)]


async def forget_before(connection: AsyncConnection, at: datetime) -> None:
    """Drop the record of runs that were due before `at`."""
    await connection.execute(delete(job_runs).where(job_runs.c.due_at < at))


def _run(row: Row[tuple[object, ...]]) -> Run:
    columns = row._mapping
    return Run(
        columns["job"],
        datetime.fromisoformat(columns["local_time"]),
        columns["due_at"],
        columns["claimed_at"],
        Outcome(columns["outcome"]),
    )
