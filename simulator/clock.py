"""The workspace's clock: the real one plus an offset that tests and the page move forward."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from simulator.errors import Json
from simulator.waking import Signal


class SimulatedClock:
    """Aware UTC instants. `version` counts the moves, so that followers can wait for the next one."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self.version = 1
        self.moved = Signal()
        self.on_move: Callable[[], None] = lambda: None
        # Where somebody is walking to, in strides; None while nobody is.
        self.heading_for: datetime | None = None
        self._released = False

    def now(self) -> datetime:
        """The workspace's instant, in UTC."""
        return datetime.now(UTC) + self.offset

    def seconds(self) -> float:
        """The workspace's instant as Unix seconds."""
        return time.time() + self.offset.total_seconds()

    async def advance(
        self,
        by: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Move forward and wake all who follow. ValueError when asked to go back."""
        step = (by or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError("The simulated clock only moves forward")
        self.offset += step
        self.version += 1
        self.moved.give()
        self.on_move()
        await asyncio.sleep(0)  # those who follow get their turn before the caller goes on

    def heads_for(self, then: datetime | None) -> None:
        """Tell those who look where the clock is going; None: nowhere."""
        if self.heading_for != then:
            self.heading_for = then
            self.on_move()

    async def moved_past(self, version: int, within: float) -> None:
        """Return as soon as `version` is behind, at the latest after `within` real seconds."""
        deadline = time.monotonic() + within
        while self.version <= version and not self._released and (left := deadline - time.monotonic()) > 0:
            await self.moved.wait(left)

    def release(self) -> None:
        """Let all who follow go: the server closes."""
        self._released = True
        self.moved.give()

    async def sleep_until(self, at: float) -> None:
        """Wait until the workspace's Unix seconds reach `at`, by time passing or by a move."""
        while (left := at - self.seconds()) > 0:
            await self.moved.wait(left)

    def as_json(self) -> Json:
        """The answer of GET /clock; `offset` in seconds."""
        return {
            "now": self.now().isoformat(),
            "offset": self.offset.total_seconds(),
            "version": self.version,
            "heading_for": self.heading_for.isoformat() if self.heading_for else None,
        }
