"""Going ahead in time on foot: what is due in between happens in its order, at its own time."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from simulator.clock import SimulatedClock

# Never further at once, so that what happens every few minutes leaves a trace of every hour.
LONGEST_STRIDE = timedelta(hours=1)
LONGEST_WALK = timedelta(days=400)
# How long a stride waits for the bot to be done, in seconds (a report with its pictures takes some, on a busy
# machine many); and once it was not, until it is again.
PATIENCE_S = 30.0
IMPATIENCE_S = 0.3
# How often the bot is asked meanwhile; and the rest between strides where there is nobody to ask.
ASK_EVERY_S = 0.015
REST_S = 0.1
ANSWER_WITHIN = aiohttp.ClientTimeout(total=3.0)


@dataclass(frozen=True)
class Told:
    """What the bot says at /readyz. `next_at`: when it has something to do next, as far as it says."""

    settled: bool
    next_at: datetime | None


class Walk:
    """Moves the clock in strides from one thing the bot has to do to the next, waiting until it is done.

    `bot_url` gives the address below which the bot answers /readyz, or None. What counts there, where it
    is told: `database` (false: it cannot tell), `backlog` (0: nothing is due), `now` (its clock), `next_at`
    (its next timer).
    """

    def __init__(
        self, clock: SimulatedClock, bot_url: Callable[[], str | None], patience_s: float = PATIENCE_S
    ) -> None:
        self._clock = clock
        self._bot_url = bot_url
        self._patience = patience_s
        self._task: asyncio.Task[None] | None = None

    def start(self, then: datetime) -> None:
        """Walk there in the background; a walk under way ends. ValueError for the past, or too far ahead."""
        if not timedelta() <= then - self._clock.now() <= LONGEST_WALK:
            raise ValueError(f"Choose a time from now on, at most {LONGEST_WALK.days} days ahead")
        self.stop()
        self._clock.heads_for(then)
        self._task = asyncio.create_task(self.to(then), name="walk")

    def stop(self) -> None:
        """Stay where the clock is now."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._clock.heads_for(None)

    async def to(self, then: datetime) -> None:
        """Walk to an instant, and return when the bot has done what is due there."""
        self._clock.heads_for(then)
        try:
            async with aiohttp.ClientSession(timeout=ANSWER_WITHIN) as session:
                patience = self._patience
                while True:
                    told = await self._settled(session, patience)
                    patience = self._patience if told.settled else IMPATIENCE_S
                    now = self._clock.now()
                    if told.settled and told.next_at is not None and told.next_at <= now:
                        continue  # fell due after the bot said so
                    if now >= then:
                        return
                    stops = [then, now + LONGEST_STRIDE]
                    if told.next_at is not None and told.next_at > now:
                        stops.append(told.next_at)
                    await self._clock.advance(min(stops) - now)
        finally:
            # Unless somebody has set out for another time meanwhile.
            if self._clock.heading_for == then:
                self._clock.heads_for(None)

    async def _settled(self, session: aiohttp.ClientSession, patience: float) -> Told:
        """Wait until nothing is due; not forever: where Slack is away, something always is."""
        url = self._bot_url()
        if url is None:
            await asyncio.sleep(REST_S)
            return Told(True, None)
        arrived, deadline = self._clock.now(), time.monotonic() + patience
        told = Told(False, None)
        while time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError):
                async with session.get(f"{url.rstrip('/')}/readyz") as response:
                    told = _told(await response.json(), arrived)
                if told.settled:
                    break
            await asyncio.sleep(ASK_EVERY_S)
        return told


def _told(said: Any, arrived: datetime) -> Told:
    if not isinstance(said, dict):
        raise TypeError("readiness is an object")
    now, next_at = _instant(said.get("now")) or arrived, _instant(said.get("next_at"))
    has_followed = now >= arrived and (next_at is None or next_at > arrived)
    is_done = bool(said.get("database", True)) and said.get("backlog", 0) == 0
    return Told(has_followed and is_done, next_at)


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
