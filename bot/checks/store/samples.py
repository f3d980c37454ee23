"""Samples of probes, the hours they add up to, and for how long they are kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, Integer, Row, String, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks.model.figures import Counts, Hour, Sample, Spread
from bot.checks.model.result import Verdict
from bot.checks.store.troubles import troubles
from bot.db import Json, UtcDateTime, insert, metadata

samples = Table(
    "samples",
    metadata,
    Column("check", String(80), primary_key=True),
    # When it was due: the same for every replica, so that each is taken once.
    Column("at", UtcDateTime, primary_key=True, index=True),
    Column("verdict", String(8), nullable=False),
    Column("value", Float),
    Column("took", Float, nullable=False),
)

sample_hours = Table(
    "sample_hours",
    metadata,
    Column("check", String(80), primary_key=True),
    Column("start", UtcDateTime, primary_key=True, index=True),
    Column("ok", Integer, nullable=False),
    Column("warn", Integer, nullable=False),
    Column("fail", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    # How durations and values were spread: {"n", "total", "counts"}.
    Column("took", Json, nullable=False),
    Column("value", Json, nullable=False),
)


async def add_samples(connection: AsyncConnection, found: Iterable[Sample]) -> None:
    rows = [
        {"check": s.check, "at": s.at, "verdict": str(s.verdict), "value": s.value, "took": s.took}
        for s in found
    ]
    if rows:
        await connection.execute(insert(connection, samples).on_conflict_do_nothing(), rows)


async def samples_of(connection: AsyncConnection, check: str, start: datetime, end: datetime) -> list[Sample]:
    """Oldest first; the end is not in it."""
    query = select(samples).where(samples.c.check == check, samples.c.at >= start, samples.c.at < end)
    return [_sample(row) for row in await connection.execute(query.order_by(samples.c.at))]


async def hours_of(connection: AsyncConnection, check: str, start: datetime, end: datetime) -> list[Hour]:
    """The hours that begin within; oldest first."""
    query = select(sample_hours).where(
        sample_hours.c.check == check, sample_hours.c.start >= start, sample_hours.c.start < end
    )
    return [_hour(row) for row in await connection.execute(query.order_by(sample_hours.c.start))]


async def oldest_sample(connection: AsyncConnection, not_before: datetime | None) -> datetime | None:
    query = select(func.min(samples.c.at))
    if not_before is not None:
        query = query.where(samples.c.at >= not_before)
    at: datetime | None = await connection.scalar(query)
    return at


async def newest_hour(connection: AsyncConnection) -> datetime | None:
    at: datetime | None = await connection.scalar(select(func.max(sample_hours.c.start)))
    return at


async def sampled(connection: AsyncConnection, start: datetime, end: datetime) -> list[str]:
    """The checks that have samples in a stretch."""
    query = select(samples.c.check).where(samples.c.at >= start, samples.c.at < end).distinct()
    return sorted((await connection.execute(query)).scalars())


async def samples_of_many(
    connection: AsyncConnection, checks: Sequence[str], start: datetime, end: datetime
) -> dict[str, list[Sample]]:
    """Oldest first."""
    found: dict[str, list[Sample]] = {}
    query = select(samples).where(samples.c.check.in_(checks), samples.c.at >= start, samples.c.at < end)
    for row in await connection.execute(query.order_by(samples.c.at)):
        found.setdefault(row.check, []).append(_sample(row))
    return found


async def add_hours(connection: AsyncConnection, hours: Iterable[Hour]) -> None:
    """Whoever writes an hour first, wrote it: another replica found the same."""
    rows = [
        {
            "check": hour.check,
            "start": hour.start,
            "ok": hour.counts.ok,
            "warn": hour.counts.warn,
            "fail": hour.counts.fail,
            "unknown": hour.counts.unknown,
            "took": _spread(hour.took),
            "value": _spread(hour.value),
        }
        for hour in hours
    ]
    if rows:
        await connection.execute(insert(connection, sample_hours).on_conflict_do_nothing(), rows)


async def forget(connection: AsyncConnection, *, samples_before: datetime, hours_before: datetime) -> None:
    """Troubles that are over are kept as long as hours are."""
    await connection.execute(delete(samples).where(samples.c.at < samples_before))
    await connection.execute(delete(sample_hours).where(sample_hours.c.start < hours_before))
    await connection.execute(delete(troubles).where(troubles.c.ended_at < hours_before))


def _sample(row: Row[Any]) -> Sample:
    return Sample(row.check, row.at, Verdict(row.verdict), row.value, row.took)


def _spread(spread: Spread) -> dict[str, Any]:
    return {"n": spread.n, "total": spread.total, "counts": dict(spread.counts or {})}


def _hour(row: Row[Any]) -> Hour:
    counts = Counts(row.ok, row.warn, row.fail, row.unknown)
    return Hour(row.check, row.start, counts, Spread(**row.took), Spread(**row.value))
