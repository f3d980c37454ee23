"""What time it is, and waiting until it is later.

`SystemClock` is the machine's clock. `RemoteClock` follows one over HTTP and exists for simulation only: the
demo and the whole-process tests skip hours ahead, and everything that waits wakes and looks again.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import aiohttp
import structlog

from bot.walltime import instant

__all__ = ["Clock", "RemoteClock", "SystemClock", "instant"]

_log = structlog.get_logger(__name__)

# A simulator that restarts is back within a second; asking it more often than this only fills its log.
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
# The far side holds a question for up to 20 s; an answer that takes twice as long is lost.
_ANSWER_WITHIN = 40.0
# How late a timer may be on a machine that was suspended, in seconds.
_LONGEST_SLEEP = 30.0
# Not reachable, too slow, or something else answers at this address.
_AWAY = (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError, OverflowError)


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    async def wait_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        """Return at `instant` (None: never by itself), when `wake` is set, or when the clock jumped."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set():
            seconds = _seconds(instant, self.now())
            if seconds is not None and seconds <= 0:
                return
            # Timers run on the monotonic clock: they may end a moment early by this one, and they stand
            # still while the machine sleeps. Hence the loop, and the look now and then.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if seconds is None else min(seconds, _LONGEST_SLEEP)):
                    await wake.wait()


class RemoteClock:
    """The machine's clock plus an offset that somebody else decides (`GET url?after=version`).

    The answers are `{"now": …, "offset": seconds, "version": n}`; only a change of the offset is a jump.
    While the far side is away the last offset holds, and the question is asked again until it is back.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._offset = timedelta(0)
        self._version: int | None = None
        self._jumped = asyncio.Event()
        self._known = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def follow(cls, url: str) -> AsyncIterator["RemoteClock"]:
        """A clock that is followed for as long as the block runs."""
        clock = cls(url)
        await clock.start()
        try:
            yield clock
        finally:
            await clock.close()

    async def start(self, within: float = 5.0) -> None:
        """Begin to follow, and wait up to `within` seconds for the first reading.

        Without one the clock starts at the machine's time and jumps once the far side answers.
        """
        self._following = asyncio.create_task(self._follow(), name="remote clock")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._known.wait()

    async def close(self) -> None:
        """Stop following. Safe to call twice, and without a start."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait([self._following])
            self._following = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    async def wait_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        jumped = self._jumped
        while not (wake.is_set() or jumped.is_set()):
            seconds = _seconds(instant, self.now())
            if seconds is not None and seconds <= 0:
                return
            await _first_of(wake, jumped, within=seconds)

    async def _follow(self) -> None:
        pause = _FIRST_PAUSE
        timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                try:
                    news = await self._ask(session)
                except _AWAY as error:
                    # Without a version the next answer comes at once, from a restarted clock as well.
                    self._version = None
                    _log.debug("clock_away", url=self._url, error=repr(error), again_in=pause)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                pause = _FIRST_PAUSE
                if not news:
                    # A far side that does not hold the question must not be asked in a tight loop.
                    await asyncio.sleep(_FIRST_PAUSE)

    async def _ask(self, session: aiohttp.ClientSession) -> bool:
        """Ask once; True when the answer carries a version not seen before."""
        query = {} if self._version is None else {"after": str(self._version)}
        async with session.get(self._url, params=query) as response:
            response.raise_for_status()
            answer = await response.json(content_type=None)
        version, seconds = int(answer["version"]), float(answer["offset"])
        if not math.isfinite(seconds):
            raise ValueError("the clock's offset is not a number of seconds")
        news, self._version = version != self._version, version
        offset = timedelta(seconds=seconds)
        if offset != self._offset:
            self._offset = offset
            # Whoever waits holds the old event; whoever comes later waits for the next jump.
            jumped, self._jumped = self._jumped, asyncio.Event()
            jumped.set()
        self._known.set()
        return news


def _seconds(until: datetime | None, now: datetime) -> float | None:
    return None if until is None else (until - now).total_seconds()


async def _first_of(*events: asyncio.Event, within: float | None) -> None:
    """Return when any of the events is set, or after `within` seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
