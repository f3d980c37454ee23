"""What people chose for themselves, and the test pages they sent."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, String, Table, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts.model import Rule
from bot.contacts.trial import Trial, TrialId, TrialState
from bot.db import BigId, Json, UtcDateTime, insert, metadata
from bot.model import UserId

# A row is a rule somebody chose in Slack; it goes before the playbook's. No row: the playbook's.
preferences = Table(
    "preferences",
    metadata,
    Column("person", String(200), primary_key=True),
    Column("rule", Json, nullable=False),
    Column("chosen_at", UtcDateTime, nullable=False),
)

trials = Table(
    "trials",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person", String(200), nullable=False, index=True),
    Column("user", String(32), nullable=False),
    Column("method", String(80), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("said", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    sqlite_autoincrement=True,
)


async def keep_rule(connection: AsyncConnection, person: str, rule: Rule, now: datetime) -> None:
    values = {"rule": rule.as_json(), "chosen_at": now}
    await connection.execute(
        insert(connection, preferences)
        .values(person=person, **values)
        .on_conflict_do_update(index_elements=["person"], set_=values)
    )


async def forget_rule(connection: AsyncConnection, person: str) -> None:
    await connection.execute(delete(preferences).where(preferences.c.person == person))


async def rule_of(connection: AsyncConnection, person: str) -> Rule | None:
    row = (await connection.execute(select(preferences.c.rule).where(preferences.c.person == person))).first()
    return Rule.from_json(row.rule) if row else None


async def rules(connection: AsyncConnection) -> dict[str, Rule]:
    """Everybody's who chose one."""
    return {row.person: Rule.from_json(row.rule) for row in await connection.execute(select(preferences))}


async def add_trial(connection: AsyncConnection, trial: Trial) -> Trial:
    """Keep a new test page; its id is the database's."""
    values = {
        "person": trial.person,
        "user": trial.user,
        "method": trial.method,
        "made_at": trial.made_at,
        "state": trial.state,
        "said": trial.said,
        "ended_at": trial.ended_at,
    }
    result = await connection.execute(trials.insert().values(values).returning(trials.c.id))
    return replace(trial, id=TrialId(result.scalar_one()))


async def find_trial(connection: AsyncConnection, trial: TrialId) -> Trial | None:
    row = (await connection.execute(select(trials).where(trials.c.id == trial))).first()
    return _trial(row) if row else None


async def is_waiting(connection: AsyncConnection, person: str, method: str, after: datetime) -> bool:
    """Whether a test page made since `after` is still on its way."""
    query = select(trials.c.id).where(
        trials.c.person == person,
        trials.c.method == method,
        trials.c.state == TrialState.WAITING,
        trials.c.made_at > after,
    )
    return (await connection.execute(query)).first() is not None


async def end_trial(
    connection: AsyncConnection, trial: Trial, state: TrialState, said: str, now: datetime
) -> bool:
    """Give a test page its next state; False where it is no longer in the state of `trial`."""
    result = await connection.execute(
        update(trials)
        .where(trials.c.id == trial.id, trials.c.state == trial.state)
        .values(state=state, said=said, ended_at=now)
    )
    return bool(result.rowcount)


async def ended_trials(connection: AsyncConnection, after: datetime) -> list[Trial]:
    """Every test page since then that came to an end, oldest first."""
    query = select(trials).where(trials.c.ended_at > after).order_by(trials.c.ended_at, trials.c.id)
    return [_trial(row) for row in await connection.execute(query)]


async def forget_trials(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(trials).where(trials.c.made_at < before))


def _trial(row: Row[Any]) -> Trial:
    columns = row._mapping
    return Trial(
        TrialId(columns["id"]),
        columns["person"],
        UserId(columns["user"]),
        columns["method"],
        columns["made_at"],
        TrialState(columns["state"]),
        columns["said"],
        columns["ended_at"],
    )
