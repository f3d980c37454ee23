"""One socket of Socket Mode, seen from Slack's side."""

import asyncio
import json

from aiohttp import web

from simulator.errors import Json
from simulator.waking import Signal

PING_SECONDS = 10.0


class Socket:
    """One connection. What is sent leaves in order; `send` never waits."""

    def __init__(self, response: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.response = response
        self._transport = transport
        self._outgoing: list[str] = []
        self._ended = False
        self._signal = Signal()

    def send(self, message: Json) -> None:
        self._outgoing.append(json.dumps(message))
        self._signal.give()

    def end(self) -> None:
        """Close after what is still waiting was sent."""
        self._ended = True
        self._signal.give()

    def abort(self) -> None:
        """Cut the connection off without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what is put in, with pings in between, until the end."""
        while True:
            pending, self._outgoing = self._outgoing, []
            for text in pending:
                await self.response.send_str(text)
            if self._outgoing:
                continue
            if self._ended:
                await self.response.close()
                return
            if not await self._signal.wait(PING_SECONDS):
                await self.response.ping(b"simulator")
