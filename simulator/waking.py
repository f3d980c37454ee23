"""Waking those who wait. The one primitive everything in the simulator waits with."""

import asyncio


class Signal:
    """Wakes all who wait at the moment it is given. Nothing is remembered: check, then wait."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def give(self) -> None:
        """Wake everybody who waits now."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, within: float | None = None) -> bool:
        """Wait for the next signal; False when `within` real seconds passed without one."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, within)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
