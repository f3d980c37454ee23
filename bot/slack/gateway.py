"""Calls of Slack's Web API: limits kept, every way to fail told apart."""

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import metrics
from bot.clock import Clock
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.slack.limits import Limits

log = structlog.get_logger()

# Slack answers in well under a second; ten is Slack's own patience with us times three.
ANSWER_WITHIN_S = 10

CONNECTIONS = 64
# Beyond this somebody mistook the unit; asking too early costs one more 429.
LONGEST_RETRY_AFTER_S = 600

# Nothing was done, and asking again later may help.
AWAY = {"service_unavailable", "team_added_to_org", "accesslimited", "access_limited"}
# Slack itself does not say whether it was done ("some aspect of the operation may have succeeded").
UNCLEAR = {"internal_error", "fatal_error", "request_timeout"}
# The token, not the request: it can be put right, and then what waits should still go out.
SIGNED_OUT = {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"}


class Slack:
    """One workspace's Web API, in the methods of `METHODS`."""

    def __init__(self, client: AsyncWebClient, limits: Limits, clock: Clock) -> None:
        """`client` must not retry on its own: a lost answer would be posted twice."""
        self.client = client
        self._limits = limits
        self._clock = clock

    async def call(self, method: str, *, urgent: bool = False, **arguments: Any) -> Mapping[str, Any]:
        """Call `method`; returns Slack's answer.

        `urgent`: for pages; goes before whoever waits for the same limit.
        Raises Busy (a limit, with the time to come back), Away (not done), Unclear (perhaps done),
        Refused (never will be; `.error` is Slack's code).
        """
        answer: Any = await self._ask(method, urgent=urgent, **arguments)
        data: Mapping[str, Any] = answer.data
        return data

    async def put(self, url: str, content: bytes) -> None:
        """The bytes of a file, to the address that `files.getUploadURLExternal` gave; nobody sees it yet.

        Raises Away.
        """
        try:
            async with self._session().post(url, data=content) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise Away(f"upload: {type(error).__name__} {error}") from error
        if status != 200:
            raise Away(f"upload: {status}")

    async def scopes(self) -> frozenset[str] | None:
        """What the token may do, which Slack says beside its answers; None where it does not say.

        Raises what `call` raises.
        """
        answer = await self._ask("auth.test", urgent=False)
        granted: str | None = answer.headers.get("x-oauth-scopes")
        return None if granted is None else frozenset(re.split(r"[,\s]+", granted.strip())) - {""}

    async def _ask(self, method: str, *, urgent: bool, **arguments: Any) -> AsyncSlackResponse:
        self._session()
        channel = arguments.get("channel")
        now = self._clock.now()
        if (retry_at := self._limits.reserve(method, channel, now, urgent=urgent)) is not None:
            raise Busy(f"{method}: our own limit", retry_at)
        started = time.perf_counter()
        try:
            answer: AsyncSlackResponse = await getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise self._failure(method, channel, error) from error
        except aiohttp.ClientConnectorError as error:
            metrics.SLACK_CALLS.labels(method, "away").inc()
            raise Away(f"{method}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            metrics.SLACK_CALLS.labels(method, "unclear").inc()
            raise Unclear(f"{method}: {type(error).__name__} {error}") from error
        metrics.SLACK_CALLS.labels(method, "ok").inc()
        log.debug("slack_call", method=method, seconds=round(time.perf_counter() - started, 4))
        return answer

    def _session(self) -> aiohttp.ClientSession:
        if self.client.session is None:
            # One session for all calls: each would open a connection of its own otherwise.
            timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            self.client.session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self.client.session

    async def close(self) -> None:
        if self.client.session is not None:
            await self.client.session.close()

    def _failure(self, method: str, channel: str | None, error: SlackApiError) -> Exception:
        status = getattr(error.response, "status_code", None) or 0
        data = getattr(error.response, "data", None)
        code = data.get("error") if isinstance(data, dict) else None
        if status == 429 or code in ("ratelimited", "rate_limited"):
            seconds = _retry_after(error.response.headers.get("Retry-After"))
            now = self._clock.now()
            self._limits.refused(method, channel, now, seconds)
            metrics.RATE_LIMITED.labels(method).inc()
            return Busy(f"{method}: Slack said 429, {seconds:g} s", now + timedelta(seconds=seconds))
        metrics.SLACK_CALLS.labels(method, code or f"http {status}").inc()
        if code in AWAY or code in SIGNED_OUT or status == 503:
            return Away(f"{method}: {code or status}")
        if code is None or code in UNCLEAR or status >= 500:
            return Unclear(f"{method}: {code or status}")
        needed = data.get("needed") if isinstance(data, dict) else None
        messages = (data.get("response_metadata") or {}).get("messages") if isinstance(data, dict) else None
        more = f" (needs {needed})" if needed else f" {messages}" if messages else ""
        return Refused(f"{method}: {code}{more}", error=code, answer=data)


def _retry_after(said: str | None) -> float:
    """In seconds. Slack says a whole number; something in between may say a date, or nothing."""
    return float(min(max(int(said), 1), LONGEST_RETRY_AFTER_S)) if said and said.isdecimal() else 1.0


def make_client(token: str | None, base_url: str) -> AsyncWebClient:
    """A client that leaves retrying to delivery, which knows what may be repeated."""
    return AsyncWebClient(token=token, base_url=base_url, timeout=ANSWER_WITHIN_S, retry_handlers=[])
