"""A person and a Bolt app, over Socket Mode."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator


async def test_a_command_is_answered_and_posts_a_message_that_others_see(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.command("/incident")
    async def incident(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Declared {command['text']}")
        await client.conversations_join(channel=sim.channel("#incidents").id)
        await client.chat_postMessage(channel="#incidents", text=f"*{command['text']}* by <@U01ANA>")

    answer = await sim.person("ana").types("/incident sev1 Checkout & cart down @bo")

    assert answer.ok
    assert answer.response_type == "ephemeral"
    assert answer.text == "Declared sev1 Checkout &amp; cart down <@U02BO|bo>"
    message = await sim.person("bo").sees("Checkout & cart down @bo by @ana", channel="#incidents")
    assert message.by_app
    assert sim.person("ana").ephemerals()[0].text == answer.text
    assert sim.person("bo").ephemerals() == []


async def test_a_modal_opens_is_filled_in_and_sent_off(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    submitted: list[dict[str, Any]] = []

    @connected.command("/incident")
    async def incident(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @connected.view("declare")
    async def declare(ack: Any, view: dict[str, Any]) -> None:
        title = view["state"]["values"]["title"]["title"]["value"]
        if len(title) < 3:
            await ack(response_action="errors", errors={"title": "Too short"})
            return
        submitted.append(view["state"]["values"])
        await ack()

    ana = sim.person("ana")
    await ana.types("/incident")
    view = await ana.modal()

    assert view.title == "Declare"
    assert await ana.submits({}) == {"Title": "Please complete this required field."}
    assert await ana.submits({"Title": "x"}) == {"Title": "Too short"}
    assert await ana.submits({"Title": "Checkout down", "Severity": "sev1"}) == {}
    assert submitted[0]["severity"]["severity"]["selected_option"]["value"] == "1"
    assert ana.modal_now() is None


async def test_a_button_is_clicked_and_the_message_edited_through_the_response_url(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.action("ack")
    async def acknowledge(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        await ack()
        assert body["container"]["message_ts"] == body["message"]["ts"]
        await respond(text="acknowledged", replace_original=True)

    await client.chat_postMessage(channel="U02BO", text="You are paged", blocks=BUTTON)
    bo = sim.person("bo")
    page = await bo.sees("You are paged")
    answer = await bo.clicks("Acknowledge")

    assert answer.ok
    await sim.until(lambda: bo.direct_messages()[0].text == "acknowledged")
    assert bo.direct_messages()[0].ts == page.ts
    assert sim.person("ana").sees_now("acknowledged") is None


BUTTON: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "You are paged"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "ack",
                "value": "1",
                "text": {"type": "plain_text", "text": "Acknowledge"},
            }
        ],
    },
]

MODAL = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare"},
    "submit": {"type": "plain_text", "text": "Declare"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "title"},
        },
        {
            "type": "input",
            "block_id": "severity",
            "optional": True,
            "label": {"type": "plain_text", "text": "Severity"},
            "element": {
                "type": "static_select",
                "action_id": "severity",
                "options": [{"text": {"type": "plain_text", "text": "sev1"}, "value": "1"}],
            },
        },
    ],
}
