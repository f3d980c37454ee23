"""Socket Mode: two connections, so that one may be renewed while the other listens."""

import asyncio
import contextlib
from collections.abc import Sequence

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import metrics
from bot.slack.gateway import make_client

log = structlog.get_logger()

CONNECTIONS = 2
# Nothing at all for this long, not even for other apps' noise: some sockets stop delivering while their pings
# are still answered. Renewing one costs nothing, the other listens meanwhile.
SILENT_S = 600.0
LOOK_EVERY_S = 2.0


class Sockets:
    """Keeps the connections up; a dead or silent one is replaced."""

    def __init__(self, bolt: AsyncApp, app_token: str, api_url: str, *, silent_s: float = SILENT_S) -> None:
        """Must be made inside the running loop: the SDK starts its tasks at once."""
        self._silent_s = silent_s
        self._handlers = [
            AsyncSocketModeHandler(
                bolt, app_token, web_client=make_client(app_token, api_url), ping_interval=5
            )
            for _ in range(CONNECTIONS)
        ]
        self._heard = [0.0] * CONNECTIONS
        self._tasks: list[asyncio.Task[None]] = []
        for number, handler in enumerate(self._handlers):
            handler.client.on_message_listeners.append(self._listener(number))

    async def start(self) -> None:
        """Begin to connect; returns at once, for Slack may be away."""
        now = asyncio.get_running_loop().time()
        self._heard = [now] * CONNECTIONS
        self._tasks = [
            *(asyncio.create_task(_connect(handler)) for handler in self._handlers),
            asyncio.create_task(self._watch()),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for handler in self._handlers:
            with contextlib.suppress(OSError):
                await handler.client.close()  # type: ignore[no-untyped-call]

    async def up(self) -> int:
        """How many connections are up."""
        states: Sequence[bool] = [await handler.client.is_connected() for handler in self._handlers]
        return sum(states)

    def _listener(self, number: int):  # type: ignore[no-untyped-def]
        async def heard(_: WSMessage) -> None:
            self._heard[number] = asyncio.get_running_loop().time()

        return heard

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            metrics.SOCKETS.set(await self.up())
            for number, handler in enumerate(self._handlers):
                now = asyncio.get_running_loop().time()
                if now - self._heard[number] > self._silent_s:
                    log.warning("socket_silent", socket=number, seconds=round(now - self._heard[number]))
                    self._heard[number] = now
                    try:
                        await handler.client.connect_to_new_endpoint(force=True)
                    except Exception:  # the loop's edge: tried again when it has been silent as long again
                        log.exception("socket_not_renewed", socket=number)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.client.connect()  # type: ignore[no-untyped-call]
