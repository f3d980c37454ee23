"""Where notices arrive: a web server and a mail server that can also refuse, hang, or break off."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

Now = Callable[[], datetime]


def _machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Received:
    """One message. `to`: the last part of the address it was sent to."""

    to: str
    subject: str
    text: str
    at: datetime


@dataclass
class Receiver:
    """What came in, in order; `refused` counts what was turned away. `changed` is set by each."""

    now: Now
    received: list[Received] = field(default_factory=list)
    refused: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, to: str, about: str = "") -> list[Received]:
        return [each for each in self.received if each.to == to and about in each.subject]

    async def until(self, holds: Callable[[], Any], what: str = "", within: float = 40.0) -> None:
        """Wait for something that follows from what comes in."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            heard = "\n".join(f"{each.at:%H:%M:%S} {each.to}: {each.subject}" for each in self.received)
            raise AssertionError(f"not within {within} s: {what}\nreceived:\n{heard}") from None

    async def gets(self, to: str, about: str = "", count: int = 1) -> Received:
        """Wait until somebody has `count` messages; gives the last."""
        await self.until(lambda: len(self.of(to, about)) >= count, f"{count} for {to} about {about!r}")
        return self.of(to, about)[count - 1]

    def _keep(self, received: Received) -> None:
        self.received.append(received)
        self.changed.set()

    def _turn_away(self) -> None:
        self.refused += 1
        self.changed.set()


@dataclass
class Hooks(Receiver):
    """A provider over HTTP: what is posted to /NAME is for NAME. `json://` in a playbook."""

    port: int = 0
    # Until it is emptied: what /NAME answers instead of 200; None hangs up after it took the message.
    statuses: dict[str, int | None] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    after: Callable[[str], Any] | None = None
    """Called when a message was taken, before the answer is sent."""

    def address(self, name: str) -> str:
        return f"json://127.0.0.1:{self.port}/{name}"

    async def _take(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        posted = await request.json()
        if name in self.hanging:
            self._turn_away()
            await asyncio.Event().wait()
        status = self.statuses.get(name, 200)
        if status is not None and status >= 300:
            self._turn_away()
            return web.Response(status=status)
        self._keep(Received(name, posted["title"], posted["message"], self.now()))
        if self.after is not None:
            await self.after(name)
        if status is None and request.transport is not None:
            request.transport.close()
        return web.Response()


@asynccontextmanager
async def hooks(now: Now = _machine_now) -> AsyncIterator[Hooks]:
    """A provider on a port of its own."""
    found = Hooks(now)
    application = web.Application()
    application.router.add_post("/{name}", found._take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        await runner.cleanup()


@dataclass
class Mail(Receiver):
    """A mail server. `answer`: what it says to a message instead of taking it, such as "550 No such user"."""

    port: int = 0
    answer: str | None = None

    def address(self, name: str) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=watchbill@example.com&to={name}@example.com"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer is not None:
            self._turn_away()
            return self.answer
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        for address in envelope.rcpt_tos:
            self._keep(Received(address.partition("@")[0], message["Subject"], text, self.now()))
        return "250 OK"


@asynccontextmanager
async def mail(now: Now = _machine_now) -> AsyncIterator[Mail]:
    """A mail server on a port of its own."""
    found = Mail(now)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(found, hostname="mail.example.com"), "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()
