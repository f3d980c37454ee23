"""Migrations on both databases: from nothing, from every earlier revision, and by several processes at once.

A revision that is no longer the newest has rows in `tests/db/seeds/REVISION.json`: what an installation of
that age might hold, as {"table": [{"column": value}]}, an instant as
{"instant": "2026-01-05T09:00:00+00:00"}, a day as {"day": "2026-01-05"} and a JSON value as {"json": …}.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Date, column, insert, inspect, select, table, text
from sqlalchemy.types import TypeEngine

from bot.db import Database, Json, UtcDateTime, migrate
from bot.db.migrate import newest_revision
from bot.db.revisions import alembic_config
from bot.db.tables import metadata
from bot.errors import ConfigError

ROOT = Path(__file__).parents[2]
SCRIPTS = ScriptDirectory.from_config(alembic_config())
EARLIER = [each.revision for each in reversed(list(SCRIPTS.walk_revisions()))][:-1]
MIGRATE = (
    "import asyncio, sys; from bot.db import Database, migrate\n"
    "async def main():\n"
    "    database = await Database.open(sys.argv[1])\n"
    "    await migrate(database)\n"
    "    await database.close()\n"
    "asyncio.run(main())"
)


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    database = await Database.open(empty_url)
    yield database
    await database.close()


async def shape(database: Database) -> dict[str, Any]:
    async with database.read() as connection:
        return await connection.run_sync(_shape)


def _shape(connection: Connection) -> dict[str, Any]:
    """All that can be seen of the tables, as plain values. Column order is left out: it may differ."""
    looking = inspect(connection)
    found: dict[str, Any] = {}
    for name in set(looking.get_table_names()) - {"alembic_version"}:
        indexes = looking.get_indexes(name)
        found[name] = {
            "columns": {each["name"]: _words(each, "comment") for each in looking.get_columns(name)},
            "primary key": _words(looking.get_pk_constraint(name)),
            "foreign keys": sorted(map(_words, looking.get_foreign_keys(name))),
            "unique": sorted(_words(each) for each in looking.get_unique_constraints(name)),
            "checks": sorted(_words(each) for each in looking.get_check_constraints(name)),
            "indexes": sorted(map(_words, indexes)),
        }
    if connection.dialect.name == "sqlite":
        counted = connection.scalars(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"))
        found["autoincrement"] = sorted(counted)
    return found


def _words(thing: Any, *without: str) -> str:
    """A reflected thing as text, types spelled as in SQL, so that equal things are equal."""
    if isinstance(thing, dict):
        parts = (f"{key}: {_words(thing[key])}" for key in sorted(thing) if key not in without)
        return "{" + ", ".join(parts) + "}"
    return str(thing)


async def test_migrated_tables_are_the_ones_the_code_describes(empty: Database, database: Database) -> None:
    await migrate(empty)
    assert await shape(empty) == await shape(database)


async def test_alembic_finds_nothing_left_to_migrate(empty: Database) -> None:
    """If this fails after a change to a store, a revision is missing: see CONTRIBUTING.md.

    Server defaults are left to the test above: Alembic takes DEFAULT '' on SQLite for a difference.
    """
    await migrate(empty)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, metadata))

    async with empty.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(empty: Database) -> None:
    await migrate(empty)
    before = await shape(empty)
    await migrate(empty)
    assert await shape(empty) == before


@pytest.mark.parametrize("revision", EARLIER)
async def test_an_earlier_database_arrives_with_its_rows(empty: Database, revision: str) -> None:
    seeds = json.loads((Path(__file__).parent / "seeds" / f"{revision}.json").read_text("utf-8"))
    await migrate(empty, revision)
    async with empty.write() as connection:
        for name, rows in seeds.items():
            for row in rows:
                await connection.execute(
                    insert(_table(name, row)).values({k: _value(v) for k, v in row.items()})
                )
    await migrate(empty)
    async with empty.read() as connection:
        for name, rows in seeds.items():
            kept = metadata.tables.get(name)
            if kept is None:
                continue
            found = [each._asdict() for each in (await connection.execute(select(kept))).all()]
            for row in rows:
                expected = {key: _value(value) for key, value in row.items() if key in kept.columns}
                assert any(expected == {key: each[key] for key in expected} for each in found), (name, row)


def _table(name: str, row: dict[str, Any]) -> Any:
    types: dict[str, TypeEngine[Any]] = {"instant": UtcDateTime(), "day": Date(), "json": Json()}
    columns = (
        column(key, types[next(iter(value))]) if isinstance(value, dict) else column(key)
        for key, value in row.items()
    )
    return table(name, *columns)


def _value(value: Any) -> Any:
    match value:
        case {"instant": written}:
            return datetime.fromisoformat(written)
        case {"day": written}:
            return date.fromisoformat(written)
        case {"json": inner}:
            return inner
        case _:
            return value


async def test_processes_that_start_together_migrate_once(empty_url: str, dialect: str) -> None:
    """On SQLite the lock file lets one in; on PostgreSQL all arrive, one by one."""
    count = 4 if dialect == "postgresql" else 1
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", MIGRATE, empty_url, cwd=ROOT
        )
        for _ in range(count)
    ]
    assert [await each.wait() for each in started] == [0] * count
    database = await Database.open(empty_url)
    try:
        async with database.read() as connection:
            context = await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_heads()
            )
        assert set(context) == set(SCRIPTS.get_heads())
    finally:
        await database.close()


async def test_a_database_from_a_newer_release_is_left_alone(empty: Database) -> None:
    await migrate(empty)
    async with empty.write() as connection:
        await connection.run_sync(lambda sync: MigrationContext.configure(sync)._ensure_version_table())
        await connection.execute(text("DELETE FROM alembic_version"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(ConfigError, match="newer release"):
        await migrate(empty)


async def test_revisions_form_one_line() -> None:
    assert len(SCRIPTS.get_heads()) <= 1


def test_the_newest_revision_is_told_without_asking_alembic() -> None:
    assert [newest_revision()] == SCRIPTS.get_heads()
