"""Rich text, tables, charts, cards and the other newer blocks: what is taken and what is refused."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError
from simulator.blocks import check_message_blocks, check_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def section(*pieces: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(pieces)}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def points(*labels: str) -> list[Json]:
    return [{"label": label, "value": 1} for label in labels]


def chart(**more: Any) -> Json:
    return {"type": "data_visualization", "title": "Incidents", "chart": more}


def bars(**more: Any) -> Json:
    series = [{"name": "sev1", "data": points("Mon", "Tue")}]
    return chart(**{"type": "bar", "series": series, "axis_config": {"categories": ["Mon", "Tue"]}, **more})


BUTTON = {"type": "button", "text": plain("Go"), "action_id": "go"}
IMAGE = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}
CARD = {"type": "card", "title": mrkdwn("*Checkout*"), "body": mrkdwn("x" * 200), "actions": [BUTTON]}
TASK = {"type": "task_card", "task_id": "1", "title": "Look", "status": "in_progress"}
TABLE = {
    "type": "table",
    "rows": [[raw("a"), rich(section())], [{"type": "raw_number", "value": 1}, raw("b")]],
}
DATA_TABLE = {"type": "data_table", "caption": "All", "rows": [[raw("a")], [rich(section())]]}
EVERY_PIECE: list[Json] = [
    {"type": "text", "text": "x", "style": {"bold": True, "code": False}},
    {"type": "link", "url": "https://example.com", "text": "x"},
    {"type": "user", "user_id": "U01ANA"},
    {"type": "usergroup", "usergroup_id": "S0ONCALL"},
    {"type": "channel", "channel_id": "C0GENERAL"},
    {"type": "emoji", "name": "wave", "skin_tone": 2},
    {"type": "broadcast", "range": "here"},
    {"type": "color", "value": "#fff"},
    {"type": "date", "timestamp": 1720710212, "format": "{date_num}", "fallback": "x"},
]

ACCEPTED = [
    rich(section(*EVERY_PIECE)),
    rich({"type": "rich_text_list", "style": "bullet", "elements": [section()], "indent": 1}),
    rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 1}),
    rich({"type": "rich_text_quote", "elements": EVERY_PIECE}),
    TABLE,
    DATA_TABLE,
    bars(),
    chart(type="pie", segments=points("a", "b")),
    CARD,
    {"type": "carousel", "elements": [CARD, CARD | {"hero_image": IMAGE}]},
    {"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}], "width": "wide"},
    TASK | {"details": rich(section()), "sources": [{"type": "url", "url": "https://x", "text": "x"}]},
    {"type": "plan", "title": "Mitigate", "tasks": [TASK]},
    {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}]},
    {
        "type": "video",
        "alt_text": "x",
        "title": plain("x"),
        "video_url": "https://example.com/v",
        "thumbnail_url": "https://example.com/t",
    },
]

REFUSED = [
    (
        rich(section({"type": "text", "text": ""})),
        "must be more than 0 characters",
        "/elements/0/elements/0/text",
    ),
    (rich(section({"type": "user"})), "missing required field: user_id", "/elements/0/elements/0"),
    (
        rich(section({"type": "text", "text": "x", "style": {"loud": True}})),
        "invalid additional property: loud",
        "/elements/0/elements/0/style",
    ),
    (
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}),
        "unsupported type: user",
        "/elements/0/elements/0/type",
    ),
    (rich({"type": "rich_text_list", "elements": []}), "missing required field: style", "/elements/0"),
    ({"type": "table", "rows": [[{"type": "mrkdwn"}]]}, "unsupported type: mrkdwn", "/rows/0/0/type"),
    ({"type": "table", "rows": [[raw("a")], [raw("a"), raw("b")]]}, "same number of cells", "/rows/1"),
    ({"type": "table", "rows": [[raw("x")]] * 101}, "no more than 100 items allowed", "/rows"),
    ({"type": "table", "rows": [[raw("x")] * 21]}, "no more than 20 items allowed", "/rows/0"),
    (DATA_TABLE | {"rows": [[raw("a")]]}, "no fewer than 2 items allowed", "/rows"),
    (DATA_TABLE | {"rows": [[rich(section())], [raw("a")]]}, "unsupported type: rich_text", "/rows/0/0/type"),
    (DATA_TABLE | {"page_size": 101}, "must be a number between 1 and 100", "/page_size"),
    (bars() | {"title": "x" * 51}, "must be less than 51 characters", "/title"),
    (bars(axis_config={"categories": ["Mon"]}), "labels must match the categories", "/chart/series/0/data"),
    (chart(type="donut"), "unsupported type: donut", "/chart/type"),
    (CARD | {"body": mrkdwn("x" * 201)}, "must be less than 201 characters", "/body/text"),
    ({"type": "card", "icon": IMAGE}, "missing required field: hero_image or title or actions or body", ""),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items allowed", "/elements"),
    ({"type": "container", "child_blocks": [{"type": "divider"}]}, "title or rich_text_title", ""),
    (
        {"type": "container", "title": plain("x"), "child_blocks": [{"type": "hologram"}]},
        "unsupported type: hologram",
        "/child_blocks/0/type",
    ),
    (TASK | {"status": "lost"}, "must be one of: pending, in_progress, complete, error", "/status"),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert", "/type"),
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: block["type"])
def test_a_newer_block_is_taken(block: Json) -> None:
    assert check_message_blocks([block])[0]["block_id"]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: block["type"])
def test_what_is_taken_stands_before_slack_sdks_models(block: Json) -> None:
    parsed = Block.parse(block) if block["type"] not in ("data_table", "data_visualization") else None

    if parsed is not None:
        parsed.validate_json()


@pytest.mark.parametrize(("block", "reason", "at"), REFUSED)
def test_a_newer_block_that_does_not_fit_is_refused(block: Json, reason: str, at: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_message_blocks([block])

    first = caught.value.extra["response_metadata"]["messages"][0]
    assert reason in first
    assert first.endswith(f"[json-pointer:/blocks/0{at}]")


def test_an_alert_stands_in_views_and_not_in_messages() -> None:
    alert = {"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}

    assert check_view({"type": "home", "blocks": [alert]}, "home")["blocks"][0]["block_id"]
    with pytest.raises(SlackError, match="invalid_arguments"):
        check_view({"type": "home", "blocks": [CARD]}, "home")


def test_a_message_holds_two_charts_and_one_table() -> None:
    assert len(check_message_blocks([bars(), bars()])) == 2
    for blocks in ([bars()] * 3, [TABLE] * 2):
        with pytest.raises(SlackError, match="invalid_blocks"):
            check_message_blocks(blocks)


async def test_buttons_on_cards_and_in_containers_can_be_clicked(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    clicked: list[str] = []

    @connected.action("go")
    async def go(ack: Any, body: Json) -> None:
        await ack()
        clicked.append(body["actions"][0]["block_id"])

    carousel = {"type": "carousel", "elements": [CARD | {"block_id": "inside"}]}
    await client.chat_postMessage(channel="U01ANA", text="x", blocks=[carousel])
    assert (await sim.person("ana").clicks("Go")).ok
    actions = {"type": "actions", "block_id": "child", "elements": [BUTTON]}
    container = {"type": "container", "title": plain("x"), "child_blocks": [actions]}
    await client.chat_postMessage(channel="U01ANA", text="x", blocks=[container])
    assert (await sim.person("ana").clicks("Go")).ok

    assert clicked == ["inside", "child"]
