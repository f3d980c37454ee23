"""PagerDuty by its Events API v2: a contact is `pagerduty://INTEGRATION_KEY`.

Everything about one subject has one dedup key, so that however many people and rungs lead to a service of
PagerDuty's, it has one incident there, which is acknowledged and resolved from here. The request, the limits
and the answers are those of developer.pagerduty.com, "Events API v2": 202 accepted, 400 never will be, 429
and 5xx to be tried again, which the dedup key makes safe.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.clock import SystemClock
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.transports.transport import Outgoing, What
from bot.mrkdwn import cut, one_line
from bot.settings import Settings

ANSWER_WITHIN_S = 10.0
# PagerDuty names no time with its 429; its limit is counted by the minute.
AFTER_429 = timedelta(seconds=30)
LONGEST_SUMMARY = 1024
LONGEST_DEDUP_KEY = 255

_ADDRESS = re.compile(r"pagerduty://([A-Za-z0-9_-]+)/?")
_ACTIONS: Mapping[What, str] = {"acknowledged": "acknowledge", "over": "resolve"}
_SEVERITIES = (
    ("critical", re.compile(r"(sev|p|s)-?[01]|critical|emergency", re.IGNORECASE)),
    ("error", re.compile(r"(sev|p|s)-?2|high|major|error", re.IGNORECASE)),
    ("warning", re.compile(r"(sev|p|s)-?3|medium|minor|warning", re.IGNORECASE)),
    ("info", re.compile(r"(sev|p|s)-?[4-9]|low|info|cosmetic", re.IGNORECASE)),
)


def dedup_key(public_url: str | None, subject: str) -> str:
    """One for each subject of this installation: another one's INC-1 may be in the same service."""
    house = (urlsplit(public_url).hostname if public_url else None) or "watchbill"
    return f"{house}/{subject}"[:LONGEST_DEDUP_KEY]


def subject_of(public_url: str | None, key: str) -> str | None:
    """The subject that `dedup_key` was made from; None for a key that was not made here."""
    prefix = dedup_key(public_url, "")
    return key.removeprefix(prefix) if key.startswith(prefix) else None


def is_pagerduty(address: str) -> bool:
    return _ADDRESS.fullmatch(address) is not None


def severity_of(severity: str) -> str:
    """PagerDuty's word for one of the playbook's; what says nothing of itself is an error, as it pages."""
    return next((word for word, spelled in _SEVERITIES if spelled.fullmatch(severity)), "error")


class PagerDuty:
    """One connection pool to the Events API."""

    name = "pagerduty"

    def __init__(self, settings: Settings) -> None:
        self._url = f"{settings.pagerduty_events_url}/v2/enqueue"
        self._public_url = settings.public_url
        self._clock = SystemClock()
        self._session: aiohttp.ClientSession | None = None

    def takes(self, address: str) -> bool:
        return is_pagerduty(address)

    async def send(self, address: str, message: Outgoing) -> str:
        """Open an incident in the service, or add to the one there is.

        One that was acknowledged calls nobody any more, whatever is added to it: it is closed first, and the
        next one under the same key rings.
        """
        if message.anew:
            await self._enqueue(address, message.key, event_action="resolve")
        link = message.link
        head = f"{message.key} {message.severity}".strip()
        await self._enqueue(
            address,
            message.key,
            event_action="trigger",
            payload={
                "summary": cut(one_line(f"{head}: {message.title}"), LONGEST_SUMMARY),
                "source": dedup_key(self._public_url, message.key),
                "severity": severity_of(message.severity),
                "custom_details": {"severity": message.severity, "text": message.text},
            },
            client="Watchbill",
            **(
                {"links": [{"href": link, "text": "Acknowledge, or pass on"}], "client_url": link}
                if link
                else {}
            ),
        )
        return f"accepted by PagerDuty as {dedup_key(self._public_url, message.key)}"

    async def follow(self, address: str, key: str, what: What) -> None:
        """Acknowledge or resolve it there; nothing where there is no such incident any more."""
        await self._enqueue(address, key, event_action=_ACTIONS[what])

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _enqueue(self, address: str, subject: str, **event: Any) -> None:
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise Refused("not an address of PagerDuty's", error="bad_address")
        routing_key = match.group(1)
        body = {"routing_key": routing_key, "dedup_key": dedup_key(self._public_url, subject), **event}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S))
        try:
            async with self._session.post(self._url, json=body, allow_redirects=False) as answer:
                self._judge(answer.status, answer.headers, (await answer.text()).replace(routing_key, "…"))
        except aiohttp.ClientConnectorError as error:
            raise Away(f"PagerDuty: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError, UnicodeDecodeError) as error:
            raise Unclear(f"PagerDuty: {type(error).__name__}") from error

    def _judge(self, status: int, headers: Mapping[str, str], said: str) -> None:
        """Return where it was accepted."""
        if status == 202:
            return
        if status == 429:
            seconds = headers.get("Retry-After", "")
            wait = timedelta(seconds=min(int(seconds), 600)) if seconds.isdecimal() else AFTER_429
            raise Busy("PagerDuty said 429", self._clock.now() + wait)
        if status >= 500 or status < 400:
            raise Unclear(f"PagerDuty said {status}")
        raise Refused(f"PagerDuty said {status}: {cut(one_line(said), 300)}", error=f"http_{status}")
