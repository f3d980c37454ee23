"""What the page asks of its server beside people and messages: badges, the bot's health, its own files."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator import Simulator

Json = dict[str, Any]


@pytest.fixture
async def workspace() -> AsyncIterator[Simulator]:
    async with Simulator(limits=False) as sim:
        yield sim


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url) as response:
        return await response.json()


async def next_waiting(stream: aiohttp.ClientResponse) -> Json:
    """The next event of a stream that tells what waits for whom."""
    while True:
        line = await asyncio.wait_for(stream.content.readline(), 5)
        event = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
        if event.get("type") == "waiting":
            people: Json = event["people"]
            return people


async def test_a_stream_tells_what_waits_for_others_until_they_read_it(
    workspace: Simulator, session: aiohttp.ClientSession
) -> None:
    bo = workspace.person("bo")
    async with session.get(f"{workspace.url}/sim/events?as=U01ANA&watch=U02BO,U03CHEN") as stream:
        nothing = {"badge": 0, "unread": False}
        assert await next_waiting(stream) == {"U02BO": nothing, "U03CHEN": nothing}
        await workspace.person("dee").says("lunch?", "#random")
        assert (await next_waiting(stream))["U02BO"] == {"badge": 0, "unread": True}
        ts = await workspace.person("ana").says("help, @bo", "#random")
        assert (await next_waiting(stream))["U02BO"] == {"badge": 1, "unread": True}
        act = {"as": "U02BO", "do": "read", "channel": workspace.channel("random").id, "ts": ts}
        await session.post(f"{workspace.url}/sim/act", json=act)
        assert await next_waiting(stream) == {"U02BO": nothing, "U03CHEN": {"badge": 0, "unread": True}}
    people = {one["name"]: one for one in await get(session, f"{workspace.url}/sim/people")}
    assert (people["bo"]["badge"], people["chen"]["unread"]) == (0, True)
    assert bo.who.id == people["bo"]["id"]


async def test_an_edit_that_names_somebody_calls_them(
    workspace: Simulator, session: aiohttp.ClientSession
) -> None:
    ts = await workspace.person("dee").says("somebody look", "#random")
    people = {one["name"]: one for one in await get(session, f"{workspace.url}/sim/people")}
    assert people["bo"]["badge"] == 0
    channel = workspace.channel("random").id
    act = {"as": "U04DEE", "do": "edit", "channel": channel, "ts": ts, "text": "@bo look"}
    await session.post(f"{workspace.url}/sim/act", json=act)
    people = {one["name"]: one for one in await get(session, f"{workspace.url}/sim/people")}
    assert people["bo"]["badge"] == 1


@asynccontextmanager
async def a_bot_that_says(status: int, body: Json) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.add_routes([web.get("/healthz", answer), web.get("/readyz", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_bots_own_health_is_passed_on(workspace: Simulator, session: aiohttp.ClientSession) -> None:
    assert await get(session, f"{workspace.url}/sim/bot") == {"url": None}
    async with a_bot_that_says(503, {"ready": False, "backlog": 3}) as url:
        workspace.control.bot_url = url
        told = await get(session, f"{workspace.url}/sim/bot")
        assert (told["readyz"]["status"], told["readyz"]["body"]["backlog"]) == (503, 3)
    told = await get(session, f"{workspace.url}/sim/bot")
    assert told["healthz"]["status"] is None
    assert "Connect" in told["healthz"]["body"]


async def test_the_pages_files_are_asked_for_anew_each_time(
    workspace: Simulator, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{workspace.url}/page/js/main.js") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        tag = response.headers["ETag"]
    async with session.get(f"{workspace.url}/page/js/main.js", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
    async with session.get(f"{workspace.url}/page/..%2Fcontrol.py") as response:
        assert response.status == 404
