"""Engines set up for each database: from a DATABASE_URL to connections that behave."""

from functools import partial
from pathlib import Path
from typing import Any, Literal

import asyncpg
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.db.sqlite_writer import WriterConnection
from bot.db.types import SQLITE_BEGIN_WRITE
from bot.errors import ConfigError

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
# Our writers queue in the process, so this is only ever waited for by a backup or a curious sqlite3 shell.
BUSY_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 10
# No query of ours takes seconds; a connection that went silent must not hold its work for ever.
COMMAND_TIMEOUT_S = 30
# A replica that hangs in the middle of a transaction holds up the others no longer than this (milliseconds).
LET_GO_AFTER = "10000"
# As many as there are hands for pages; of a server's usual hundred, enough for several replicas.
POSTGRES_CONNECTIONS = 16
# A server that is there and takes nobody now: it is stopping, starting, or full. SQLAlchemy passes these on
# as they are; an OSError they are like any other way of not getting through.
NOT_NOW = (
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.PostgresConnectionError,
)
# An error tells its statement, and goes into logs and records: what people wrote stays out of them.
PRIVATE: dict[str, Any] = {"hide_parameters": True}
SQLITE_POOLS: dict[str, dict[str, Any]] = {
    "writer": {"pool_size": 1, "max_overflow": 0},
    "reader": {"pool_size": 4, "max_overflow": 4},
    "migration": {"poolclass": NullPool},
}


def address(url: str) -> URL:
    """Parse a DATABASE_URL and put in the driver.

    Raises `ConfigError`, whose message never has the password.
    """
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
    # isolation_level=None: Python's sqlite3 must not begin transactions of its own (it begins them late).
    arguments: dict[str, Any] = {"isolation_level": None, "timeout": BUSY_TIMEOUT_S}
    if role == "writer":
        arguments = {"async_creator_fn": partial(_sqlite_writer, str(sqlite_file(url)))}
    engine = create_async_engine(url, connect_args=arguments, **PRIVATE, **SQLITE_POOLS[role])
    pragmas = (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        f"PRAGMA foreign_keys = {'OFF' if role == 'migration' else 'ON'}",
        f"PRAGMA query_only = {'ON' if role == 'reader' else 'OFF'}",
    )
    begin_statement = "BEGIN" if role == "reader" else SQLITE_BEGIN_WRITE

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


async def _sqlite_writer(file: str, *_arguments: object, **_options: object) -> WriterConnection:
    """What SQLAlchemy calls in place of `aiosqlite.connect`, with arguments that are all decided here."""
    return await WriterConnection.open(file, busy_timeout_s=BUSY_TIMEOUT_S)


def postgres_engine(url: URL, *, role: Literal["pool", "migration"]) -> AsyncEngine:
    """A pool for the bot's work; for a migration one connection that may take its time."""
    settings = {"application_name": "watchbill"}
    arguments: dict[str, Any] = {
        "timeout": CONNECT_TIMEOUT_S,
        "server_settings": settings,
        "async_creator_fn": _postgres_connection,
    }
    if role == "migration":
        return create_async_engine(url, connect_args=arguments, poolclass=NullPool, **PRIVATE)
    settings["idle_in_transaction_session_timeout"] = LET_GO_AFTER
    engine = create_async_engine(
        url,
        connect_args=arguments | {"command_timeout": COMMAND_TIMEOUT_S},
        # Without overflow: that is closed after each use and opened for the next, a process of the server's.
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        **PRIVATE,
    )
    event.listen(engine.sync_engine, "checkout", _still_there)
    return engine


def _still_there(connection: Any, _record: object, _proxy: object) -> None:
    """A restarted server must not fail one command for each old connection.

    The end of a connection is heard of as it happens, so that nothing needs to be asked; asking, as
    `pool_pre_ping` does, costs three round trips each time, as much as what follows.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("the server closed the connection")


async def _postgres_connection(*arguments: Any, **options: Any) -> Any:
    """What SQLAlchemy calls in place of `asyncpg.connect`. Raises ConnectionError if not taken in."""
    try:
        return await asyncpg.connect(*arguments, **options)
    except NOT_NOW as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error
