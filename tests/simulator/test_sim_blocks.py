"""Block Kit: what Slack refuses, with the place and the reason."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError
from simulator.blocks import check_message_blocks, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(number: int = 0, text: str = "x") -> dict[str, Any]:
    return {"text": plain(text), "value": str(number)}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Go"), **more}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn("x"), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", **more}


ACCEPTED = [
    section(text=mrkdwn("x" * 3000)),
    section(fields=[mrkdwn("x" * 1000)] * 10),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("x")] * 10},
    actions(*[button(action_id=str(n)) for n in range(25)]),
    actions(button(value="x" * 2000, style="danger", url="https://example.com")),
    actions(select(options=[option(n) for n in range(100)], initial_option=option(5))),
    actions({"type": "users_select", "initial_user": "U01ANA"}),
    actions({"type": "overflow", "options": [option(n) for n in range(5)]}),
    actions({"type": "checkboxes", "options": [{"text": mrkdwn("*x*"), "value": "1"}]}),
    actions({"type": "datepicker"}, {"type": "timepicker"}, {"type": "datetimepicker"}),
    section(accessory={"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}),
    {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"},
    {"type": "markdown", "text": "**x**"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
]

REFUSED = [
    (section(text=mrkdwn("x" * 3001)), "must be less than 3001 characters", "/text/text"),
    (section(text=mrkdwn("")), "must be more than 0 characters", "/text/text"),
    ({"type": "section"}, "missing required field: text or fields", ""),
    (section(fields=[mrkdwn("x")] * 11), "no more than 10 items allowed", "/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001 characters", "/fields/0/text"),
    (section(color="red"), "invalid additional property: color", ""),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/text/text"),
    ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn", "/text/type"),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10 items allowed", "/elements"),
    (actions(), "no fewer than 1 items allowed", "/elements"),
    (actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25 items allowed", "/elements"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters", "/elements/0/text/text"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters", "/elements/0/value"),
    (actions(button(style="loud")), "must be one of: primary, danger", "/elements/0/style"),
    (actions(button(action_id="a"), button(action_id="a")), "already exists", "/elements/1/action_id"),
    (actions({"type": "overflow", "options": [option()]}), "no fewer than 2 items", "/elements/0/options"),
    (actions(select(options=[])), "no fewer than 1 items allowed", "/elements/0/options"),
    (actions(select()), "missing required field: options", "/elements/0"),
    (
        actions(select(options=[option(text="x" * 76)])),
        "must be less than 76 characters",
        "/elements/0/options/0/text/text",
    ),
    (
        actions(select(options=[{"text": plain("x"), "value": "x" * 151}])),
        "must be less than 151 characters",
        "/elements/0/options/0/value",
    ),
    (
        actions(select(options=[option(1)], initial_option=option(2))),
        "must exactly match one of the provided options",
        "/elements/0/initial_option",
    ),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input", "/elements/0/type"),
    ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text", ""),
    ({"type": "hologram"}, "unsupported type: hologram", "/type"),
    ({"text": "x"}, "missing required field: type", ""),
    ("x", "must provide an object", ""),
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: block["type"])
def test_what_slack_takes_is_taken(block: dict[str, Any]) -> None:
    checked = check_message_blocks([block])

    assert checked[0]["block_id"]
    assert all(element.get("action_id") for element in checked[0].get("elements", []) if "options" in element)


@pytest.mark.parametrize(("block", "reason", "at"), REFUSED)
def test_what_slack_refuses_is_refused_with_place_and_reason(block: Any, reason: str, at: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_message_blocks([block])

    assert caught.value.code == "invalid_blocks"
    first = caught.value.extra["response_metadata"]["messages"][0]
    assert reason in first
    assert first.endswith(f"[json-pointer:/blocks/0{at}]")


def test_a_message_takes_fifty_blocks_with_ids_that_differ() -> None:
    assert len(check_message_blocks([{"type": "divider"}] * 50)) == 50
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_message_blocks([{"type": "divider"}] * 51)
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_message_blocks([{"type": "divider", "block_id": "a"}] * 2)


def test_blocks_that_hold_too_much_text_together_are_refused() -> None:
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message_blocks([section(text=mrkdwn("x" * 2700)) for _ in range(5)])


async def test_the_answer_carries_slacks_texts(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="U01ANA", text="x", blocks=[section(text=mrkdwn(""))])

    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    text = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [text]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {text}"]
    with pytest.raises(SlackApiError, match="invalid_blocks_format"):
        await client.chat_postMessage(channel="U01ANA", text="x", blocks="{")


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}], **more}


INPUT = {"type": "input", "label": plain("L"), "element": {"type": "plain_text_input"}}

REFUSED_VIEWS = [
    (modal(title=plain("x" * 25)), "/view/title/text"),
    (modal(submit=plain("x" * 25)), "/view/submit/text"),
    (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    (modal(callback_id="x" * 256), "/view/callback_id"),
    (modal(blocks=[{"type": "divider"}] * 101), "/view/blocks"),
    (modal(blocks=[INPUT]), "must define `submit`"),
    (modal(blocks=[{"type": "table", "rows": []}]), "unsupported type: table"),
    (modal(id="V1"), "invalid additional property: id"),
    ({"type": "home", "blocks": []}, "must be of type modal"),
    ({"type": "modal", "blocks": []}, "missing required field: title"),
    (None, "must provide an object"),
]


@pytest.mark.parametrize(("view", "reason"), REFUSED_VIEWS)
def test_a_view_slack_refuses_is_refused(view: Any, reason: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_view(view, "modal")

    assert caught.value.code == "invalid_arguments"
    assert reason in "\n".join(caught.value.extra["response_metadata"]["messages"])


def test_a_modal_with_inputs_is_taken_when_it_can_be_sent_off() -> None:
    checked = check_view(modal(blocks=[INPUT, actions(button())], submit=plain("Go")), "modal")

    assert checked["blocks"][0]["element"]["action_id"]
    assert checked["blocks"][1]["elements"][0]["action_id"]


async def test_an_answer_to_a_command_that_cannot_be_shown_is_refused(
    sim: Simulator, connected: AsyncApp
) -> None:
    @connected.command("/bad")
    async def bad(ack: Any) -> None:
        await ack(blocks=[{"type": "hologram"}])

    answer = await sim.person("ana").types("/bad")

    assert (answer.ok, answer.error) == (False, "invalid_command_response")
    assert "unsupported type: hologram" in answer.text
