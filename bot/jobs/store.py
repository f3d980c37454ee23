"""Which job ran for which wall-clock time: the row is the claim."""

from sqlalchemy import Column, String, Table

from bot.db import UtcDateTime, metadata

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
