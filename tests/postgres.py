"""The scenarios on PostgreSQL: `WATCHBILL_TEST_DATABASE=postgresql pytest tests/scenarios`."""

import itertools
import os

import asyncpg
from sqlalchemy import make_url

from bot.db import Database, migrate

# The address of this process's server; None where bots keep to their SQLite files.
server: str | None = None
_numbers = itertools.count()
TEMPLATE = "with_tables"
# The addresses of the servers that have it.
_with_tables: set[str] = set()


def is_wanted() -> bool:
    """Whether the scenarios' bots are to live on PostgreSQL."""
    return os.environ.get("WATCHBILL_TEST_DATABASE") == "postgresql"


async def new_database() -> str:
    """The address of a database with all tables and nothing in them, for one bot; gone with the server."""
    assert server is not None
    return await copied(server, f"world_{next(_numbers)}")


async def copied(of: str, name: str) -> str:
    """The address of a new database of the server at `of`; migrating each anew is most of a world's cost."""
    connection = await asyncpg.connect(of)
    try:
        if of not in _with_tables:
            # Nobody pulls the plug on a test server, and syncing is most of what creating a database costs.
            await connection.execute("ALTER SYSTEM SET fsync = off")
            await connection.execute("SELECT pg_reload_conf()")
            await connection.execute(f"CREATE DATABASE {TEMPLATE}")
            await _migrate(_url(of, TEMPLATE))
            _with_tables.add(of)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    finally:
        await connection.close()
    return _url(of, name)


async def _migrate(url: str) -> None:
    database = await Database.open(url)
    try:
        await migrate(database)
    finally:
        await database.close()


def _url(of: str, name: str) -> str:
    return make_url(of).set(database=name).render_as_string(hide_password=False)
