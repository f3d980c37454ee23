"""The simulated workspace as a server: everything put together, started and stopped."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from simulator.acting import Acting
from simulator.calls import Call
from simulator.changes import Feed
from simulator.clock import SimulatedClock
from simulator.control import Control
from simulator.delivery.events import Events
from simulator.delivery.http import HttpRoute
from simulator.delivery.response_urls import ResponseUrls
from simulator.delivery.route import Route
from simulator.delivery.socket_mode import SocketMode
from simulator.errors import Json
from simulator.example import ADDRESS, Example
from simulator.faults import Faults
from simulator.limits import Limits
from simulator.manifest import Manifest
from simulator.people import Acts
from simulator.scheduled import Schedule
from simulator.seed import PersonSeed, Seed
from simulator.uploads import Uploads
from simulator.waking import PATIENCE_SECONDS
from simulator.web_api.asked import ALL_SCOPES
from simulator.web_api.server import WebApi
from simulator.workspace import members
from simulator.workspace.model import Channel
from simulator.workspace.workspace import Workspace

# How long handlers may take to end when the server closes, in seconds.
SHUTDOWN_SECONDS = 0.2
# A file is uploaded in one request.
REQUEST_BYTES = 64 * 1024 * 1024


class Simulator:
    """A Slack workspace in memory, served at `url`.

    `limits` False: no rate limits. `manifest`: the app's manifest (a mapping or a file); None: every
    command is delivered and every scope granted. `request_url`: deliver over signed HTTP instead of sockets.
    """

    def __init__(
        self,
        seed: Seed | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: bool = True,
        manifest: Json | Path | str | None = None,
        request_url: str | None = None,
    ) -> None:
        self.started = time.monotonic()
        self.clock = SimulatedClock()
        self.feed = Feed()
        self.workspace = Workspace(seed or Seed.default(), self.clock, self.feed)
        self.manifest = _manifest(manifest)
        self._host, self._port = host, port
        self.sockets = self._make_sockets()
        self.route: Route = self.sockets if request_url is None else self._over_http(request_url)
        self.faults = Faults(self.route.sever)
        self.api = WebApi(
            self.workspace,
            self.feed,
            self.faults,
            scopes=ALL_SCOPES if self.manifest.scopes is None else self.manifest.scopes,
            limits=Limits() if limits else None,
            socket_url=self.sockets.new_url,
        )
        self.response_urls = ResponseUrls(self.workspace, self.faults, self.api.log)
        self.events = Events(self.workspace, self.route, self.manifest.events)
        self.workspace.tell_app = self.events.tell
        self.clock.on_move = lambda: self.workspace.changed("clock")
        self.workspace.unfurl_domains = self.manifest.unfurl_domains
        self.schedule = Schedule(self.workspace)
        self.workspace.rescheduled = self.schedule.wake
        self.acting = Acting(self.workspace, self.manifest, self.route, self.response_urls)
        self.uploads = Uploads(self.workspace, self.acting)
        self.control = Control(self.workspace, self.acting, self.api.log, self.faults, self.route)
        self.example = Example(self.clock)
        self._runner: web.AppRunner | None = None

    def _over_http(self, request_url: str) -> HttpRoute:
        return HttpRoute(request_url, self.workspace.app.signing_secret, self.clock, self.feed.wake)

    def _make_sockets(self) -> SocketMode:
        return SocketMode(
            self.workspace.app.id,
            self.clock,
            silent=lambda: self.faults.silent,
            unreachable=lambda: self.faults.down and self.faults.sockets_down,
            changed=lambda: self.workspace.changed("connection"),
            settled=self.feed.wake,
        )

    # Life

    async def start(self) -> None:
        """Listen. OSError when the port is taken."""
        sock = socket.create_server((self._host, self._port))
        self._port = sock.getsockname()[1]
        self.response_urls.address = self.workspace.address = self.url
        self.sockets.address = self.url.replace("http", "ws", 1)
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.router.add_route("*", "/api/{method}", self.api.serve)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/response/{key}", self.response_urls.serve)
        app.router.add_routes(self.uploads.routes())
        app.router.add_routes(self.control.routes())
        app.router.add_routes(self.example.routes())
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await self._runner.setup()
        await web.SockSite(self._runner, sock).start()

    async def close(self) -> None:
        """Stop everything, also what hangs."""
        self.control.walk.stop()
        self.api.closing.set()
        self.feed.end()
        self.clock.release()
        await self.schedule.close()
        await self.route.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> "Simulator":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # Addresses

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self._host in ("0.0.0.0", "") else self._host  # noqa: S104
        return f"http://{host}:{self._port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def bot_env(self) -> dict[str, str]:
        """The environment a bot needs to live in this workspace."""
        app = self.workspace.app
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_SIGNING_SECRET": app.signing_secret,
            "CLOCK_URL": f"{self.url}/clock",
        }

    def example_env(self) -> dict[str, str]:
        """Where the example service is, for what looks at sites, GitHub, Sentry, Prometheus and the like."""
        self.example.in_use = True
        address = f"{self.url}{ADDRESS}"
        return {
            "SITE_URL": f"{address}/health",
            # As often as a walk stops: minutes that were skipped would look as if nobody had watched.
            "PROBE_EVERY": "1h",
            "GITHUB_API_URL": f"{address}/github",
            "SENTRY_URL": f"{address}/sentry",
            "SENTRY_AUTH_TOKEN": "simulated-token",
            "PROMETHEUS_URL": f"{address}/prometheus",
            "ALERTMANAGER_URL": f"{address}/alertmanager",
        }

    # Looking and waiting

    @property
    def calls(self) -> list[Call]:
        """The Web API calls so far, oldest first."""
        return self.api.log.calls

    @property
    def answers(self) -> list[Any]:
        """What the app answered commands and interactions with so far, oldest first."""
        return list(self.acting.answers)

    @property
    def bot_connected(self) -> bool:
        return self.route.connected

    def person(self, name: str) -> Acts:
        """Somebody to act as, by name or id. LookupError for an unknown one."""
        found = self.workspace.person_named(name)
        if found is None:
            raise LookupError(f"Nobody is called {name}")
        return Acts(self.acting, found)

    def add_person(self, seed: PersonSeed) -> Acts:
        """Somebody new joins the workspace."""
        person = seed.person()
        members.add(self.workspace, person)
        return Acts(self.acting, person)

    def change_person(self, name: str, **fields: Any) -> None:
        """Change somebody: `deleted=True` deactivates, `tz="Asia/Tokyo"` moves. LookupError."""
        members.change(self.workspace, self.person(name).who, **fields)

    def channel(self, name: str) -> Channel:
        """By name, with or without `#`, or by id. LookupError for an unknown one."""
        found = self.workspace.channel_named(name)
        if found is None:
            raise LookupError(f"There is no channel {name}; there are {sorted(self.workspace.channel_ids)}")
        return found

    def channels(self) -> list[Channel]:
        """All channels, private and archived ones included; direct conversations are not."""
        return [c for c in self.workspace.channels.values() if c.kind in ("channel", "private")]

    async def until(
        self, condition: Callable[[], Any], within: float = PATIENCE_SECONDS, why: str = ""
    ) -> None:
        """Wait until `condition()` holds, looking again at each change. AssertionError after `within` s.

        A LookupError in it means "not yet": the channel it asks for does not exist so far.
        """

        def holds() -> Any:
            try:
                return condition()
            except LookupError:
                return False

        if not await self.feed.until(holds, within):
            raise AssertionError(f"It did not happen within {within} s: {why or condition}")

    async def deliver_again(self, *, event: bool = False) -> None:
        """Deliver the last command or interaction once more, as it was; or the last event."""
        if event:
            self.events.tell_again()
        else:
            await self.acting.deliver_again()


def _manifest(given: Json | Path | str | None) -> Manifest:
    if given is None:
        return Manifest()
    return Manifest.parse(given) if isinstance(given, dict) else Manifest.load(Path(given))
