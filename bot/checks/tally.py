"""How many answers of a probe were good: counted by the database, for a month of them is many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks import store
from bot.checks.model.figures import Hour
from bot.checks.model.result import Verdict
from bot.db import Database

_GOOD = (str(Verdict.OK), str(Verdict.WARN))


@dataclass(frozen=True)
class Tally:
    """Answers: `good` ones did not fail and were soon enough; `unknown` ones say neither.

    `exact`: counted from samples, not from the hours that are left of them.
    """

    good: int = 0
    bad: int = 0
    unknown: int = 0
    exact: bool = True

    @property
    def n(self) -> int:
        """Answers that say something."""
        return self.good + self.bad

    def plus(self, other: "Tally") -> "Tally":
        return Tally(
            self.good + other.good,
            self.bad + other.bad,
            self.unknown + other.unknown,
            self.exact and other.exact,
        )


async def tallies(
    database: Database, check: str, edges: Sequence[datetime], under: float | None
) -> list[Tally]:
    """A tally for each stretch between neighbouring edges; an edge belongs to the stretch after it.

    `under`: the largest value that is good, in its base unit; None where the verdict alone counts.
    """
    async with database.read() as connection:
        return [
            _fuller(
                await _of_samples(connection, check, start, end, under),
                await _of_hours(connection, check, start, end, under),
            )
            for start, end in pairwise(edges)
        ]


def _fuller(samples: Tally, hours: Tally) -> Tally:
    # Where a part of the samples was forgotten already, the hours know more.
    return hours if hours.n + hours.unknown > samples.n + samples.unknown else samples


async def _of_samples(
    connection: AsyncConnection, check: str, start: datetime, end: datetime, under: float | None
) -> Tally:
    table = store.samples.c
    good: ColumnElement[bool] = table.verdict.in_(_GOOD)
    if under is not None:
        good = and_(good, func.coalesce(table.value, 0) <= under)
    unknown = table.verdict == str(Verdict.UNKNOWN)
    query = select(
        func.count().label("every"),
        func.sum(case((good, 1), else_=0)).label("good"),
        func.sum(case((unknown, 1), else_=0)).label("unknown"),
    ).where(table.check == check, table.at >= start, table.at < end)
    row = (await connection.execute(query)).one()
    kept, silent = int(row.good or 0), int(row.unknown or 0)
    return Tally(kept, int(row.every) - kept - silent, silent)


async def _of_hours(
    connection: AsyncConnection, check: str, start: datetime, end: datetime, under: float | None
) -> Tally:
    """Those that begin within. Which of the slow answers failed as well is forgotten: few are both."""
    table = store.sample_hours.c
    here = (table.check == check, table.start >= start, table.start < end)
    sums = [func.sum(each) for each in (table.ok, table.warn, table.fail, table.unknown)]
    ok, warn, fail, unknown = (
        int(n or 0) for n in (await connection.execute(select(*sums).where(*here))).one()
    )
    slow = 0
    if under is not None and ok + warn + fail:
        hours = await store.hours_of(connection, check, start, end)
        slow = sum(hour.value.above(under) for hour in hours)
    bad = min(ok + warn + fail, fail + slow)
    return Tally(ok + warn + fail - bad, bad, unknown, exact=False)


@dataclass(frozen=True)
class Mean:
    """Of a probe's values over a stretch, `n` of them."""

    n: int
    average: float
    most: float


async def means(database: Database, check: str, edges: Sequence[datetime]) -> list[Mean | None]:
    """As `tallies`: of each stretch the mean of its values; None where there were none.

    Of samples that were forgotten the hours tell, of which only the highest hourly mean is the most.
    """
    async with database.read() as connection:
        return [
            await _mean_of_samples(connection, check, start, end)
            or _mean_of_hours(await store.hours_of(connection, check, start, end))
            for start, end in pairwise(edges)
        ]


async def _mean_of_samples(
    connection: AsyncConnection, check: str, start: datetime, end: datetime
) -> Mean | None:
    table = store.samples.c
    query = select(func.count(table.value), func.avg(table.value), func.max(table.value))
    row = (
        await connection.execute(query.where(table.check == check, table.at >= start, table.at < end))
    ).one()
    return Mean(int(row[0]), float(row[1]), float(row[2])) if row[0] else None


def _mean_of_hours(hours: Sequence[Hour]) -> Mean | None:
    n = sum(hour.value.n for hour in hours)
    if not n:
        return None
    averages = [hour.value.average for hour in hours if hour.value.average is not None]
    return Mean(n, sum(hour.value.total for hour in hours) / n, max(averages))


async def last_value(
    database: Database, check: str, start: datetime, end: datetime
) -> tuple[datetime, float] | None:
    """The newest value of a stretch, while samples are kept, and when it was measured."""
    table = store.samples.c
    query = select(table.at, table.value).where(
        table.check == check, table.at >= start, table.at < end, table.value.is_not(None)
    )
    async with database.read() as connection:
        row = (await connection.execute(query.order_by(table.at.desc()).limit(1))).first()
    return (row.at, float(row.value)) if row else None
