"""The feed of what changed: wakes those who wait for a condition, and feeds the page's live streams."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.waking import Signal
from simulator.workspace.model import Message

# A stream that lags this far behind is ended; the page connects again and fetches afresh.
STREAM_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One visible change. `to` limits it to these people (None: whoever can see the channel, or all).

    `by` is who types, where somebody does.
    """

    kind: str
    channel: str | None = None
    message: Message | None = None
    to: frozenset[str] | None = None
    by: str | None = None


class Stream:
    """What one subscriber has not read yet. `ended` when it lagged too far or the server closes."""

    def __init__(self) -> None:
        self.pending: list[Change] = []
        self.ended = False
        self._signal = Signal()

    def push(self, change: Change) -> None:
        if len(self.pending) >= STREAM_LENGTH:
            self.end()
        else:
            self.pending.append(change)
            self._signal.give()

    def end(self) -> None:
        self.ended = True
        self._signal.give()

    async def take(self, within: float) -> list[Change]:
        """The pending changes, after waiting up to `within` real seconds for the first."""
        if not self.pending and not self.ended:
            await self._signal.wait(within)
        taken, self.pending = self.pending, []
        return taken


class Feed:
    """Publishes changes. `until` waits for a condition that is looked at again after each of them."""

    def __init__(self) -> None:
        self._signal = Signal()
        self._streams: set[Stream] = set()

    def publish(self, change: Change) -> None:
        for stream in self._streams:
            stream.push(change)
        self._signal.give()

    def wake(self) -> None:
        """Something changed that no page shows (a call was logged): look at the conditions again."""
        self._signal.give()

    @contextmanager
    def stream(self) -> Iterator[Stream]:
        stream = Stream()
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    def end(self) -> None:
        """End all streams: the server closes."""
        for stream in self._streams:
            stream.end()

    async def until(self, condition: Callable[[], object], within: float) -> bool:
        """True as soon as `condition()` is truthy; False after `within` real seconds."""
        deadline = time.monotonic() + within
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await self._signal.wait(left)
            await asyncio.sleep(0)  # let a burst of changes finish before looking again
        return True
