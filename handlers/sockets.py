"""Socket Mode: two connections, so that one may be renewed while the other listens."""

import asyncio
import contextlib
from collections.abc import Sequence

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import metrics
from bot.slack.gateway import make_client

log = structlog.get_logger()

CONNECTIONS = 2
# Nothing at all for this long, not even for other apps' noise: some sockets stop delivering while their pings
# are still answered. Renewing one costs nothing, the other listens meanwhile.
SILENT_S = 600.0
LOOK_EVERY_S = 2.0
# The SDK goes on trying the address it was given, which is good for one connection and half a minute.
ADDRESS_GOOD_S = 10.0
# Slack asks a connection to go after hours, and closes it within ten seconds or so.
JUST_RENEWED_S = 1.0
# Longer than any request takes to be answered (see door.py).
FINISH_WITHIN_S = 3.0


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
        self._down_since: list[float | None] = [None] * CONNECTIONS
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False
        self._in_hand: set[asyncio.Task[None] | None] = set()
        for number, handler in enumerate(self._handlers):
            handler.client.on_message_listeners.append(self._listener(number))
            handler.client.socket_mode_request_listeners = [self._taker(handler)]
            _renew_once(handler.client)

    async def start(self) -> None:
        """Begin to connect; returns at once, for Slack may be away."""
        now = asyncio.get_running_loop().time()
        self._heard = [now] * CONNECTIONS
        self._tasks = [
            *(asyncio.create_task(_connect(handler)) for handler in self._handlers),
            asyncio.create_task(self._watch()),
        ]

    async def close(self) -> None:
        """Take nothing more, let what was taken be answered, and go."""
        self._closing = True
        if taken := [task for task in self._in_hand if task is not None]:
            await asyncio.wait(taken, timeout=FINISH_WITHIN_S)
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

    def _taker(self, handler: AsyncSocketModeHandler):  # type: ignore[no-untyped-def]
        async def take(client: SocketModeClient, request: SocketModeRequest) -> None:
            if self._closing:
                return  # not acknowledged, so Slack asks elsewhere or says so
            task = asyncio.current_task()
            self._in_hand.add(task)
            try:
                await handler.handle(client, request)
            finally:
                self._in_hand.discard(task)

        return take

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            metrics.SOCKETS.set(await self.up())
            for number, handler in enumerate(self._handlers):
                now = asyncio.get_running_loop().time()
                await self._renew_address(number, now)
                if now - self._heard[number] > self._silent_s:
                    log.warning("socket_silent", socket=number, seconds=round(now - self._heard[number]))
                    self._heard[number] = now
                    try:
                        await handler.client.connect_to_new_endpoint(force=True)
                    except Exception:  # the loop's edge: tried again when it has been silent as long again
                        log.exception("socket_not_renewed", socket=number)

    async def _renew_address(self, number: int, now: float) -> None:
        """A socket that stays down gets a new address for its next try."""
        client = self._handlers[number].client
        since = self._down_since[number]
        if await client.is_connected():
            self._down_since[number] = None
        elif since is None:
            self._down_since[number] = now
        elif now - since > ADDRESS_GOOD_S:
            self._down_since[number] = now
            client.wss_uri = None


def _renew_once(client: SocketModeClient) -> None:
    """Asked to go, and then closed, the SDK may connect twice: what came over the first would be lost.

    A session this young is not the one that was to go; if it is, Slack closes it, and that is noticed.
    """
    renew, loop = client.connect_to_new_endpoint, asyncio.get_running_loop()
    known: tuple[object, float] = (None, 0.0)
    one_at_a_time = asyncio.Lock()

    async def connect_to_new_endpoint(force: bool = False) -> None:
        nonlocal known
        async with one_at_a_time:
            is_young = known[0] is client.current_session and loop.time() - known[1] < JUST_RENEWED_S
            await renew(force=force and not is_young)
            if client.current_session is not known[0]:
                known = (client.current_session, loop.time())

    client.connect_to_new_endpoint = connect_to_new_endpoint  # type: ignore[method-assign]


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.client.connect()  # type: ignore[no-untyped-call]
