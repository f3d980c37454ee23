"""The HTTP side: health for machines, and Slack's signed requests where Socket Mode is not used."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

EVENTS_PATH = "/slack/events"
# Slack's largest request, a view of 250 KB form-encoded, stays well below.
LARGEST_REQUEST = 2 * 1024 * 1024


@dataclass(frozen=True)
class Readiness:
    """Whether work gets done. `backlog`: what is due and not done; `oldest_seconds`: how late it is.

    `now` is what our clock shows; `next_at` when the next timer or routine is due, in the past while it is
    being carried out. Who moves the clock can tell by them when we have followed.
    """

    ready: bool
    database: bool
    slack: bool
    backlog: int
    oldest_seconds: float
    now: str
    next_at: str | None


def server(
    readiness: Callable[[], Awaitable[Readiness]], bolt: AsyncApp | None, doors: Iterable[web.RouteDef] = ()
) -> web.Application:
    """`bolt`: answers Slack's requests; None in Socket Mode, which needs none. `doors`: those of others."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        now = await readiness()
        return web.json_response(asdict(now), status=200 if now.ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        await readiness()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    app.add_routes(doors)
    if bolt is not None:
        app.add_routes([web.post(EVENTS_PATH, _slack(bolt))])
    return app


def _slack(bolt: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def receive(request: web.Request) -> web.Response:
        if not request.headers.get("X-Slack-Request-Timestamp", "0").isdecimal():
            return web.Response(status=401)  # Bolt's check would stumble over it
        answer = await bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    return receive
