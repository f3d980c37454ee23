"""Keeps the roster fresh while the database answers."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.context import Context
from bot.db import DatabaseError
from bot.emergency import roster as rosters
from bot.emergency.roster import Name, Roster

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
# A burst of changes is one look.
NOT_SOONER_S = 0.5
READ_WITHIN_S = 5.0


class Keeping:
    """The roster in memory, and on disk for a restart."""

    def __init__(self, context: Context, file: Path) -> None:
        self._context = context
        self._file = file
        self.roster: Roster | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def known(self) -> Roster:
        """The last roster there is; one that knows of no covers where there is none."""
        return self.roster or Roster(self._context.clock.now())

    def load(self) -> None:
        """From the file, with the names of Slack's that it has."""
        self.roster = rosters.load(self._file)
        if self.roster is not None:
            names = {(each.kind, each.name): each.slack_id for each in self.roster.names}
            self._context.directory.recall(names)

    def start(self) -> None:
        """The database is there: look now, each minute, and whenever something may have changed."""
        self._task = asyncio.create_task(self._keep(), name="roster")

    def look(self) -> None:
        """Something may have changed."""
        self._changed.set()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        written: Roster | None = None
        while True:
            self._changed.clear()
            now = self._context.clock.now()
            try:
                written = await self._refresh(now, written)
            except (DatabaseError, OSError) as error:
                # Old, and better than none; its age is told when it is used.
                log.warning("roster_not_refreshed", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(NOT_SOONER_S)
            await self._context.clock.wait_until(now + EVERY, self._changed)

    async def _refresh(self, now: datetime, written: Roster | None) -> Roster:
        """Read it, and write it where it changed or a minute has gone; gives what is in the file."""
        async with asyncio.timeout(READ_WITHIN_S), self._context.queue.database.read() as connection:
            fresh = await rosters.read(connection, self._context.playbook.current, now)
        known = self._context.directory.names()
        names = tuple(Name(kind, name, slack_id) for (kind, name), slack_id in sorted(known.items()))
        self.roster = replace(fresh, names=names)
        is_recent = written is not None and now - written.known_at < EVERY
        if written is not None and is_recent and replace(self.roster, known_at=written.known_at) == written:
            return written
        await asyncio.to_thread(rosters.save, self._file, self.roster)
        return self.roster
