"""What each probe said last, and who takes it when it is due."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checks.model.result import Result, Verdict
from bot.db import Json, UtcDateTime, insert, metadata

probes = Table(
    "probes",
    metadata,
    Column("check", String(80), primary_key=True),
    # The newest time it was due at that somebody took: the row is the claim.
    Column("slot", UtcDateTime, nullable=False),
    Column("bad_since", UtcDateTime),
    Column("result", Json),
)


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
