"""What checks ask with: one session for all, bounded reading, and silence told apart from an answer."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.db import Database
from bot.logs import Redaction
from bot.settings import Settings

# What is read of a page: beyond it, what was read so far has to do.
LARGEST_PAGE = 1024 * 1024
# What is read of an API's answer: a hundred issues with their texts, the alerts of a bad day.
LARGEST_ANSWER = 8 * 1024 * 1024
MOST_REDIRECTS = 5
CONNECTIONS = 100
_REDIRECTS = (301, 302, 303, 307, 308)

LastDone = Callable[[str], Awaitable[datetime | None]]
"""When a checklist was last completed, by its name; None: never."""


class NoAnswerError(Exception):
    """The source said nothing that answers the question. The message is a line of evidence."""


@dataclass(frozen=True)
class Access:
    """Where sources are and what proves that we may ask. `secrets` must not appear in any evidence."""

    github_api: str = "https://api.github.com"
    github_token: str | None = field(default=None, repr=False)
    sentry: str = "https://sentry.io"
    sentry_token: str | None = field(default=None, repr=False)
    prometheus: str | None = None
    alertmanager: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    withheld: frozenset[str] = frozenset()
    """Names of environment variables that a command is not given."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        github, sentry = settings.github_token, settings.sentry_auth_token
        return cls(
            github_api=settings.github_api_url,
            github_token=github.get_secret_value() if github else None,
            sentry=settings.sentry_url,
            sentry_token=sentry.get_secret_value() if sentry else None,
            prometheus=settings.prometheus_url,
            alertmanager=settings.alertmanager_url,
            secrets=settings.secrets,
            withheld=settings.secret_names,
        )


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. `body` is all of it only if `whole`; `took`: seconds until it was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool
    took: float

    def json(self) -> Any:
        """Raises NoAnswerError for what is no JSON."""
        if not self.whole:
            raise NoAnswerError("answered more than is read, and what is left of it is not JSON")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NoAnswerError("answered something that is not JSON") from error


class Sources:
    """Collaborators of every kind of check."""

    def __init__(self, access: Access, database: Database, last_done: LastDone | None = None) -> None:
        """`last_done`: None where nobody keeps checklists."""
        self.access = access
        self.database = database
        self.last_done = last_done
        self.redact = Redaction(access.secrets)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | list[str]] | None = None,
        body: str | None = None,
        follow: bool = True,
        most: int = LARGEST_ANSWER,
    ) -> Reply:
        """Ask an address, following redirects; headers stay behind where one leads to another host.

        At most `most` bytes of the answer are read. Raises NoAnswerError where there is no HTTP answer.
        The time limit is the caller's.
        """
        started = time.perf_counter()
        sent: dict[str, str] = {"User-Agent": "Watchbill", **(headers or {})}
        query: list[tuple[str, str]] | None = _pairs(params) if params else None
        for _ in range(MOST_REDIRECTS + 1):
            reply = await self._ask(method, url, sent, query, body, most, started)
            location = reply.headers.get("Location")
            if not follow or reply.status not in _REDIRECTS or not location:
                return reply
            target = urljoin(url, location)
            if _origin(target) != _origin(url):
                sent = {"User-Agent": "Watchbill"}
            if reply.status == 303 or (reply.status in (301, 302) and method == "POST"):
                method, body = "GET", None
            url, query = target, None
        raise NoAnswerError(f"redirects more than {MOST_REDIRECTS} times")

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: list[tuple[str, str]] | None,
        body: str | None,
        most: int,
        started: float,
    ) -> Reply:
        try:
            async with self._open().request(
                method, url, headers=headers, params=query, data=body, allow_redirects=False
            ) as answer:
                content, whole = await _read(answer.content, most)
                took = time.perf_counter() - started
                return Reply(answer.status, answer.headers, content, whole, took)
        except aiohttp.InvalidURL:
            raise NoAnswerError("leads to an address that is none") from None
        except aiohttp.ClientConnectorCertificateError:
            raise NoAnswerError("its certificate is not to be trusted") from None
        except aiohttp.ClientSSLError:
            raise NoAnswerError("no secure connection could be made") from None
        except aiohttp.ClientConnectorDNSError:
            raise NoAnswerError("its name is not known: DNS gives no address") from None
        except aiohttp.ClientConnectorError:
            raise NoAnswerError("no connection: nothing listens there, or nothing leads there") from None
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError):
            raise NoAnswerError("the connection broke off before the answer was complete") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # A kept connection may be closed by the other side just as it is used: a false alarm.
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, force_close=True),
                # Each check has a time limit of its own around everything it does.
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _read(content: aiohttp.StreamReader, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes, and whether that was all."""
    parts, length = [], 0
    async for part in content.iter_any():
        parts.append(part)
        length += len(part)
        if length > most:
            return b"".join(parts)[:most], False
    return b"".join(parts), True


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _pairs(params: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    return [
        (name, each)
        for name, value in params.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
