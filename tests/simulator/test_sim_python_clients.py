"""Slack's Python clients: the synchronous one, and Bolt over every kind of socket and over HTTP."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

Json = dict[str, Any]
# Real seconds; the clients start threads and wait in steps of their own.
WITHIN = 15.0


def sync_client(sim: Simulator) -> WebClient:
    env = sim.bot_env()
    return WebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])


def listen(app: App) -> None:
    """A little of everything."""

    @app.command("/incident")
    def incident(ack: Any, command: Json, client: WebClient) -> None:
        ack(f"Declaring {command['text']}")
        button = {"type": "button", "action_id": "ack", "text": {"type": "plain_text", "text": "Acknowledge"}}
        blocks = [{"type": "actions", "elements": [button]}]
        client.chat_postMessage(channel=command["user_id"], text="You are paged", blocks=blocks)

    @app.action("ack")
    def acknowledge(ack: Any, respond: Any, body: Json, client: WebClient) -> None:
        ack()
        respond(text="Acknowledged", replace_original=True)
        title = {"type": "plain_text", "text": "Note"}
        element = {"type": "plain_text_input", "action_id": "i"}
        block = {"type": "input", "block_id": "b", "label": title, "element": element}
        view = {"type": "modal", "callback_id": "note", "title": title, "submit": title, "blocks": [block]}
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("note")
    def note(ack: Any, view: Json) -> None:
        text = view["state"]["values"]["b"]["i"]["value"]
        ack() if len(text) > 2 else ack(response_action="errors", errors={"b": "Too short"})

    @app.message("hello")
    def hello(message: Json, say: Any) -> None:
        say(f"hi <@{message['user']}>")


async def an_incident(sim: Simulator) -> None:
    """What an app with `listen` does, seen from ana's desk."""
    ana = sim.person("ana")
    assert (await ana.types("/incident Checkout down")).text == "Declaring Checkout down"
    await ana.sees("You are paged", within=WITHIN)
    assert (await ana.clicks("Acknowledge")).ok
    await ana.sees("Acknowledged", within=WITHIN)
    await ana.modal(within=WITHIN)
    assert await ana.submits({"Note": "x"}) == {"Note": "Too short"}
    assert await ana.submits({"Note": "all is well"}) == {}
    await ana.says("hello there", channel="watchbill")
    await ana.sees("hi @ana", within=WITHIN)


async def test_the_synchronous_client_does_what_the_other_does(sim: Simulator) -> None:
    client = sync_client(sim)

    def work() -> tuple[str, list[str], str]:
        channel = client.conversations_create(name="inc-1")["channel"]["id"]
        client.conversations_invite(channel=channel, users=["U01ANA", "U02BO"])
        posted = client.chat_postMessage(
            channel=channel, text="card", metadata={"event_type": "x", "event_payload": {}}
        )
        client.chat_update(channel=channel, ts=posted["ts"], text="edited")
        client.pins_add(channel=channel, timestamp=posted["ts"])
        names = [member["name"] for page in client.users_list(limit=2) for member in page["members"]]
        with pytest.raises(SlackApiError) as caught:
            client.conversations_create(name="inc-1")
        return channel, names, caught.value.response["error"]

    channel, names, error = await asyncio.to_thread(work)

    assert [m.text for m in sim.channel(channel).messages if m.by_app and m.subtype is None] == ["edited"]
    assert (len(names), error) == (6, "name_taken")


async def test_the_synchronous_client_waits_as_long_as_it_is_told_and_tries_again() -> None:
    async with Simulator(limits=False) as sim:
        client = sync_client(sim)
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
        sim.faults.rate_limit(retry_after=1)
        calling = asyncio.create_task(asyncio.to_thread(client.auth_test))
        await sim.until(lambda: len(sim.calls) == 1)
        sim.faults.clear()

        assert (await calling)["user_id"] == "U0BOT"
        assert [call.status for call in sim.calls] == [429, 200]


async def test_bolt_over_the_built_in_socket_client(sim: Simulator) -> None:
    app = await asyncio.to_thread(lambda: App(client=sync_client(sim), process_before_response=True))
    listen(app)
    handler = SocketModeHandler(
        app, sim.bot_env()["SLACK_APP_TOKEN"], web_client=WebClient(base_url=sim.api_url)
    )
    await asyncio.to_thread(handler.connect)
    try:
        await sim.until(lambda: sim.bot_connected, WITHIN)
        await an_incident(sim)
    finally:
        await asyncio.to_thread(handler.close)


async def test_bolt_over_websockets(sim: Simulator) -> None:
    pytest.importorskip("websockets", reason="the package websockets is not here")
    from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler

    env = sim.bot_env()
    client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])
    app = AsyncApp(client=client, process_before_response=True)

    @app.command("/incident")
    async def incident(ack: Any, command: Json) -> None:
        await ack(f"Declaring {command['text']}")

    web_client = AsyncWebClient(base_url=sim.api_url)
    handler = AsyncSocketModeHandler(app, env["SLACK_APP_TOKEN"], web_client=web_client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await sim.until(lambda: sim.bot_connected, WITHIN)
        assert (await sim.person("ana").types("/incident x")).text == "Declaring x"
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def served(handle: Callable[[BoltRequest], Any]) -> AsyncIterator[str]:
    """An HTTP server in a thread, as a synchronous app has one; its address."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in self.headers.items()}
            answer = handle(BoltRequest(body=body, headers=headers))
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()


async def test_synchronous_bolt_over_http() -> None:
    apps: list[App] = []

    def dispatch(request: BoltRequest) -> Any:
        return apps[0].dispatch(request)

    async with (
        served(dispatch) as address,
        Simulator(limits=False, request_url=address) as sim,
    ):
        secret = sim.bot_env()["SLACK_SIGNING_SECRET"]
        app = await asyncio.to_thread(
            lambda: App(client=sync_client(sim), signing_secret=secret, process_before_response=True)
        )
        listen(app)
        apps.append(app)
        await an_incident(sim)
