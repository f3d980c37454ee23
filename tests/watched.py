"""A site that probes ask, which answers what a test wants."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

# Real seconds; the machine may be busy.
PATIENCE = 60.0


class Site:
    """What the checks ask: each path answers 200 until it is told otherwise."""

    def __init__(self) -> None:
        self.url = ""
        self.bad: set[str] = set()
        self.bodies: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self._questions = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path.strip("/")
        async with self._questions:
            self.asked[path] += 1
            self._questions.notify_all()
        if path in self.bad:
            return web.Response(status=503, text="password=hunter2 is what the database said")
        return web.Response(text=self.bodies.get(path, "fine"))

    async def until_asked(self, wanted: Mapping[str, int]) -> None:
        """Wait until each path was asked that often."""

        def enough() -> bool:
            return all(self.asked[path] >= often for path, often in wanted.items())

        try:
            async with asyncio.timeout(PATIENCE), self._questions:
                await self._questions.wait_for(enough)
        except TimeoutError:
            raise AssertionError(f"wanted {wanted}, had {self.asked}") from None


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    site = Site()
    application = web.Application()
    application.router.add_get("/{path}", site.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()
