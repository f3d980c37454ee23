"""`Database`: transactions that write, snapshots that read, and nothing else."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from typing import Literal, Self

import asyncpg
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.engines import (
    LET_GO_AFTER,
    POSTGRES_CONNECTIONS,
    address,
    postgres_engine,
    sqlite_engine,
    sqlite_file,
)
from bot.db.lock import LockFile
from bot.errors import ConfigError

# Delivery has more hands than there are connections; whoever waits for an answer must find one free.
KEPT_FOR_ANSWERS = 4

_END_HUNG = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND application_name = 'watchbill'"
    " AND state = 'active' AND wait_event = 'ClientRead'"
    " AND greatest(query_start, state_change) < clock_timestamp() - :ms * interval '1 millisecond'"
)

_in_background: ContextVar[bool] = ContextVar("in_background", default=False)


def in_background() -> None:
    """From here on this task, and those it starts, leave some connections to those who wait for an answer."""
    _in_background.set(True)


class Unreachable(ConfigError):
    """Nobody answers at the database's address at present. It may be right all the same."""


class Database:
    """A database. Get one with `Database.open`; give it back with `close`.

    `Database.at` asks nobody yet, for a process that has something to do while the database is away.
    """

    def __init__(
        self, url: URL, *, writer: AsyncEngine, reader: AsyncEngine, lock: LockFile | None = None
    ) -> None:
        self.url = url
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if lock else "postgresql"
        self._writer = writer
        self._reader = reader
        self._lock = lock
        # SQLite takes one writer at a time. Waiting here is first come, first served and costs nothing;
        # waiting inside SQLite polls with growing sleeps.
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if lock else nullcontext()
        self._writing: set[asyncio.Task[object] | None] = set()
        self._background = asyncio.Semaphore(POSTGRES_CONNECTIONS - KEPT_FOR_ANSWERS)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the database at URL (`sqlite+aiosqlite:///file` or `postgresql://…`); tables are `migrate`'s.

        Raises `ConfigError` if the address is wrong, nobody answers there, or another process has the file.
        """
        database = cls.at(url)
        try:
            await database.reach()
        except ConfigError:
            await database.close()
            raise
        return database

    @classmethod
    def at(cls, url: str) -> Self:
        """The database at URL, which nobody has asked for anything yet.

        Raises `ConfigError` for what cannot be an address, or a file that another process has.
        """
        where = address(url)
        if where.get_backend_name() != "sqlite":
            pool = postgres_engine(where, role="pool")
            snapshots = pool.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return cls(where, writer=pool, reader=snapshots)
        file = sqlite_file(where)
        if not file.parent.is_dir():
            raise ConfigError(f"DATABASE_URL: there is no directory {file.parent}")
        lock = LockFile.take(file.with_name(f"{file.name}.lock"), str(file))
        where = where.set(database=str(file))
        writer, reader = sqlite_engine(where, role="writer"), sqlite_engine(where, role="reader")
        return cls(where, writer=writer, reader=reader, lock=lock)

    async def reach(self) -> None:
        """Ask it for a transaction.

        Raises `Unreachable` if nobody answers, `ConfigError` if it is not to be had like this at all.
        """
        try:
            async with self.write():
                pass
        except (DBAPIError, asyncpg.PostgresError, OSError, TypeError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            kind = Unreachable if self.dialect == "postgresql" and _is_away(error) else ConfigError
            raise kind(f"cannot open the database {self.url!r}: {reason}") from error

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed (and on disk) when the block ends, rolled back when it raises.

        Keep blocks short and free of anything but database work: on SQLite all other writers wait meanwhile.
        A block within a block of the same task is a `RuntimeError`; pass the connection on instead.
        """
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("write() within write() would wait for itself: pass the connection on")
        self._writing.add(task)
        try:
            async with self._turn, self._place(), self._writer.begin() as connection:
                yield connection
        finally:
            self._writing.discard(task)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent snapshot, read only. On SQLite it never waits for writers."""
        async with self._place(), self._reader.connect() as connection:
            yield connection

    async def end_hung(self) -> int:
        """End sessions whose process stopped between two parts of a statement; gives how many.

        asyncpg prepares a statement before it executes it. PostgreSQL has no limit for the time in between
        (before 17), and what such a transaction has locked stays locked, and is passed over, for ever.
        """
        if self.dialect == "sqlite":
            return 0
        async with self.read() as connection:
            ended = (await connection.execute(_END_HUNG, {"ms": int(LET_GO_AFTER)})).all()
        return len(ended)

    def _place(self) -> AbstractAsyncContextManager[None]:
        if self.dialect == "postgresql" and _in_background.get():
            return self._background
        return nullcontext()

    @asynccontextmanager
    async def migration(self) -> AsyncIterator[AsyncConnection]:
        """One transaction on a connection of its own that may take as long as it needs, for `migrate`."""
        if self.dialect == "sqlite":
            engine = sqlite_engine(self.url, role="migration")
        else:
            engine = postgres_engine(self.url, role="migration")
        async with self._turn, engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Close every connection and let the next process in."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock:
            self._lock.release()


def _is_away(error: Exception) -> bool:
    """Whether it may be there later as it stands: a host's name that does not exist is a slip of the pen."""
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN
    return isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
