"""Signed HTTP delivery to Bolt's own server."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from simulator.delivery.http import HttpRoute

SECRET = "simulator-signing-secret"


class Listening:
    """A Bolt app behind an HTTP server, and what it got."""

    def __init__(self) -> None:
        self.port = 0
        self.app: AsyncApp | None = None
        self.requests: list[web.Request] = []
        self.failing = 0
        self.unwanted = False

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.failing:
            self.failing -= 1
            return web.Response(status=500, headers={"x-slack-no-retry": "1"} if self.unwanted else {})
        assert self.app is not None
        answer = await self.app.async_dispatch(await to_bolt_request(request))
        response: web.StreamResponse = await to_aiohttp_response(answer)
        return response


@pytest.fixture
async def listening() -> AsyncIterator[Listening]:
    door = Listening()
    application = web.Application()
    application.router.add_post("/slack/events", door.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    sock = socket.create_server(("127.0.0.1", 0))
    door.port = sock.getsockname()[1]
    await web.SockSite(runner, sock).start()
    yield door
    await runner.cleanup()


@pytest.fixture
async def http_sim(listening: Listening) -> AsyncIterator[Simulator]:
    async with Simulator(request_url=f"http://127.0.0.1:{listening.port}/slack/events", limits=False) as sim:
        env = sim.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])
        listening.app = AsyncApp(
            client=client, signing_secret=env["SLACK_SIGNING_SECRET"], process_before_response=True
        )
        yield sim


async def test_commands_buttons_and_events_arrive_signed(http_sim: Simulator, listening: Listening) -> None:
    app = listening.app
    assert app is not None
    heard: list[str] = []

    @app.command("/incident")
    async def incident(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Declared {command['text']}")

    @app.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await ack()
        await respond("gone")

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    ana = http_sim.person("ana")
    assert (await ana.types("/incident a&b=c")).text == "Declared a&amp;b=c"
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await app.client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    assert (await ana.clicks("Go")).ok
    await ana.sees("gone")
    await ana.says("hello", channel="watchbill")
    await http_sim.until(lambda: heard == ["hello"])


async def test_the_address_is_verified_by_a_challenge(http_sim: Simulator, listening: Listening) -> None:
    assert isinstance(http_sim.route, HttpRoute)
    assert await http_sim.route.verify()


async def test_a_failed_event_comes_again_with_slacks_headers(
    http_sim: Simulator, listening: Listening
) -> None:
    app = listening.app
    assert app is not None
    heard: list[str] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    listening.failing = 2
    await http_sim.person("ana").says("hello", channel="watchbill")
    await http_sim.until(lambda: len(listening.requests) == 2, why="a first retry at once")
    await http_sim.clock.advance(minutes=1)
    await http_sim.until(lambda: heard, why="a second one after a minute")

    retries = [request.headers.get("x-slack-retry-num") for request in listening.requests]
    assert retries == [None, "1", "2"]
    assert listening.requests[1].headers["x-slack-retry-reason"] == "http_error"


async def test_an_event_the_app_does_not_want_again_is_not_retried(
    http_sim: Simulator, listening: Listening
) -> None:
    listening.failing, listening.unwanted = 1, True
    await http_sim.person("ana").says("hello", channel="watchbill")
    await http_sim.until(lambda: len(listening.requests) == 1)
    await http_sim.clock.advance(minutes=10)
    await http_sim.person("ana").says("again", channel="watchbill")
    await http_sim.until(lambda: len(listening.requests) == 2)

    assert "x-slack-retry-num" not in listening.requests[1].headers


async def test_a_wrong_secret_is_noticed_by_bolt(http_sim: Simulator, listening: Listening) -> None:
    assert listening.app is not None
    wrong = HttpRoute(f"http://127.0.0.1:{listening.port}/slack/events", "another secret", http_sim.clock)
    assert not await wrong.verify()
    await wrong.close()


async def test_an_app_that_is_not_there_fails_the_command_at_once() -> None:
    async with Simulator(request_url="http://127.0.0.1:9/slack/events") as sim:
        answer = await sim.person("ana").types("/incident x")

    assert (answer.ok, answer.error) == (False, "dispatch_failed")
