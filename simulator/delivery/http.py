"""Signed HTTP: the route to a bot that has a request URL."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp

from simulator.clock import SimulatedClock
from simulator.delivery.payloads import VERIFICATION_TOKEN
from simulator.delivery.route import ANSWER_SECONDS, RETRY_DELAYS, Delivered, NotAnsweredError
from simulator.errors import Json


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The v0 signature of a request, as docs.slack.dev describes it."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpRoute:
    """Posts to `url`, signed with `secret`. `settled` is told of everything that was answered."""

    def __init__(
        self, url: str, secret: str, clock: SimulatedClock, settled: Callable[[], None] = lambda: None
    ) -> None:
        self.url = url
        self._secret = secret
        self._clock = clock
        self._settled = settled
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return True

    async def verify(self) -> bool:
        """The url_verification handshake: True when the challenge came back."""
        body = {"token": VERIFICATION_TOKEN, "challenge": "simulator-challenge", "type": "url_verification"}
        status, text = await self._post(*_json(body), {})
        return status == 200 and "simulator-challenge" in text

    async def ask(self, what: Delivered) -> Any:
        """See Route. An answer that is not 200, or no connection: dispatch_failed."""
        body = what.payload
        if what.type == "interactive":
            body = {"payload": json.dumps(what.payload)}
        try:
            status, text = await self._post(*_form(body), {})
        except TimeoutError:
            raise NotAnsweredError("operation_timeout") from None
        except aiohttp.ClientError:
            raise NotAnsweredError("dispatch_failed") from None
        if status != 200:
            raise NotAnsweredError("dispatch_failed")
        return _answer(text)

    def tell(self, what: Delivered) -> None:
        """See Route: posted as JSON, retried with Slack's headers."""
        task = asyncio.create_task(self._tell(what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, what: Delivered) -> None:
        headers: dict[str, str] = {}
        for delay in (*RETRY_DELAYS, None):
            reason = await self._attempt(what, headers)
            if reason is None or delay is None:
                return
            what.attempt += 1
            headers = {"x-slack-retry-num": str(what.attempt), "x-slack-retry-reason": reason}
            await self._clock.sleep_until(self._clock.seconds() + delay)

    async def _attempt(self, what: Delivered, headers: dict[str, str]) -> str | None:
        """Post an event once: None when it was taken, else Slack's word for what went wrong."""
        try:
            status, unwanted = await self._tell_once(*_json(what.payload), headers)
        except TimeoutError:
            return "http_timeout"
        except aiohttp.ClientError:
            return "connection_failed"
        return None if unwanted or 200 <= status < 300 else "http_error"

    async def _tell_once(self, body: bytes, kind: str, headers: dict[str, str]) -> tuple[int, bool]:
        """The status, and whether the app does not want this event again (`x-slack-no-retry: 1`)."""
        async with self._posting(body, kind, headers) as response:
            return response.status, response.headers.get("x-slack-no-retry") == "1"

    async def _post(self, body: bytes, kind: str, headers: dict[str, str]) -> tuple[int, str]:
        async with self._posting(body, kind, headers) as response:
            return response.status, await response.text()

    @asynccontextmanager
    async def _posting(
        self, body: bytes, kind: str, headers: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            limit = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            self._session = aiohttp.ClientSession(timeout=limit)
        # Signed with the real time: the receiver compares it with its own clock.
        timestamp = str(int(time.time()))
        signed = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            **headers,
        }
        try:
            async with self._session.post(self.url, data=body, headers=signed) as response:
                yield response
        finally:
            self._settled()

    def sever(self, reason: str | None) -> None:
        """There is nothing to disconnect."""

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _json(body: Json) -> tuple[bytes, str]:
    return json.dumps(body).encode(), "application/json"


def _form(body: Json) -> tuple[bytes, str]:
    return urlencode(body).encode(), "application/x-www-form-urlencoded"


def _answer(text: str) -> Any:
    """What the bot answered: JSON, plain text, or None."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text}
