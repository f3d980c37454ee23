"""Slack's own Node clients against the workspace: @slack/web-api, @slack/socket-mode, @slack/bolt."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from simulator import Simulator
from tests import npm

Json = dict[str, Any]
# Real seconds; Node takes a while to load its packages on a busy machine.
WITHIN = 30.0


@pytest.fixture(autouse=True)
def node() -> None:
    if why := npm.missing():
        pytest.skip(why)


class Script:
    """A Node script that runs, and the lines of JSON it has printed."""

    def __init__(self, process: asyncio.subprocess.Process, sim: Simulator) -> None:
        self.said: list[Json] = []
        self._process = process
        self._sim = sim

    async def read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.said.append(json.loads(line))
            self._sim.feed.wake()

    async def says(self, **what: Any) -> None:
        """Wait until it has printed this."""
        await self._sim.until(lambda: what in self.said, WITHIN, f"{what} among {self.said}")


@asynccontextmanager
async def running(sim: Simulator, name: str, **environment: str) -> AsyncIterator[Script]:
    process = await asyncio.create_subprocess_exec(
        "node",
        name,
        cwd=npm.NODE,
        env={**os.environ, **sim.bot_env(), **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    script = Script(process, sim)
    reading = asyncio.create_task(script.read())
    try:
        yield script
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
        await reading


async def test_the_web_client_does_and_is_refused_as_with_slack() -> None:
    async with Simulator(limits=False) as sim:
        async with running(sim, "web_api.mjs") as script:
            await sim.until(lambda: script.said, WITHIN)
        got = script.said[0]
        room = sim.channel("#inc-1")

    assert got["me"] == "U0BOT"
    assert got["replies"] == ["one", "two", "three"]
    assert got["metadata"] == {"event_type": "card", "event_payload": {"incident": 1}}
    assert got["permalink"].startswith(f"https://acme.slack.com/archives/{room.id}/p")
    assert got["people"] == ["ana", "bo", "chen", "dee", "eli", "watchbill"]
    assert got["refused"] == [True, "name_taken"]
    assert got["messages"] == ["[ERROR] unsupported type: hologram [json-pointer:/blocks/0/type]"]
    assert got["uploaded"] == "log.txt"
    assert room.topic == "sev1 · investigating"
    assert [bookmark.title for bookmark in room.bookmarks] == ["Call"]
    assert any(entry.content == b"line one" for message in room.messages for entry in message.files)


async def test_the_web_client_knows_a_rate_limit_when_it_meets_one() -> None:
    async with Simulator(limits=True) as sim, running(sim, "web_api.mjs", LIMITED="1") as script:
        await sim.until(lambda: script.said, WITHIN)

    limited, after = script.said[0]["limited"]
    assert limited
    assert after >= 1


async def test_the_socket_client_takes_acknowledges_and_comes_back() -> None:
    async with Simulator(limits=False) as sim, running(sim, "socket_mode.mjs") as script:
        await sim.until(lambda: sim.bot_connected, WITHIN)
        ana = sim.person("ana")
        assert (await ana.types("/incident down")).text == "heard down"
        await ana.says("an event", channel="watchbill")
        await script.says(message="an event", retry=0)

        sim.faults.disconnect("refresh_requested")
        await sim.until(lambda: script.said.count({"connected": True}) == 2, WITHIN)
        await sim.until(lambda: sim.bot_connected, WITHIN)
        assert (await ana.types("/incident again")).text == "heard again"
        sim.faults.disconnect(None)
        await sim.until(lambda: script.said.count({"connected": True}) == 3, WITHIN)
        assert (await ana.types("/incident third")).text == "heard third"


async def an_incident(sim: Simulator, script: Script) -> None:
    """The whole of what an app does, with a Bolt app in JavaScript."""
    ana = sim.person("ana")
    answer = await ana.types("/incident sev1 Checkout down")
    assert (answer.ok, answer.text) == (True, "Declaring sev1 Checkout down")
    await ana.sees("Page: sev1 Checkout down", within=WITHIN)
    assert (await ana.selects("service", "Checkout")).ok
    await script.says(chosen="Checkout")
    assert (await ana.clicks("Acknowledge")).ok
    await ana.sees("acknowledged 7", within=WITHIN)
    await ana.modal(within=WITHIN)
    assert await ana.submits({"Note": "x"}) == {"Note": "Too short"}
    assert await ana.submits({"Note": "all is well"}) == {}
    await script.says(note="all is well")
    ts = await ana.says("hello there", channel="watchbill")
    await ana.sees("hi @ana", within=WITHIN)
    await ana.reacts("eyes", "watchbill", ts)
    await script.says(reaction="eyes")
    assert (await ana.shortcut("timeline", "watchbill", ts)).ok
    await script.says(shortcut="hello there")
    assert (await ana.opens_home(within=WITHIN)).blocks[0]["text"]["text"] == "at home"
    assert [said for said in script.said if "error" in said] == []


async def test_a_bolt_app_lives_in_the_workspace_over_sockets() -> None:
    async with Simulator(limits=False) as sim, running(sim, "bolt_app.mjs") as script:
        await sim.until(lambda: sim.bot_connected, WITHIN)
        await an_incident(sim, script)


async def test_a_bolt_app_lives_in_the_workspace_over_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with (
        Simulator(limits=False, request_url=f"http://127.0.0.1:{port}/slack/events") as sim,
        running(sim, "bolt_app.mjs", PORT=str(port)) as script,
    ):
        await script.says(ready=True)
        async with aiohttp.ClientSession() as session:
            unsigned = await session.post(f"http://127.0.0.1:{port}/slack/events", data={"a": "b"})
            assert unsigned.status == 401
        await an_incident(sim, script)
