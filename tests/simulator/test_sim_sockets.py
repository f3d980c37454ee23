"""Socket Mode: routing, repeats, retries and every way of being disconnected."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator


class Wire:
    """A socket spoken by hand, to see what is on it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self, within: float = 5.0) -> dict[str, Any]:
        message = await self.socket.receive(timeout=within)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return {"type": message.type.name}
        parsed: dict[str, Any] = json.loads(message.data)
        return parsed

    async def acknowledge(self, envelope: dict[str, Any], payload: Any = None) -> None:
        await self.socket.send_json({"envelope_id": envelope["envelope_id"], "payload": payload})


@asynccontextmanager
async def wire(sim: Simulator) -> AsyncIterator[Wire]:
    """A connection, after its hello."""
    client = AsyncWebClient(base_url=sim.api_url)
    url = (await client.apps_connections_open(app_token=sim.bot_env()["SLACK_APP_TOKEN"]))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        wired = Wire(socket)
        hello = await wired.next()
        assert hello["type"] == "hello"
        assert hello["connection_info"] == {"app_id": "A0APP"}
        yield wired


async def test_each_envelope_goes_to_one_of_the_sockets(sim: Simulator, client: AsyncWebClient) -> None:
    await client.conversations_join(channel=sim.channel("general").id)
    async with wire(sim) as first, wire(sim) as second:
        await sim.person("ana").says("one")
        await sim.person("ana").says("two")
        texts = [(await socket.next())["payload"]["event"]["text"] for socket in (first, second)]

    assert sorted(texts) == ["one", "two"]


async def test_events_arrive_in_the_order_they_happened(sim: Simulator, client: AsyncWebClient) -> None:
    await client.conversations_join(channel=sim.channel("general").id)
    async with wire(sim) as socket:
        sent = [await sim.person("ana").says(str(number)) for number in range(50)]
        got = [(await socket.next())["payload"]["event"]["ts"] for _ in range(50)]

    assert got == sent


async def test_the_same_command_can_be_delivered_twice_to_different_sockets(
    sim: Simulator, connected: AsyncApp
) -> None:
    async with wire(sim) as second:
        seen: list[str] = []

        @connected.command("/incident")
        async def incident(ack: Any, body: dict[str, Any]) -> None:
            seen.append(body["trigger_id"])
            await ack("done")

        typing = asyncio.ensure_future(sim.person("ana").types("/incident x", twice=True))
        envelope = await second.next()
        await second.acknowledge(envelope, {"text": "by hand"})
        assert (await typing).ok

    assert seen == [envelope["payload"]["trigger_id"]]


async def test_an_event_nobody_confirms_comes_again_with_its_number(
    sim: Simulator, client: AsyncWebClient
) -> None:
    await client.conversations_join(channel=sim.channel("general").id)
    ts = await sim.person("ana").says("nobody listens")
    async with wire(sim) as socket:
        await sim.clock.advance(minutes=1)
        again = await socket.next()
        while again["payload"]["event"].get("ts") != ts:  # the bot's own joining was told as well
            again = await socket.next()
    assert again["retry_attempt"] >= 1
    assert again["retry_reason"] == "timeout"


async def test_a_command_nobody_answers_times_out_after_three_seconds(sim: Simulator) -> None:
    async with wire(sim):
        answer = await sim.person("ana").types("/incident x")

    assert (answer.ok, answer.error) == (False, "operation_timeout")
    assert 2.9 < answer.elapsed < 6.0


async def test_a_command_without_a_connected_app_fails_at_once(sim: Simulator) -> None:
    answer = await sim.person("ana").types("/incident x")

    assert (answer.ok, answer.error) == (False, "dispatch_failed")


async def test_an_eleventh_socket_is_turned_away(sim: Simulator) -> None:
    client = AsyncWebClient(base_url=sim.api_url)
    token = sim.bot_env()["SLACK_APP_TOKEN"]
    async with aiohttp.ClientSession() as session:
        sockets = []
        for _ in range(10):
            url = (await client.apps_connections_open(app_token=token))["url"]
            sockets.append(await session.ws_connect(url))
        url = (await client.apps_connections_open(app_token=token))["url"]
        async with session.ws_connect(url) as eleventh:
            assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
        for socket in sockets:
            await socket.close()


async def test_an_address_works_once(sim: Simulator) -> None:
    client = AsyncWebClient(base_url=sim.api_url)
    url = (await client.apps_connections_open(app_token=sim.bot_env()["SLACK_APP_TOKEN"]))["url"]
    async with aiohttp.ClientSession() as session:
        await (await session.ws_connect(url)).close()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_socket_is_asked_to_go(sim: Simulator, reason: str) -> None:
    async with wire(sim) as socket:
        sim.faults.disconnect(reason)
        assert (await socket.next())["reason"] == reason
        assert (await socket.next())["type"] in ("CLOSE", "CLOSING", "CLOSED")
        assert not sim.bot_connected


async def test_a_warning_leaves_the_socket_open(sim: Simulator) -> None:
    async with wire(sim) as socket:
        sim.faults.disconnect("warning")
        assert (await socket.next())["reason"] == "warning"
        assert sim.bot_connected


async def test_a_socket_is_cut_off(sim: Simulator) -> None:
    async with wire(sim) as socket:
        sim.faults.disconnect(None)
        assert (await socket.next())["type"] in ("CLOSE", "CLOSING", "CLOSED")


async def test_bolt_comes_back_after_a_refresh(sim: Simulator, connected: AsyncApp) -> None:
    @connected.command("/incident")
    async def incident(ack: Any) -> None:
        await ack("back")

    sim.faults.disconnect("refresh_requested")
    await sim.until(lambda: not sim.bot_connected)
    await sim.until(lambda: sim.bot_connected)

    assert (await sim.person("ana").types("/incident")).text == "back"


async def test_silent_sockets_say_nothing_and_answer_no_ping(sim: Simulator) -> None:
    async with wire(sim) as socket:
        sim.faults.silence_sockets()
        await socket.socket.ping(b"x")
        sim.workspace.tell_app({"type": "team_join", "user": {}}, None)
        with pytest.raises(TimeoutError):
            await socket.next(within=0.1)
        assert sim.bot_connected
