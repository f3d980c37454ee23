"""How many answers of a probe were good: counted by the database, for a month of them is many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks import store
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
