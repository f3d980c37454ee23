"""The doors of the page and of test drivers in other processes: /clock, /sim/…, and the page itself."""

import asyncio
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator import bot_health, screen
from simulator.acting import Acting
from simulator.acts import ACTS, Act
from simulator.calls import CallLog
from simulator.changes import Change
from simulator.delivery.route import Route
from simulator.errors import Json, SlackError
from simulator.faults import Faults
from simulator.sentences import sentence
from simulator.waiting import Waiting
from simulator.walking import Walk
from simulator.workspace.model import Person
from simulator.workspace.workspace import Workspace

PAGE = Path(__file__).parent / "page"
# A follower of the clock waits this long for a move before it is told there was none.
CLOCK_WAIT_SECONDS = 20.0
STREAM_KEEPALIVE_SECONDS = 10.0
# What happens within this time is told at once; one deed of the bot is often ten changes.
STREAM_PAUSE_SECONDS = 0.05
# A page shows so many people with what waits for them.
WATCHED_AT_MOST = 20
CALLS_AT_ONCE = 500

FAULTS = (
    "latency",
    "outage",
    "unavailable",
    "hang",
    "lose_answers",
    "rate_limit",
    "refuse",
    "disconnect",
    "silence_sockets",
    "clear",
)


class Control:
    """Serves /clock, /healthz, /sim/… and the page."""

    def __init__(
        self, workspace: Workspace, acting: Acting, log: CallLog, faults: Faults, route: Route
    ) -> None:
        self.workspace = workspace
        self.acting = acting
        self.log = log
        self.faults = faults
        self.route = route
        self.waiting = Waiting(workspace)
        # Where the bot's own /healthz and /readyz are; None: not known, and nobody is asked.
        self.bot_url: str | None = None
        self.walk = Walk(workspace.clock, lambda: self.bot_url)
        # The first command somebody typed at the page that the app answered, and how long it took (seconds).
        self.first_command: tuple[str, float] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/healthz", self._health),
            web.get("/clock", self._clock),
            web.post("/sim/clock", self._move_clock),
            web.get("/sim/people", self._people),
            web.get("/sim/bot", self._bot),
            web.get("/page/{path:.+}", self._file),
            web.get("/sim/state", self._state),
            web.get("/sim/messages", self._messages),
            web.get("/sim/events", self._events),
            web.post("/sim/act", self._act),
            web.get("/sim/calls", self._calls),
            web.get("/sim/faults", self._faults),
            web.post("/sim/faults", self._set_fault),
        ]

    # The page and the clock

    async def _index(self, request: web.Request) -> web.StreamResponse:
        index = PAGE / "index.html"
        if not index.is_file():
            return web.Response(text="The simulated workspace is running; its page is not installed.")
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A part of the page. A browser asks anew each time, so that it never mixes two versions."""
        path = (PAGE / request.match_info["path"]).resolve()
        if not path.is_relative_to(PAGE) or not path.is_file():
            return web.Response(status=404, text="There is no such file.")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _health(self, request: web.Request) -> web.Response:
        return _json({"ok": True, "bot_connected": self.route.connected})

    async def _clock(self, request: web.Request) -> web.Response:
        after = request.query.get("after", "")
        if after.isdigit():
            await self.workspace.clock.moved_past(int(after), CLOCK_WAIT_SECONDS)
        return _json(self.workspace.clock.as_json())

    async def _move_clock(self, request: web.Request) -> web.Response:
        """`advance`: so many seconds at once. `to`: on foot to an instant. `stop`: stay where it is."""
        body = await _body(request)
        try:
            if "to" in body:
                self.walk.start(_instant(body["to"]))
            elif body.get("stop"):
                self.walk.stop()
            else:
                await self.workspace.clock.advance(timedelta(seconds=float(body.get("advance", 0))))
        except (TypeError, ValueError) as error:
            return _json({"ok": False, "error": "invalid_advance", "message": str(error)}, 400)
        return _json(self.workspace.clock.as_json())

    # What somebody sees

    async def _people(self, request: web.Request) -> web.Response:
        return _json(screen.people(self.workspace, self.waiting))

    async def _bot(self, request: web.Request) -> web.Response:
        """The bot's own health, passed on: a page may ask nobody but the server it came from."""
        return _json(await bot_health.ask(self.bot_url))

    async def _state(self, request: web.Request) -> web.Response:
        who = self._who(request.query.get("as", ""))
        if who is None:
            return _nobody()
        connected = self.route.connected
        text = screen.state(self.workspace, self.waiting, self.acting.manifest, who, connected)
        return web.Response(text=text, content_type="application/json")

    async def _messages(self, request: web.Request) -> web.Response:
        who = self._who(request.query.get("as", ""))
        if who is None:
            return _nobody()
        query = request.query
        try:
            channel = self.workspace.channel_for(who.id, query.get("channel", ""))
        except SlackError as error:
            return _json(_refusal(error), 404)
        limit = int(query["limit"]) if query.get("limit", "").isdigit() else 100
        shown = screen.messages(
            self.workspace, who, channel, thread=query.get("thread"), before=query.get("before"), limit=limit
        )
        return _json(shown)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what changes in front of this person."""
        who = self._who(request.query.get("as", ""))
        if who is None:
            return _nobody()
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        await response.write(b": connected\n\n")
        watched = request.query.get("watch", "").split(",")[:WATCHED_AT_MOST]
        told: dict[str, Json] = {}
        with self.workspace.feed.stream() as stream:
            changes: list[Change] = []
            while not stream.ended:
                waiting = self.waiting.badges(watched)
                news = self._told(who, changes) + (_waiting(waiting) if waiting != told else b"")
                try:
                    await response.write(news or b": alive\n\n")
                except ConnectionError:
                    break
                told = waiting
                await asyncio.sleep(STREAM_PAUSE_SECONDS)
                changes = await stream.take(STREAM_KEEPALIVE_SECONDS)
        return response

    def _told(self, who: Person, changes: list[Change]) -> bytes:
        seen = [shape for change in changes if (shape := screen.change(self.workspace, who, change))]
        return b"".join(b"data: " + json.dumps(shape).encode() + b"\n\n" for shape in seen)

    def _who(self, user_id: str) -> Person | None:
        return self.workspace.people.get(user_id)

    # Acting

    async def _act(self, request: web.Request) -> web.Response:
        body = await _body(request)
        who = self._who(str(body.get("as", "")))
        if who is None:
            return _nobody()
        act = ACTS.get(str(body.get("do", "")))
        if act is None:
            return _json(
                {"ok": False, "error": "unknown_act", "message": f"There is no act {body.get('do')}."}
            )
        return _json(await self._perform(act, who, body))

    async def _perform(self, act: Act, who: Person, body: Json) -> Json:
        started = time.monotonic()
        try:
            answer = await act(self.acting, who, body)
        except SlackError as error:
            return _refusal(error)
        except KeyError as error:
            return {"ok": False, "error": "invalid_arguments", "message": f"{error.args[0]} is missing."}
        if answer is None:
            return {"ok": True, "answer": None, "elapsed": time.monotonic() - started}
        shape: Json = {"ok": answer.ok, "elapsed": answer.elapsed}
        typed = str(body.get("text", ""))
        if answer.ok and self.first_command is None and typed.startswith("/"):
            self.first_command = (typed, answer.elapsed)
            self.workspace.feed.wake()
        if not answer.ok:
            return shape | {"error": answer.error, "message": sentence(answer.error, answer.text)}
        message = answer.message
        shape["answer"] = screen.message(self.workspace, message) if message is not None else None
        if answer.options is not None:
            shape["answer"] = answer.options
        return shape | ({"errors": answer.errors} if answer.errors else {})

    # Behind the scenes

    async def _calls(self, request: web.Request) -> web.Response:
        after, limit = request.query.get("after", "0"), request.query.get("limit", "100")
        if not (after.isdigit() and limit.isdigit()):
            return _json({"ok": False, "error": "invalid_arguments"}, 400)
        calls = self.log.after(int(after), min(int(limit), CALLS_AT_ONCE))
        return _json({"calls": [screen.call(entry) for entry in calls]})

    async def _faults(self, request: web.Request) -> web.Response:
        return _json(self.faults.as_json())

    async def _set_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        name = str(body.pop("do", ""))
        if name not in FAULTS:
            return _json({"ok": False, "error": "unknown_fault", "message": f"Choose from {FAULTS}."}, 400)
        try:
            getattr(self.faults, name)(**body)
        except TypeError as error:
            return _json({"ok": False, "error": "invalid_arguments", "message": str(error)}, 400)
        self.workspace.changed("connection")
        await asyncio.sleep(0)
        return _json({"ok": True, **self.faults.as_json()})


def _instant(text: Any) -> datetime:
    """ValueError for what is no instant with its zone."""
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("Give the time with its offset, such as 2026-11-20T16:00:00-05:00")
    return found


async def _body(request: web.Request) -> Json:
    try:
        body: Any = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _json(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, dumps=lambda v: json.dumps(v, ensure_ascii=False))


def _waiting(people: dict[str, Json]) -> bytes:
    return b"data: " + json.dumps({"type": "waiting", "people": people}).encode() + b"\n\n"


def _nobody() -> web.Response:
    return _json({"ok": False, "error": "user_not_found", "message": "There is nobody with this id."}, 404)


def _refusal(error: SlackError) -> Json:
    return {"ok": False, "error": error.code, "message": sentence(error.code)}
