"""Engines set up for each database: from a DATABASE_URL to connections that behave."""

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import ConfigError

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
# Our writers queue in the process, so this is only ever waited for by a backup or a curious sqlite3 shell.
BUSY_TIMEOUT_MS = 5000
CONNECT_TIMEOUT_S = 10
# No query of ours takes seconds; a connection that went silent must not hold its work for ever.
COMMAND_TIMEOUT_S = 30


def address(url: str) -> URL:
    """Parse a DATABASE_URL and put in the driver. Raises `ConfigError`; its message never has the password."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("DATABASE_URL is not an address like postgresql://user@host/name") from error
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise ConfigError(
            f"DATABASE_URL begins with {parsed.drivername}://; "
            "what works is sqlite+aiosqlite:///watchbill.db or postgresql://user@host/name"
        )
    if driver == "sqlite+aiosqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("DATABASE_URL needs a file, for example sqlite+aiosqlite:///watchbill.db")
    parsed = parsed.set(drivername=driver)
    # Hosters hand out libpq's spelling; asyncpg takes the same words under another name.
    if "sslmode" in parsed.query:
        ssl = parsed.query["sslmode"]
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": ssl})
    return parsed


def sqlite_file(url: URL) -> Path:
    """The file behind a SQLite address, with links and `..` resolved so that two spellings are one file."""
    return Path(url.database or "").resolve()


def sqlite_engine(url: URL, *, role: Literal["writer", "reader", "migration"]) -> AsyncEngine:
    """An engine whose transactions begin as ROLE needs them.

    writer: one connection kept open, BEGIN IMMEDIATE. reader: snapshots that can write nothing.
    migration: foreign keys off, because rebuilding a table drops it, which would delete what refers to it.
    """
    pool: dict[str, Any] = {
        "writer": {"pool_size": 1, "max_overflow": 0},
        "reader": {"pool_size": 4, "max_overflow": 4},
        "migration": {"poolclass": NullPool},
    }[role]
    # isolation_level=None: Python's sqlite3 must not begin transactions of its own (it begins them late).
    arguments = {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_async_engine(url, connect_args=arguments, **pool)
    pragmas = (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        f"PRAGMA foreign_keys = {'OFF' if role == 'migration' else 'ON'}",
        f"PRAGMA query_only = {'ON' if role == 'reader' else 'OFF'}",
    )
    begin_statement = "BEGIN" if role == "reader" else "BEGIN IMMEDIATE"

    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin_statement)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def postgres_engine(url: URL, *, role: Literal["pool", "migration"]) -> AsyncEngine:
    """A pool for the bot's work; for a migration one connection that may take its time."""
    arguments: dict[str, Any] = {
        "timeout": CONNECT_TIMEOUT_S,
        "server_settings": {"application_name": "watchbill"},
    }
    if role == "migration":
        return create_async_engine(url, connect_args=arguments, poolclass=NullPool)
    return create_async_engine(
        url,
        connect_args=arguments | {"command_timeout": COMMAND_TIMEOUT_S},
        pool_size=5,
        max_overflow=10,
        # A restarted server costs a look at each checkout instead of a failed command for each old connection.
        pool_pre_ping=True,
    )
