"""Buttons, selects, modals, shortcuts, home tabs and answers through the response_url, with Bolt."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


SEVERITIES = [option("Severity 1", "sev1"), option("Severity 2", "sev2")]


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "m",
        "title": plain("Title"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [{"type": "divider"}],
        **more,
    }


def field(name: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": name.lower(), "label": plain(name), "element": element, **more}


async def test_selects_overflow_and_people_are_chosen(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    chosen: list[Json] = []

    @connected.action({"block_id": "row"})
    async def choose(ack: Any, action: Json, body: Json) -> None:
        await ack()
        assert body["state"]["values"]["row"]["severity"]["type"] == "static_select"
        chosen.append(action)

    elements = [
        {
            "type": "static_select",
            "action_id": "severity",
            "placeholder": plain("Severity"),
            "options": SEVERITIES,
        },
        {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
        {"type": "overflow", "action_id": "more", "options": [option("Rename", "r"), option("Merge", "m")]},
    ]
    row = {"type": "actions", "block_id": "row", "elements": elements}
    await client.chat_postMessage(channel="U01ANA", text="card", blocks=[row])
    ana = sim.person("ana")
    await ana.selects("Severity", "sev2")
    await ana.selects("Who", "bo")
    await ana.clicks("Merge")

    assert chosen[0]["selected_option"]["value"] == "sev2"
    assert chosen[1]["selected_user"] == "U02BO"
    assert chosen[2]["selected_option"]["value"] == "m"
    with pytest.raises(AssertionError, match="card"):
        await ana.clicks("Explode")


async def test_a_modal_keeps_what_was_entered_when_it_is_updated_from_a_button(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    title = field("Title", {"type": "plain_text_input", "action_id": "t", "initial_value": "was here"})
    button = {"type": "button", "action_id": "more", "text": plain("More")}
    who = field("Who", {"type": "multi_users_select", "action_id": "w"}, optional=True)
    sent: list[Json] = []

    @connected.command("/open")
    async def opened(ack: Any, body: Json) -> None:
        await ack()
        view = modal(title, {"type": "actions", "elements": [button]})
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @connected.action("more")
    async def more(ack: Any, body: Json) -> None:
        await ack()
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title, who))

    @connected.view("m")
    async def submitted(ack: Any, view: Json) -> None:
        sent.append(view["state"]["values"])
        await ack()

    ana = sim.person("ana")
    await ana.types("/open")
    await ana.clicks("More")
    await sim.until(lambda: len(ana.modal_now().blocks) == 2)  # type: ignore[union-attr]
    assert await ana.submits({"Who": ["bo", "chen"]}) == {}

    assert sent[0]["title"]["t"]["value"] == "was here"
    assert sent[0]["who"]["w"]["selected_users"] == ["U02BO", "U03CHEN"]


async def test_an_answer_to_a_modal_can_update_push_and_clear(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.command("/open")
    async def opened(ack: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="one"))

    @connected.view("one")
    async def one(ack: Any) -> None:
        await ack(response_action="update", view=modal(callback_id="two", title=plain("Second")))

    @connected.view("two")
    async def two(ack: Any) -> None:
        await ack(response_action="push", view=modal(callback_id="three", title=plain("Third")))

    @connected.view("three")
    async def three(ack: Any) -> None:
        await ack(response_action="clear")

    ana = sim.person("ana")
    await ana.types("/open")
    await ana.submits()
    assert (await ana.modal()).title == "Second"
    await ana.submits()
    assert (await ana.modal()).title == "Third"
    await ana.submits()
    assert ana.modal_now() is None


async def test_a_wrong_answer_to_a_modal_is_an_error_the_person_sees(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.command("/open")
    async def opened(ack: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @connected.view("m")
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "x"})

    ana = sim.person("ana")
    await ana.types("/open")
    with pytest.raises(SlackError, match="invalid_view_response"):
        await ana.submits()
    assert ana.modal_now() is not None


async def test_closing_is_told_to_an_app_that_asked_for_it(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    closed: list[Json] = []

    @connected.command("/open")
    async def opened(ack: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))

    @connected.view_closed("m")
    async def gone(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    ana = sim.person("ana")
    await ana.types("/open")
    await ana.closes()

    assert (len(closed), closed[0]["is_cleared"], ana.modal_now()) == (1, False, None)


async def test_shortcuts_reach_the_app_with_the_message() -> None:
    shortcuts = [
        {"name": "Declare incident", "callback_id": "declare", "type": "message", "description": "x"},
        {"name": "Declare", "callback_id": "anywhere", "type": "global", "description": "x"},
    ]
    manifest = {"features": {"shortcuts": shortcuts}, "oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with Simulator(manifest=manifest) as sim:
        ts = await sim.person("ana").says("look at this")
        answer = await sim.person("bo").shortcut("Declare incident", channel="#general", ts=ts)
        sent = sim.acting.last
    assert answer.error == "dispatch_failed"
    assert sent is not None
    assert sent.payload["type"] == "message_action"
    assert (sent.payload["callback_id"], sent.payload["message"]["text"]) == ("declare", "look at this")


async def test_a_shortcut_is_heard_by_bolt(sim: Simulator, connected: AsyncApp) -> None:
    @connected.shortcut("declare")
    async def declare(ack: Any, shortcut: Json, respond: Any) -> None:
        await ack()
        await respond(f"noted: {shortcut['message']['text']}")

    ts = await sim.person("ana").says("look at this")
    bo = sim.person("bo")
    assert (await bo.shortcut("declare", ts=ts)).ok
    assert (await bo.sees("noted: look at this", channel="#general")).is_ephemeral


async def test_the_home_tab_is_published_when_it_is_opened(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    count = 0

    @connected.event("app_home_opened")
    async def opened(event: Json) -> None:
        nonlocal count
        count += 1
        button = {"type": "button", "action_id": "go", "text": plain(f"Opened {count}")}
        view = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
        await client.views_publish(user_id=event["user"], view=view)

    @connected.action("go")
    async def go(ack: Any, body: Json) -> None:
        await ack()
        assert body["container"]["type"] == "view"

    ana = sim.person("ana")
    for number in (1, 2):
        home = await ana.opens_home()
        assert home.blocks[0]["elements"][0]["text"]["text"] == f"Opened {number}"
    assert (await ana.clicks("Opened 2")).ok


async def test_a_response_url_works_five_times_within_half_an_hour(
    sim: Simulator, connected: AsyncApp
) -> None:
    urls: list[str] = []

    @connected.command("/incident")
    async def incident(ack: Any, command: Json) -> None:
        urls.append(command["response_url"])
        await ack()

    ana = sim.person("ana")
    await ana.types("/incident", channel="#random")
    await ana.types("/incident", channel="#random")
    async with aiohttp.ClientSession() as session:

        async def post(url: str, body: Json) -> int:
            async with session.post(url, json=body) as response:
                return response.status

        assert await post(urls[0], {"text": "all see it", "response_type": "in_channel"}) == 200
        assert sim.person("bo").sees_now("all see it") is not None
        assert await post(urls[0], {"text": "only ana", "response_type": "ephemeral"}) == 200
        assert sim.person("bo").sees_now("only ana") is None
        assert await post(urls[0], {"blocks": [{"type": "hologram"}]}) == 400
        assert [await post(urls[0], {"text": "x"}) for _ in range(3)] == [200, 200, 404]
        await sim.clock.advance(minutes=31)
        assert await post(urls[1], {"text": "late"}) == 404


async def test_an_ephemeral_answer_is_replaced_and_deleted_in_front_of_one_person_only(
    sim: Simulator, connected: AsyncApp
) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go")}

    @connected.command("/incident")
    async def incident(ack: Any) -> None:
        await ack(text="first", blocks=[{"type": "actions", "elements": [button]}])

    @connected.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await ack()
        if sim.person("ana").ephemerals()[0].text == "first":
            await respond(
                text="second", replace_original=True, blocks=[{"type": "actions", "elements": [button]}]
            )
        else:
            await respond(delete_original=True)

    ana = sim.person("ana")
    await ana.types("/incident")
    await ana.clicks("Go")
    await sim.until(lambda: ana.ephemerals()[0].text == "second")
    await ana.clicks("Go")
    await sim.until(lambda: not ana.ephemerals())


async def test_a_command_unknown_to_the_manifest_or_in_a_thread_is_refused() -> None:
    manifest = {"features": {"slash_commands": [{"command": "/incident", "should_escape": False}]}}
    async with Simulator(manifest=manifest) as sim:
        ana = sim.person("ana")
        ts = await ana.says("root")
        assert (await ana.types("/unknown x")).error == "unknown_command"
        assert (await ana.types("/incident x", thread=ts)).error == "not_in_thread"
        await ana.types("/incident page @bo")
        assert sim.acting.last is not None
        assert sim.acting.last.payload["text"] == "page @bo"


async def test_fields_and_choices_that_are_not_there_are_told(sim: Simulator, client: AsyncWebClient) -> None:
    select = {"type": "static_select", "action_id": "s", "options": SEVERITIES}
    view = modal(field("Severity", select))
    await client.views_open(trigger_id=sim.workspace.new_trigger("U01ANA"), view=view)
    with pytest.raises(AssertionError, match="has no field 'Colour'"):
        await sim.person("ana").submits({"Colour": "red"})
    with pytest.raises(AssertionError, match="it offers"):
        await sim.person("ana").submits({"Severity": "sev9"})
