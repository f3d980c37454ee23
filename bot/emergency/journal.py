"""What happens in an emergency, on disk before it happens: one JSON line for each event.

Beside the roster's file, one journal for each process: a process takes the first that nobody holds, and
whatever another one left behind.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import structlog
from pydantic import Field, TypeAdapter, ValidationError

from bot.emergency.model import Acknowledged, Emergency, Event, told

log = structlog.get_logger()

# More processes than this do not run beside each other on one machine's disk.
PROCESSES = 100

_line: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


class Journal:
    """An append-only file. Get one with `Journal.take`; give it back with `close`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor
        self._turn = asyncio.Lock()
        self._unwritten: list[bytes] = []

    @classmethod
    def take(cls, beside: Path) -> "tuple[Journal | None, dict[str, Emergency], dict[str, Acknowledged]]":
        """The journal of this process, and what is left to do of it and of those that nobody holds.

        None where none can be written: then there is the memory alone.
        """
        held = list(_held(beside))
        events = [event for _, descriptor in held for event in _read(descriptor)]
        pending, elsewhere = told(events)
        if not held:
            log.error("no_journal", beside=str(beside))
            return None, pending, elsewhere
        (path, descriptor), *others = held
        left = [event for each in pending.values() for event in each.events]
        if others:
            # First into ours and onto the disk, then out of theirs: nothing is lost in between.
            _append(descriptor, b"".join(_written(event) for event in [*left, *elsewhere.values()]))
        elif not left and not elsewhere:
            os.ftruncate(descriptor, 0)
        for _, other in others:
            os.ftruncate(other, 0)
            os.close(other)
        return cls(path, descriptor), pending, elsewhere

    async def add(self, events: Sequence[Event]) -> bool:
        """Write events and wait until they are on disk. False: they are not, and are tried again later."""
        async with self._turn:
            lines = [*self._unwritten, *(_written(event) for event in events)]
            if self._descriptor is None:
                return False
            try:
                await asyncio.to_thread(_append, self._descriptor, b"".join(lines))
            except OSError as error:
                log.error("journal_not_written", path=str(self.path), error=str(error))
                self._unwritten = lines
                return False
            self._unwritten = []
            return True

    async def empty(self) -> None:
        """Everything in it is in the database."""
        async with self._turn:
            self._unwritten = []
            if self._descriptor is not None:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, 0)

    def close(self) -> None:
        """Let go; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _held(beside: Path) -> Iterable[tuple[Path, int]]:
    """Journals that are ours now: all there are that nobody holds, or else the first that is not there."""
    found = 0
    for number in range(1, PROCESSES):
        path = beside.with_name(f"{beside.stem}.{number}.journal")
        if found and not path.exists():
            continue
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            log.error("journal_not_opened", path=str(path), error=error.strerror)
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        found += 1
        yield path, descriptor


def _read(descriptor: int) -> Iterable[Event]:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        for line in file:
            if not line.strip():
                continue
            try:
                yield _line.validate_json(line)
            except ValidationError:
                # The end of one that was being written when the machine went down.
                log.warning("journal_line_not_read", length=len(line))


def _written(event: Event) -> bytes:
    # The line end before it, too: what was torn off before must not take this one with it.
    return b"\n" + _line.dump_json(event) + b"\n"


def _append(descriptor: int, lines: bytes) -> None:
    while lines:
        lines = lines[os.write(descriptor, lines) :]
    os.fsync(descriptor)
