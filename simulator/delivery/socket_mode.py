"""Socket Mode: several sockets, each envelope to any one of them."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from simulator.clock import SimulatedClock
from simulator.delivery.route import ANSWER_SECONDS, RETRY_DELAYS, Delivered, NotAnsweredError
from simulator.errors import Json

# docs.slack.dev: at most ten connections for an app.
SOCKETS = 10
PING_SECONDS = 10.0
# docs.slack.dev: a warning comes about ten seconds before the end.
WARNING_SECONDS = 10.0
TICKET_SECONDS = 30.0


class Socket:
    """One connection. What is sent leaves in order; `send` never waits."""

    def __init__(self, response: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.response = response
        self._transport = transport
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, message: Json) -> None:
        self._outgoing.put_nowait(json.dumps(message, ensure_ascii=False))

    def end(self) -> None:
        """Close after what is still waiting was sent."""
        self._outgoing.put_nowait(None)

    def abort(self) -> None:
        """Cut the connection off without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what is put in, with pings in between, until the end."""
        while True:
            try:
                text = await asyncio.wait_for(self._outgoing.get(), PING_SECONDS)
            except TimeoutError:
                await self.response.ping(b"simulator")
                continue
            if text is None:
                await self.response.close()
                return
            await self.response.send_str(text)


class SocketMode:
    """The route over sockets. `silent()` says whether a fault keeps the sockets quiet."""

    def __init__(
        self, app_id: str, clock: SimulatedClock, silent: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self.app_id = app_id
        self.address = ""
        self.sockets: list[Socket] = []
        self._clock = clock
        self._silent = silent
        self._changed = changed
        self._tickets: dict[str, float] = {}
        self._turn = count()
        self._awaited: dict[str, asyncio.Future[Any]] = {}
        self._retries: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def connected(self) -> bool:
        return bool(self.sockets)

    def new_url(self) -> str:
        """The address of a new socket, good for one connection soon."""
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = time.monotonic()
        return f"{self.address}/link/?ticket={ticket}&app_id={self.app_id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        made = self._tickets.pop(request.query.get("ticket", ""), None)
        if made is None or time.monotonic() - made > TICKET_SECONDS:
            return web.Response(status=403, text="invalid ticket")
        response = web.WebSocketResponse(autoping=False, timeout=0.5)
        await response.prepare(request)
        if len(self.sockets) >= SOCKETS:
            await response.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await response.close()
            return response
        socket = Socket(response, request.transport)
        self.sockets.append(socket)
        socket.send(self._hello())
        writer = asyncio.create_task(self._write(socket))
        self._writers.add(writer)
        self._changed()
        try:
            await self._read(response)
        finally:
            self._drop(socket)
            writer.cancel()
            self._writers.discard(writer)
        return response

    def _drop(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.remove(socket)
            self._changed()

    async def _write(self, socket: Socket) -> None:
        try:
            await socket.write()
        except ConnectionError:
            self._drop(socket)  # the other side is gone; reading ends by itself

    async def _read(self, response: web.WebSocketResponse) -> None:
        async for message in response:
            if self._silent():
                continue
            if message.type == WSMsgType.PING:
                await response.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._acknowledged(message.data)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.sockets),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {
                "host": "simulator",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _acknowledged(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        future = self._awaited.pop(str(message.get("envelope_id")), None)
        if future is not None and not future.done():
            future.set_result(message.get("payload"))

    def _send(self, what: Delivered) -> asyncio.Future[Any] | None:
        """Send to the next socket in turn; the future of its acknowledgement, None without a socket."""
        if not self.sockets:
            return None
        what.envelope_id = what.envelope_id or secrets.token_hex(16)
        envelope: Json = {
            "envelope_id": what.envelope_id,
            "type": what.type,
            "payload": what.payload,
            "accepts_response_payload": what.type != "events_api",
        }
        if what.type == "events_api":
            envelope |= {"retry_attempt": what.attempt, "retry_reason": what.reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._awaited[what.envelope_id] = future
        if not self._silent():
            self.sockets[next(self._turn) % len(self.sockets)].send(envelope)
        return future

    async def ask(self, what: Delivered) -> Any:
        """See Route. Without a socket: dispatch_failed at once."""
        future = self._send(what)
        if future is None:
            raise NotAnsweredError("dispatch_failed")
        try:
            return await asyncio.wait_for(future, ANSWER_SECONDS)
        except TimeoutError:
            raise NotAnsweredError("operation_timeout") from None
        finally:
            self._awaited.pop(what.envelope_id, None)

    def tell(self, what: Delivered) -> None:
        """See Route. Unconfirmed events come again: at once, after one and after five minutes."""
        if self._closed:
            return
        future = self._send(what)
        if future is None:
            self._retry(what)
            return
        timer = asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._expired, what, future)
        future.add_done_callback(lambda _: timer.cancel())

    def _expired(self, what: Delivered, future: asyncio.Future[Any]) -> None:
        self._awaited.pop(what.envelope_id, None)
        future.cancel()
        self._retry(what)

    def _retry(self, what: Delivered) -> None:
        if self._closed or what.attempt >= len(RETRY_DELAYS):
            return
        again = Delivered(what.type, what.payload, what.attempt + 1, "timeout")
        task = asyncio.create_task(self._tell_later(again, RETRY_DELAYS[what.attempt]))
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)

    async def _tell_later(self, what: Delivered, delay: float) -> None:
        await self._clock.sleep_until(self._clock.seconds() + delay)
        self.tell(what)

    def sever(self, reason: str | None) -> None:
        """See Route. With a reason the client is asked to go; without, it is cut off."""
        for socket in list(self.sockets):
            if reason is None:
                self._drop(socket)
                socket.abort()
                continue
            socket.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "simulator"}})
            if reason == "warning":
                asyncio.get_running_loop().call_later(WARNING_SECONDS, self._finish, socket)
            else:
                self._finish(socket)

    def _finish(self, socket: Socket) -> None:
        self._drop(socket)
        socket.end()

    async def close(self) -> None:
        """End everything that is under way."""
        self._closed = True
        for task in (*self._retries, *self._writers):
            task.cancel()
        for future in list(self._awaited.values()):
            future.cancel()
        for socket in list(self.sockets):
            socket.abort()
        self.sockets.clear()
        await asyncio.gather(*self._retries, *self._writers, return_exceptions=True)
