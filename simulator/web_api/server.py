"""The door of the Web API: faults, tokens, scopes, limits, then the method."""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from simulator.calls import ANYBODY, APP, BOT, Call, CallLog
from simulator.changes import Feed
from simulator.errors import Json, SlackError
from simulator.faults import Faults, Phase
from simulator.limits import Limits
from simulator.web_api import METHODS
from simulator.web_api.arguments import Arguments, read
from simulator.web_api.asked import Asked, Method
from simulator.workspace.workspace import Workspace

_BY_NAME = {method.name: method for method in METHODS}
if len(_BY_NAME) != len(METHODS):
    raise RuntimeError("A Web API method is listed twice")


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


class WebApi:
    """Serves /api/METHOD. `limits` None: no tiers. `socket_url` makes the address of a new socket."""

    def __init__(
        self,
        workspace: Workspace,
        feed: Feed,
        faults: Faults,
        *,
        scopes: frozenset[str],
        limits: Limits | None,
        socket_url: Callable[[], str],
    ) -> None:
        self.workspace = workspace
        self.feed = feed
        self.faults = faults
        self.scopes = scopes
        self.limits = limits
        self.socket_url = socket_url
        self.log = CallLog()
        self.closing = asyncio.Event()
        self._scope_header = {"x-oauth-scopes": ",".join(sorted(scopes))}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, or close its connection where a fault says so."""
        try:
            args = await read(request)
            refusal = None
        except SlackError as error:
            args, refusal = Arguments({}), error
        token = _token(request, args)
        name = request.match_info["method"]
        call = self.log.add(name, args.values, self._kind(token), self.workspace.clock.seconds())
        self.feed.wake()
        try:
            return await self._answer(call, args, token, refusal)
        except DroppedError:
            call.phase = "lost"
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        finally:
            self.feed.wake()

    def _kind(self, token: str) -> str:
        app = self.workspace.app
        return {app.bot_token: BOT, app.app_token: APP}.get(token, ANYBODY)

    async def _answer(
        self, call: Call, args: Arguments, token: str, refusal: SlackError | None
    ) -> web.StreamResponse:
        await self._intercept(call, "before")
        if (early := await self._interrupted(call)) is not None:
            return early
        headers = self._scope_header if call.token_kind == BOT else {}
        try:
            if refusal is not None:
                raise refusal
            call.response = {"ok": True, **self._perform(call, args, token)}
            call.status = 200
        except SlackError as error:
            call.response = {"ok": False, "error": error.code, **error.extra}
            call.status = 200
            if error.code == "ratelimited":
                call.status = 429
                headers = headers | {"Retry-After": str(call.response.pop("retry_after"))}
        call.phase = "performed"
        await self._intercept(call, "after")
        if self.faults.loses(call):
            raise DroppedError
        call.phase = "answered"
        return web.Response(
            body=json.dumps(call.response, ensure_ascii=False).encode(),
            status=call.status,
            headers=headers,
            content_type="application/json",
            charset="utf-8",
        )

    async def _intercept(self, call: Call, phase: Phase) -> None:
        callback = self.faults.intercepting
        if callback is not None and await callback(call, phase) == "drop":
            raise DroppedError

    async def _interrupted(self, call: Call) -> web.Response | None:
        """Apply the faults that come before performing; the answer they give, if they give one."""
        faults = self.faults
        if delay := faults.delay_of(call.method):
            await asyncio.sleep(delay)
        if faults.hanging:
            await self._hang()
        if faults.down and (faults.sockets_down or call.token_kind != APP):
            raise DroppedError
        if faults.refusing_all:
            call.status, call.phase = 503, "answered"
            return web.Response(status=503, text="Service Unavailable")
        return None

    async def _hang(self) -> None:
        """Never answer: until the fault is cleared or the server closes, then without an answer."""
        closing = asyncio.ensure_future(self.closing.wait())
        cleared = asyncio.ensure_future(self.faults.cleared.wait())
        try:
            await asyncio.wait((closing, cleared), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
            cleared.cancel()
        raise DroppedError

    def _perform(self, call: Call, args: Arguments, token: str) -> Json:
        if self.faults.retry_after:
            raise SlackError("ratelimited", retry_after=self.faults.retry_after)
        method = _BY_NAME.get(call.method)
        if method is None:
            raise SlackError("unknown_method", req_method=call.method)
        self._authorize(method, call.token_kind, token)
        asked = Asked(
            self.workspace,
            args,
            self.workspace.app.user_id,
            self.scopes,
            call.token_kind == APP,
            self.socket_url,
        )
        if method.caller == BOT and call.token_kind == BOT:
            asked.require(*method.scopes)
        self._limit(method, args)
        if error := self.faults.refusals.get(call.method):
            raise SlackError(error)
        return method.perform(asked)

    def _authorize(self, method: Method, kind: str, token: str) -> None:
        if method.caller == ANYBODY:
            return
        if not token:
            raise SlackError("not_authed")
        if kind == ANYBODY:
            raise SlackError("invalid_auth")
        if self.workspace.people[self.workspace.app.user_id].deleted:
            raise SlackError("account_inactive")
        if kind != method.caller and method.name != "auth.test":
            raise SlackError("not_allowed_token_type")

    def _room(self, channel: str) -> str:
        """One name for the conversation meant, however it was named: the other's id in a direct one."""
        found = self.workspace.channel_named(channel) if channel else None
        if found is None:
            return channel
        others = [user for user in found.members if user != self.workspace.app.user_id]
        return others[0] if found.kind == "im" and others else found.id

    def _limit(self, method: Method, args: Arguments) -> None:
        if self.limits is None:
            return
        now = self.workspace.clock.seconds()
        wait = self.limits.take(method.name, method.tier, self._room(args.text("channel")), now)
        if wait:
            raise SlackError("ratelimited", retry_after=wait)


def _token(request: web.Request, args: Arguments) -> str:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return str(args.values.pop("token", "") or "")
