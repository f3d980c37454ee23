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
        hours = await store.hours_of(connection, check, edges[0], edges[-1])
        return [
            _fuller(
                await _of_samples(connection, check, start, end, under),
                _of_hours([each for each in hours if start <= each.start < end], under),
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


def _of_hours(hours: Sequence[Hour], under: float | None) -> Tally:
    found = Tally(exact=False)
    for hour in hours:
        counts = hour.counts
        # Which of the slow ones failed as well is forgotten; few are both.
        slow = hour.value.above(under) if under is not None else 0
        bad = min(counts.n, counts.fail + slow)
        found = found.plus(Tally(counts.n - bad, bad, counts.unknown))
    return found
