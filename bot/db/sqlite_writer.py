"""The one connection that writes to SQLite: statements run in place, waiting is done in a thread.

aiosqlite hands every call to a thread, four times a statement, which costs far more than the statement
(figures: docs/adr/0001-sqlite-statements-in-place.md). What can take long is known: BEGIN IMMEDIATE waits for
a foreign process, COMMIT and ROLLBACK wait for the disk. Those go to the thread. In between the database is
ours, a statement waits for nobody, and the event loop is back in a few dozen microseconds.

SQLAlchemy's aiosqlite dialect takes these objects in place of aiosqlite's own (`async_creator_fn`).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from bot.db.types import SQLITE_BEGIN_WRITE


class WriterCursor:
    """As much of `aiosqlite.Cursor` as SQLAlchemy asks for."""

    arraysize = 1

    def __init__(self, connection: "WriterConnection", cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        if sql == SQLITE_BEGIN_WRITE:
            await self._connection.in_thread(lambda: self._cursor.execute(sql))
        else:
            self._cursor.execute(sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        self._cursor.executemany(sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class WriterConnection:
    """As much of `aiosqlite.Connection` as SQLAlchemy asks for."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        # SQLAlchemy looks at this name to see whether the connection is open.
        self._connection: sqlite3.Connection | None = connection
        self._thread = thread

    @classmethod
    async def open(cls, file: str, *, busy_timeout_s: float) -> Self:
        thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        connection = await asyncio.get_running_loop().run_in_executor(
            thread,
            # isolation_level None: the sqlite3 module begins no transactions of its own. The check for the
            # same thread goes because we move between two, never at once: each thread call is awaited.
            lambda: sqlite3.connect(
                file, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
            ),
        )
        return cls(connection, thread)

    def in_thread(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        """Run CALL after every earlier one, to its end even if the caller is cancelled meanwhile."""
        return asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, call))

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("connection closed")  # the words by which SQLAlchemy knows a lost connection
        return self._connection

    def cursor(self) -> WriterCursor:
        return WriterCursor(self, self._open.cursor())

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._open.create_function(*arguments, **options)

    async def commit(self) -> None:
        await self.in_thread(self._open.commit)

    async def rollback(self) -> None:
        if self._open.in_transaction:
            await self.in_thread(self._open.rollback)

    async def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            closed = self.in_thread(connection.close)
            self._thread.shutdown(wait=False)
            await closed

    def stop(self) -> None:
        """Close without waiting, for a caller that was cancelled while closing or is outside the loop."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._thread.submit(connection.close)
            self._thread.shutdown(wait=False)
