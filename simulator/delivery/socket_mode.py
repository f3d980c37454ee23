"""Socket Mode: several sockets, each envelope to any one of them."""

import asyncio
import heapq
import json
import secrets
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from simulator.clock import SimulatedClock
from simulator.delivery.link import Socket
from simulator.delivery.route import ANSWER_SECONDS, RETRY_DELAYS, Delivered, NotAnsweredError
from simulator.errors import Json
from simulator.waking import Signal

# docs.slack.dev: at most ten connections for an app.
SOCKETS = 10
# docs.slack.dev: a warning comes about ten seconds before the end.
WARNING_SECONDS = 10.0
TICKET_SECONDS = 30.0


class SocketMode:
    """The route over sockets. Faults: `silent()` keeps them quiet, `unreachable()` lets none be opened.

    `changed` is told of sockets coming and going, `settled` of everything that was acknowledged.
    """

    def __init__(
        self,
        app_id: str,
        clock: SimulatedClock,
        *,
        silent: Callable[[], bool],
        unreachable: Callable[[], bool],
        changed: Callable[[], None],
        settled: Callable[[], None],
    ) -> None:
        self.app_id = app_id
        self.address = ""
        self.sockets: list[Socket] = []
        self._clock = clock
        self._silent = silent
        self._unreachable = unreachable
        self._changed = changed
        self._settled = settled
        self._tickets: dict[str, float] = {}
        self._turn = count()
        self._awaited: dict[str, asyncio.Future[Any]] = {}
        self._retries: list[tuple[float, int, Delivered]] = []
        self._numbers = count()
        self._retry_added = Signal()
        self._retrying: asyncio.Task[None] | None = None
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
        if self._unreachable():
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
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
        except ConnectionError:
            pass  # gone while a ping was being answered: the same as a close
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
            self._settled()

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
        timer = asyncio.get_running_loop().call_later(ANSWER_SECONDS, _time_out, future)
        try:
            return await future
        except asyncio.CancelledError:
            if self._closed and future.cancelled():
                raise NotAnsweredError("dispatch_failed") from None
            raise
        finally:
            timer.cancel()
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
        due = self._clock.seconds() + RETRY_DELAYS[what.attempt]
        again = Delivered(what.type, what.payload, what.attempt + 1, "timeout")
        heapq.heappush(self._retries, (due, next(self._numbers), again))
        if self._retrying is None:
            self._retrying = asyncio.create_task(self._retry_when_due())
        self._retry_added.give()

    async def _retry_when_due(self) -> None:
        """Tell again what nobody confirmed, each event at its time; ends with the last of them."""
        while self._retries:
            due = self._retries[0][0]
            if due <= self._clock.seconds():
                self.tell(heapq.heappop(self._retries)[2])
                continue
            moved = asyncio.create_task(self._clock.sleep_until(due))
            added = asyncio.create_task(self._retry_added.wait())
            try:
                await asyncio.wait((moved, added), return_when=asyncio.FIRST_COMPLETED)
            finally:
                moved.cancel()
                added.cancel()
        self._retrying = None

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
        tasks = [*self._writers, *([self._retrying] if self._retrying else [])]
        for task in tasks:
            task.cancel()
        for future in list(self._awaited.values()):
            future.cancel()
        for socket in list(self.sockets):
            socket.abort()
        self.sockets.clear()
        await asyncio.gather(*tasks, return_exceptions=True)


def _time_out(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(NotAnsweredError("operation_timeout"))
