"""`response_url`: five answers within half an hour, to the person or to the channel."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator.blocks import check_message_blocks
from simulator.calls import ANYBODY, CallLog
from simulator.errors import Json, SlackError
from simulator.faults import Faults
from simulator.workspace import messages
from simulator.workspace.model import Channel, Message
from simulator.workspace.text import sent_by_app
from simulator.workspace.workspace import Workspace

# docs.slack.dev
USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class Permission:
    """Who may be answered where. `source` is the message that was clicked; `thread_ts` where it stands."""

    user: str
    channel: str
    at: float
    source: Message | None = None
    thread_ts: str | None = None
    uses: int = 0


def answer(workspace: Workspace, to: Permission, body: Json) -> Message | None:
    """Post what a command's or a button's answer holds. SlackError no_text, invalid_blocks …"""
    channel = workspace.channels[to.channel]
    if body.get("delete_original"):
        if to.source is not None:
            messages.delete(workspace, to.source)
        return None
    content = _content(body)
    if not any(content.values()):
        raise SlackError("no_text")
    if body.get("replace_original") and to.source is not None:
        messages.edit(workspace, to.source, by=workspace.app.user_id, marked=False, **content)
        return to.source
    return _post(workspace, to, channel, body, content)


def _content(body: Json) -> Json:
    return {
        "text": sent_by_app(str(body.get("text") or "")),
        "blocks": check_message_blocks(body.get("blocks") or []),
        "attachments": body.get("attachments") or [],
    }


def _post(workspace: Workspace, to: Permission, channel: Channel, body: Json, content: Json) -> Message:
    message = Message("", channel.id, workspace.app.user_id, by_app=True, **content)
    thread = body.get("thread_ts") or to.thread_ts
    if thread:
        message.thread_ts = messages.thread_root(channel, str(thread)).ts
    if body.get("response_type") == "in_channel":
        return messages.post(workspace, message)
    message.ephemeral_to = to.user
    return messages.post_ephemeral(workspace, message)


class ResponseUrls:
    """The addresses given out, and the door behind them."""

    def __init__(self, workspace: Workspace, faults: Faults, log: CallLog) -> None:
        self.address = ""
        self._workspace = workspace
        self._faults = faults
        self._log = log
        self._given: dict[str, Permission] = {}

    def new(
        self, user: str, channel: str, source: Message | None = None, thread_ts: str | None = None
    ) -> tuple[str, Permission]:
        """A new address, and the permission it stands for."""
        now = self._workspace.clock.seconds()
        while self._given and now - next(iter(self._given.values())).at > SECONDS:
            del self._given[next(iter(self._given))]
        key = secrets.token_urlsafe(12)
        self._given[key] = Permission(user, channel, now, source, thread_ts)
        return f"{self.address}/response/{key}", self._given[key]

    async def serve(self, request: web.Request) -> web.Response:
        """POST /response/KEY with a message as JSON (or as a form field `payload`)."""
        body = await _body(request)
        call = self._log.add("response_url", body or {}, ANYBODY, self._workspace.clock.seconds())
        await asyncio.sleep(self._faults.delay_of("response_url"))
        if self._faults.down:
            call.phase = "lost"
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        answered = web.Response(status=503) if self._faults.refusing_all else self._use(request, body)
        call.status, call.phase = answered.status, "answered"
        self._workspace.feed.wake()
        return answered

    def _use(self, request: web.Request, body: Json | None) -> web.Response:
        permission = self._given.get(request.match_info["key"])
        now = self._workspace.clock.seconds()
        if permission is None or now - permission.at > SECONDS:
            return _refused(404, "expired_url")
        if permission.uses >= USES:
            return _refused(404, "used_url")
        if body is None:
            return _refused(400, "invalid_payload")
        permission.uses += 1
        try:
            answer(self._workspace, permission, body)
        except SlackError as error:
            return _refused(400, error.code)
        return web.Response(text="ok")


async def _body(request: web.Request) -> Json | None:
    text = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        text = str((await request.post()).get("payload", ""))
    try:
        body: Any = json.loads(text)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _refused(status: int, error: str) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)
