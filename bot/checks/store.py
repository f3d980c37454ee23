"""Samples of probes, hours of them, what each probe said last, and troubles: tables and queries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks.model.figures import Counts, Hour, Sample, Spread
from bot.checks.model.result import Result, Verdict
from bot.checks.model.trouble import Trouble, TroubleId
from bot.db import BigId, Json, UtcDateTime, insert, metadata

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

probes = Table(
    "probes",
    metadata,
    Column("check", String(80), primary_key=True),
    # The newest time it was due at that somebody took: the row is the claim.
    Column("slot", UtcDateTime, nullable=False),
    Column("bad_since", UtcDateTime),
    Column("result", Json),
)

troubles = Table(
    "troubles",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("check", String(80), nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("again_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("verdict", String(8), nullable=False),
    Column("gravest", String(8), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("measured", Text, nullable=False),
    Column("link", Text),
    Column("times", Integer, nullable=False),
    Column("incident", Integer),
    Column("unwatched", Boolean, nullable=False),
    sqlite_autoincrement=True,
)


# Claims


async def claim(connection: AsyncConnection, due: Sequence[tuple[str, datetime]]) -> set[str]:
    """Take these probes for the times they are due at; gives those that nobody took before."""
    if not due:
        return set()
    wanted = insert(connection, probes).values([{"check": name, "slot": slot} for name, slot in sorted(due)])
    taken = wanted.on_conflict_do_update(
        index_elements=["check"],
        set_={"slot": wanted.excluded.slot},
        where=probes.c.slot < wanted.excluded.slot,
    ).returning(probes.c.check)
    return set((await connection.execute(taken)).scalars())


# Results


async def add_samples(connection: AsyncConnection, found: Iterable[Sample]) -> None:
    rows = [
        {"check": s.check, "at": s.at, "verdict": str(s.verdict), "value": s.value, "took": s.took}
        for s in found
    ]
    if rows:
        await connection.execute(insert(connection, samples).on_conflict_do_nothing(), rows)


async def bad_since(connection: AsyncConnection, names: Iterable[str]) -> dict[str, datetime | None]:
    """Since when each of these probes is not ok; held until the transaction ends."""
    query = select(probes.c.check, probes.c.bad_since).where(probes.c.check.in_(sorted(names)))
    rows = await connection.execute(query.order_by(probes.c.check).with_for_update())
    return {row.check: row.bad_since for row in rows}


async def forget_bad(connection: AsyncConnection, watched: Iterable[str]) -> None:
    """Whatever is not among these begins anew, should it be asked again."""
    others = probes.c.check.not_in(sorted(watched))
    await connection.execute(
        update(probes).where(others, probes.c.bad_since.is_not(None)).values(bad_since=None)
    )


_KEEP = (
    update(probes)
    .where(probes.c.check == bindparam("which"))
    .values(bad_since=bindparam("since"), result=bindparam("said"))
)


async def keep_results(connection: AsyncConnection, found: Iterable[tuple[Result, datetime | None]]) -> None:
    """What each probe said last, and since when it is not ok."""
    rows = [{"which": each.check, "since": since, "said": _written(each)} for each, since in found]
    if rows:
        await connection.execute(_KEEP, rows)


async def keep_answer(connection: AsyncConnection, result: Result) -> None:
    """What a check said that somebody asked; it is no sample of a probe."""
    row = {"check": result.check, "slot": result.at, "result": _written(result)}
    wanted = insert(connection, probes).values(row)
    await connection.execute(
        wanted.on_conflict_do_update(index_elements=["check"], set_={"result": wanted.excluded.result})
    )


async def last_results(connection: AsyncConnection) -> dict[str, Result]:
    """What each check said last, by its name."""
    rows = await connection.execute(select(probes.c.check, probes.c.result))
    return {row.check: _read(row.check, row.result) for row in rows if row.result is not None}


def _written(result: Result) -> dict[str, Any]:
    return {
        "verdict": str(result.verdict),
        "evidence": result.evidence,
        "at": result.at.isoformat(),
        "took": result.took,
        "value": result.value,
        "unit": result.unit,
        "link": result.link,
    }


def _read(check: str, written: dict[str, Any]) -> Result:
    at, verdict = datetime.fromisoformat(written["at"]), Verdict(written["verdict"])
    return Result(check, **{**written, "at": at, "verdict": verdict})


# Troubles


async def last_troubles(connection: AsyncConnection, names: Iterable[str]) -> dict[str, Trouble]:
    """The newest trouble of each of these checks."""
    newest = (
        select(func.max(troubles.c.id)).where(troubles.c.check.in_(sorted(names))).group_by(troubles.c.check)
    )
    rows = await connection.execute(select(troubles).where(troubles.c.id.in_(newest)))
    return {row.check: _trouble(row) for row in rows}


async def open_troubles(connection: AsyncConnection) -> list[Trouble]:
    rows = await connection.execute(select(troubles).where(troubles.c.ended_at.is_(None)))
    return [_trouble(row) for row in rows]


async def troubles_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Trouble]:
    """Those that began or came back from `start` until before `end`, oldest first."""
    query = select(troubles).where(troubles.c.again_at >= start, troubles.c.began_at < end)
    return [_trouble(row) for row in await connection.execute(query.order_by(troubles.c.id))]


async def find_trouble(connection: AsyncConnection, number: TroubleId) -> Trouble | None:
    row = (await connection.execute(select(troubles).where(troubles.c.id == number))).first()
    return _trouble(row) if row else None


async def set_incident(connection: AsyncConnection, number: TroubleId, incident: int) -> None:
    await connection.execute(update(troubles).where(troubles.c.id == number).values(incident=incident))


async def keep_trouble(connection: AsyncConnection, trouble: Trouble) -> Trouble:
    """Write a trouble, except for its incident; a new one gets its id."""
    # The incident is declared meanwhile, and must not be forgotten by whoever read the trouble before.
    values = {name: getattr(trouble, name) for name in _TROUBLE if name != "incident"}
    values |= {"verdict": str(trouble.verdict), "gravest": str(trouble.gravest)}
    if trouble.id:
        await connection.execute(update(troubles).where(troubles.c.id == trouble.id).values(values))
        return trouble
    number = await connection.scalar(troubles.insert().values(values).returning(troubles.c.id))
    return replace(trouble, id=TroubleId(int(number or 0)))


_TROUBLE = [column.name for column in troubles.columns if column.name != "id"]


def _trouble(row: Row[Any]) -> Trouble:
    values = {name: getattr(row, name) for name in _TROUBLE}
    values |= {"verdict": Verdict(row.verdict), "gravest": Verdict(row.gravest)}
    return Trouble(id=TroubleId(row.id), **values)


# Figures


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


async def oldest_sample(connection: AsyncConnection, not_before: datetime | None = None) -> datetime | None:
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
