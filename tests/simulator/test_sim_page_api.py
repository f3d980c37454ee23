"""The HTTP side that the page and drivers in other processes use."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

Json = dict[str, Any]


class Page:
    """Requests as the page makes them."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim, self.session = sim, session

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(self.sim.url + path, params=query) as response:
            return await response.json()

    async def post(self, path: str, body: Json) -> Json:
        async with self.session.post(self.sim.url + path, json=body) as response:
            answer: Json = await response.json()
            return answer

    async def act(self, who: str, do: str, **details: Any) -> Json:
        return await self.post("/sim/act", {"as": who, "do": do, **details})


@pytest.fixture
async def page(sim: Simulator) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(sim, session)


async def test_the_state_is_what_one_person_sees(sim: Simulator, page: Page, client: AsyncWebClient) -> None:
    await client.conversations_create(name="secret", is_private=True)
    await client.chat_postMessage(channel="U01ANA", text="hi")
    ana, bo = [await page.get("/sim/state", **{"as": user}) for user in ("U01ANA", "U02BO")]

    assert [c["name"] for c in bo["channels"]] == [
        "general",
        "incidents",
        "prod-alerts",
        "dev-help",
        "random",
    ]
    direct = next(c for c in ana["channels"] if c["kind"] == "im")
    assert (direct["with"], direct["unread"], direct["mentions"]) == ("U0BOT", 1, 1)
    assert ana["bot_connected"] is False
    assert {p["name"] for p in ana["people"]} == {"ana", "bo", "chen", "dee", "eli", "watchbill"}


async def test_reading_and_mentions_are_counted(sim: Simulator, page: Page) -> None:
    general = sim.channel("general").id
    await page.act("U02BO", "say", channel=general, text="nothing for anybody")
    await page.act("U02BO", "say", channel=general, text="look, @ana")
    await page.act("U02BO", "say", channel=general, text="look, @here")

    async def counted() -> tuple[int, int]:
        state = await page.get("/sim/state", **{"as": "U01ANA"})
        entry = next(c for c in state["channels"] if c["id"] == general)
        return entry["unread"], entry["mentions"]

    assert await counted() == (3, 2)
    last = sim.channel("general").timeline[-1]
    await page.act("U01ANA", "read", channel=general, ts=last)
    assert await counted() == (0, 0)


async def test_messages_come_in_pages_oldest_first(sim: Simulator, page: Page) -> None:
    general = sim.channel("general").id
    for number in range(5):
        await page.act("U01ANA", "say", channel=general, text=str(number))
    newest = await page.get("/sim/messages", **{"as": "U02BO", "channel": general, "limit": "3"})
    older = await page.get(
        "/sim/messages", **{"as": "U02BO", "channel": general, "before": newest["messages"][0]["ts"]}
    )

    assert [m["text"] for m in newest["messages"]] == ["2", "3", "4"]
    assert newest["has_more"] is True
    assert ([m["text"] for m in older["messages"]], older["has_more"]) == (["0", "1"], False)


async def test_a_thread_comes_with_its_first_message(sim: Simulator, page: Page) -> None:
    general = sim.channel("general").id
    root = (await page.act("U01ANA", "say", channel=general, text="root"))["answer"]["ts"]
    await page.act("U02BO", "say", channel=general, text="reply", thread=root)
    thread = await page.get("/sim/messages", **{"as": "U01ANA", "channel": general, "thread": root})
    channel = await page.get("/sim/messages", **{"as": "U01ANA", "channel": general})

    assert [m["text"] for m in thread["messages"]] == ["root", "reply"]
    assert [(m["text"], m["reply_count"]) for m in channel["messages"]] == [("root", 1)]


async def test_a_stream_tells_one_person_what_happens_in_front_of_them(
    sim: Simulator, page: Page, client: AsyncWebClient
) -> None:
    general = sim.channel("general").id
    secret = (await client.conversations_create(name="secret", is_private=True))["channel"]["id"]
    async with page.session.get(sim.url + "/sim/events?as=U01ANA") as stream:
        assert (await stream.content.readline()).startswith(b":")
        await client.chat_postMessage(channel=secret, text="not for ana")
        await page.act("U02BO", "say", channel=general, text="for ana")
        while not (line := await stream.content.readline()).startswith(b"data: "):
            pass
    event = json.loads(line.removeprefix(b"data: "))

    assert (event["type"], event["channel"]) == ("message", general)
    assert event["message"]["text"] == "for ana"


async def test_people_act_through_the_page(sim: Simulator, page: Page) -> None:
    general = sim.channel("general").id
    ts = (await page.act("U01ANA", "say", channel=general, text="a <b> & @bo"))["answer"]["ts"]
    message = sim.channel("general").by_ts[ts]
    assert message.text == "a &lt;b&gt; &amp; <@U02BO>"

    await page.act("U02BO", "react", channel=general, ts=ts, name="eyes")
    await page.act("U02BO", "pin", channel=general, ts=ts)
    await page.act("U01ANA", "edit", channel=general, ts=ts, text="edited")
    assert (message.reactions, list(sim.channel("general").pins)) == ({"eyes": ["U02BO"]}, [ts])
    assert (message.text, message.edited) == ("edited", True)
    refused = await page.act("U02BO", "edit", channel=general, ts=ts, text="not yours")
    assert refused == {
        "ok": False,
        "error": "cant_update_message",
        "message": "You can edit your own messages only.",
    }
    await page.act("U01ANA", "delete", channel=general, ts=ts)
    await page.act("U01ANA", "create", name="plans", private=True)
    await page.act("U01ANA", "invite", channel=sim.channel("plans").id, user="U02BO")
    await page.act("U01ANA", "leave", channel=sim.channel("plans").id)
    assert list(sim.channel("plans").members) == ["U02BO"]
    outside = await page.act("U01ANA", "say", channel=sim.channel("plans").id, text="x")
    assert outside["error"] == "channel_not_found"
    assert (await page.act("U01ANA", "dance"))["error"] == "unknown_act"
    assert (await page.act("U01ANA", "react", channel=general))["error"] == "invalid_arguments"
    assert (await page.act("U404", "say"))["error"] == "user_not_found"


async def test_commands_clicks_and_modals_go_through_the_page(
    sim: Simulator, page: Page, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.command("/incident")
    async def incident(ack: Any) -> None:
        await ack("only you see this")

    @connected.action("go")
    async def go(ack: Any, body: Json) -> None:
        await ack()
        title = {"type": "plain_text", "text": "Title"}
        element = {"type": "plain_text_input", "action_id": "a"}
        blocks = [{"type": "input", "block_id": "b", "label": title, "element": element}]
        view = {"type": "modal", "callback_id": "m", "title": title, "submit": title, "blocks": blocks}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @connected.view("m")
    async def sent(ack: Any, view: Json) -> None:
        value = view["state"]["values"]["b"]["a"]["value"]
        await (ack(response_action="errors", errors={"b": "no"}) if value == "x" else ack())

    general = sim.channel("general").id
    answer = await page.act("U01ANA", "say", channel=general, text="/incident")
    assert (answer["answer"]["text"], answer["answer"]["ephemeral"]) == ("only you see this", True)

    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "x", "elements": [button]}]
    post = await client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    where = {"channel": post["channel"], "ts": post["ts"]}
    action = {"type": "button", "block_id": "x", "action_id": "go"}
    assert (await page.act("U01ANA", "click", action=action, **where))["ok"]
    gone = await page.act("U01ANA", "click", action={**action, "action_id": "other"}, **where)
    assert gone["error"] == "invalid_action"

    view = (await page.get("/sim/state", **{"as": "U01ANA"}))["views"][0]
    empty = {"b": {"a": {"type": "plain_text_input", "value": ""}}}
    wrong = {"b": {"a": {"type": "plain_text_input", "value": "x"}}}
    right = {"b": {"a": {"type": "plain_text_input", "value": "y"}}}
    submit = [
        (await page.act("U01ANA", "submit", view_id=view["id"], values=values)).get("errors")
        for values in (empty, wrong, right)
    ]
    assert submit == [{"b": "Please complete this required field."}, {"b": "no"}, None]
    assert (await page.get("/sim/state", **{"as": "U01ANA"}))["views"] == []


async def test_a_command_nobody_takes_is_told_in_a_sentence(sim: Simulator, page: Page) -> None:
    answer = await page.act("U01ANA", "command", channel=sim.channel("general").id, text="/incident")

    assert answer["error"] == "dispatch_failed"
    assert answer["message"] == "The app is not connected."


async def test_the_clock_is_followed_and_moved_over_http(sim: Simulator, page: Page) -> None:
    before = await page.get("/clock")
    following = asyncio.ensure_future(page.get("/clock", after=str(before["version"])))
    await page.post("/sim/clock", {"advance": 3600})
    after = await following

    assert (after["offset"], after["version"]) == (3600.0, before["version"] + 1)
    assert (await page.post("/sim/clock", {"advance": -1}))["error"] == "invalid_advance"


async def test_calls_and_faults_are_open_to_the_page(
    sim: Simulator, page: Page, client: AsyncWebClient
) -> None:
    await client.api_test()
    await client.auth_test()
    calls = (await page.get("/sim/calls", after="1"))["calls"]
    assert [(call["number"], call["method"], call["ok"]) for call in calls] == [(2, "auth.test", True)]

    assert (await page.post("/sim/faults", {"do": "latency", "seconds": 0.25}))["latency"] == 0.25
    assert (await page.get("/sim/faults"))["latency"] == 0.25
    await page.post("/sim/faults", {"do": "clear"})
    assert (await page.get("/sim/faults"))["latency"] == 0
    assert (await page.post("/sim/faults", {"do": "explode"}))["error"] == "unknown_fault"
    assert (await page.post("/sim/faults", {"do": "latency"}))["error"] == "invalid_arguments"
    assert (await page.get("/healthz"))["ok"] is True
