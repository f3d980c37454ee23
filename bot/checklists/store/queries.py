"""Keeping and finding runs and their answers."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checklists.model import Answer, Checked, Run, RunId, Scope, State
from bot.checklists.store.rows import in_seconds, item_as_json, read
from bot.checklists.store.tables import answers, checks, runs
from bot.db import UtcDateTime, insert


async def add(connection: AsyncConnection, run: Run) -> RunId:
    """Keep a run that begins; its id is the database's."""
    result = await connection.execute(
        runs.insert()
        .values(
            **asdict(run.scope),
            title=run.title,
            items=[item_as_json(item) for item in run.items],
            started_at=run.started_at,
            started_by=run.started_by,
            due_at=run.due_at,
            audience=run.audience,
            remind_after=in_seconds(run.remind_after),
            escalate_after=in_seconds(run.escalate_after),
            escalate_to=run.escalate_to,
            **_changing(run),
        )
        .returning(runs.c.id)
    )
    return RunId(result.scalar_one())


async def save(connection: AsyncConnection, run: Run) -> None:
    """Write what changes in a run; its answers are written one by one."""
    await connection.execute(update(runs).where(runs.c.id == run.id).values(**_changing(run)))


def _changing(run: Run) -> dict[str, Any]:
    return {
        "state": run.state,
        "asked_at": run.asked_at,
        "channel": run.channel,
        "user_group": run.group,
        "people": list(run.people),
        "prompted": list(run.prompted),
        "escalated_to": None if run.escalated_to is None else list(run.escalated_to),
        "done_at": run.done_at,
        "done_by": run.done_by,
        "closed_at": run.closed_at,
    }


async def find(connection: AsyncConnection, run: RunId) -> Run | None:
    return next(iter(await read(connection, select(runs).where(runs.c.id == run))), None)


async def lock(connection: AsyncConnection, run: RunId) -> Run | None:
    """As `find`, held until the transaction ends."""
    held = select(runs.c.id).where(runs.c.id == run).with_for_update()
    if (await connection.execute(held)).first() is None:
        return None
    return await find(connection, run)


async def unclosed(connection: AsyncConnection, scope: Scope) -> list[RunId]:
    """What the next run of this scope closes, held until the transaction ends."""
    query = select(runs.c.id).where(*_of(scope), runs.c.closed_at.is_(None)).order_by(runs.c.id)
    return [RunId(row.id) for row in await connection.execute(query.with_for_update())]


async def was_asked(connection: AsyncConnection, scope: Scope) -> bool:
    return (await connection.execute(select(runs.c.id).where(*_of(scope)).limit(1))).first() is not None


def _of(scope: Scope) -> list[ColumnElement[bool]]:
    return [runs.c[name].is_not_distinct_from(value) for name, value in asdict(scope).items()]


async def answered(connection: AsyncConnection, run: RunId, answer: Answer) -> bool:
    """Keep an answer; False: somebody else's came first."""
    result = await connection.execute(
        insert(connection, answers).values(run=run, **asdict(answer)).on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def take_back(connection: AsyncConnection, run: RunId, item: int, at: datetime) -> None:
    await connection.execute(
        update(answers)
        .where(answers.c.run == run, answers.c.item == item, answers.c.taken_back_at.is_(None))
        .values(taken_back_at=at)
    )


async def checked(connection: AsyncConnection, run: RunId, found: Checked) -> None:
    """Keep what a machine answered, in the place of what it answered before."""
    values = asdict(found)
    await connection.execute(
        insert(connection, checks)
        .values(run=run, **values)
        .on_conflict_do_update(index_elements=["run", "item"], set_=values)
    )


async def latest(
    connection: AsyncConnection, checklist: str | None, words: Sequence[str], limit: int
) -> list[Run]:
    """The last runs, newest first, of one checklist or all, in which all the words occur somewhere."""
    query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
    if checklist is not None:
        query = query.where(runs.c.checklist == checklist)
    for word in words:
        query = query.where(_mentions(f"%{_literally(word.lower())}%"))
    return await read(connection, query)


async def asked_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Run]:
    """Every run that began from `start` until before `end`, oldest first."""
    query = select(runs).where(runs.c.started_at >= start, runs.c.started_at < end)
    return await read(connection, query.order_by(runs.c.id))


def _mentions(pattern: str) -> ColumnElement[bool]:
    def like(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return func.lower(column).like(pattern, escape="\\")

    led_to = [
        literal(name) + cast(column, String)
        for name, column in (("FU-", answers.c.followup), ("INC-", answers.c.incident))
    ]
    said = [answers.c.text, answers.c.action, answers.c.by, *led_to]
    in_answers = exists().where(answers.c.run == runs.c.id, or_(*(like(each) for each in said)))
    in_checks = exists().where(
        checks.c.run == runs.c.id,
        or_(like(checks.c.evidence), like(checks.c.verdict), like(checks.c.measured)),
    )
    return or_(like(runs.c.title), like(runs.c.state), in_answers, in_checks)


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def last_done(connection: AsyncConnection, checklist: str) -> datetime | None:
    """When it was last completed."""
    query = select(func.max(runs.c.done_at, type_=UtcDateTime())).where(
        runs.c.checklist == checklist, runs.c.state == State.DONE
    )
    at: datetime | None = await connection.scalar(query)
    return at


async def open_ones(connection: AsyncConnection) -> list[Run]:
    """Those that wait for answers, oldest first."""
    query = select(runs).where(runs.c.state == State.OPEN).order_by(runs.c.id)
    return await read(connection, query)
