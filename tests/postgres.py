"""The scenarios on PostgreSQL: `WATCHBILL_TEST_DATABASE=postgresql pytest tests/scenarios`."""

import itertools
import os

import asyncpg
from sqlalchemy import make_url

# The address of this process's server; None where bots keep to their SQLite files.
server: str | None = None
_numbers = itertools.count()


def is_wanted() -> bool:
    """Whether the scenarios' bots are to live on PostgreSQL."""
    return os.environ.get("WATCHBILL_TEST_DATABASE") == "postgresql"


async def new_database() -> str:
    """The address of an empty database for one bot; gone with the server."""
    assert server is not None
    name = f"world_{next(_numbers)}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
