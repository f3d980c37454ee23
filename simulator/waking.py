"""Waking those who wait. The one primitive everything in the simulator waits with."""

import asyncio

# How long a wait for what an app does may take unless told otherwise, in real seconds. It ends with what it
# waits for, so this is only what an app on a busy machine is granted before it counts as having failed.
PATIENCE_SECONDS = 20.0


class Signal:
    """Wakes all who wait at the moment it is given. Nothing is remembered: check, then wait."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[bool]] = set()

    def give(self) -> None:
        """Wake everybody who waits now."""
        for future in self._waiting:
            _settle(future, True)

    async def wait(self, within: float | None = None) -> bool:
        """Wait for the next signal; False when `within` real seconds passed without one."""
        # Not asyncio.wait_for: in Python 3.11 it swallows a cancellation that meets a signal.
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        timer = None if within is None else loop.call_later(within, _settle, future, False)
        self._waiting.add(future)
        try:
            return await future
        finally:
            self._waiting.discard(future)
            if timer is not None:
                timer.cancel()


def _settle(future: asyncio.Future[bool], signalled: bool) -> None:
    if not future.done():
        future.set_result(signalled)
