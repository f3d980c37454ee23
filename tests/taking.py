"""Taking a running bot's database away from it, on either database."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from tests import postgres
from tests.world import World


@contextmanager
def sqlite_taken_away(world: World) -> Iterator[None]:
    """Another process holds the file, as a backup gone wrong does."""
    file = Path(world.bot.environment["DATABASE_URL"].removeprefix("sqlite+aiosqlite:///"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@asynccontextmanager
async def taken_away(world: World) -> AsyncIterator[None]:
    """Nothing can be written for as long as the block lasts."""
    if postgres.server is None:
        with sqlite_taken_away(world):
            yield
        return
    name = make_url(world.bot.environment["DATABASE_URL"]).database
    admin = await asyncpg.connect(postgres.server)
    await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    try:
        yield
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()
