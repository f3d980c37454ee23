"""Links: link_shared, the previews an app gives, and entities behind them."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError
from tests.simulator.refusals import refused

Json = dict[str, Any]
URL = "https://status.example.com/inc/7?a=1&b=2"
MANIFEST = {
    "features": {"unfurl_domains": ["example.com"]},
    "oauth_config": {"scopes": {"bot": ["links:read", "links:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["link_shared"]}},
}


async def posted(sim: Simulator, text: str = f"see {URL}") -> Json:
    """The link_shared event of a message of ana's in a channel where the bot is not."""
    await sim.person("ana").says(text)
    assert sim.events.last is not None
    event: Json = sim.events.last.payload["event"]
    return event


async def test_links_to_the_apps_domains_are_told_wherever_they_stand() -> None:
    async with Simulator(manifest=MANIFEST) as sim:
        await sim.person("ana").says("https://elsewhere.org/x and no link")
        assert sim.events.last is None
        event = await posted(sim)

        assert (event["type"], event["is_bot_user_member"]) == ("link_shared", False)
        assert event["links"] == [{"domain": "status.example.com", "url": URL}]


async def test_a_preview_stands_under_the_message(sim: Simulator, client: AsyncWebClient) -> None:
    event = await posted(sim)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "INC-7 is *mitigated*"}}]

    place = {"channel": event["channel"], "ts": event["message_ts"]}
    await client.chat_unfurl(**place, unfurls={URL: {"blocks": blocks}})
    seen = await sim.person("bo").sees("INC-7 is mitigated", "#general")
    assert (seen.attachments[0]["app_unfurl_url"], seen.edited) == (URL, False)
    again = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    await client.chat_unfurl(**again, unfurls={URL: {"title": "INC-7", "text": "resolved"}})
    assert [entry.get("text") for entry in seen.attachments] == ["resolved"]


async def test_previews_that_do_not_fit_are_refused(sim: Simulator, client: AsyncWebClient) -> None:
    event = await posted(sim)
    place = {"channel": event["channel"], "ts": event["message_ts"]}
    hologram = {URL: {"blocks": [{"type": "hologram"}]}}

    async def code(**arguments: Any) -> str:
        return await refused(client.api_call("chat.unfurl", json=arguments))

    assert await code(**place) == "missing_unfurls"
    assert await code(**place, unfurls="[") == "invalid_unfurls_format"
    assert await code(**place, unfurls=hologram) == "cannot_parse_attachment"
    assert await code(**place, unfurls={"https://other.example.com": {"title": "x"}}) == "cannot_unfurl_url"
    assert await code(channel=event["channel"], ts="1.000000", unfurls=hologram) == "cannot_find_message"
    assert await code(ts="1.000000", unfurls=hologram) == "missing_channel"
    assert await code(unfurl_id="x", source="conversations_history") == "invalid_unfurl_id"


def entity(**more: Any) -> Json:
    return {
        "app_unfurl_url": URL,
        "url": URL,
        "external_ref": {"id": "7"},
        "entity_type": "slack#/entities/incident",
        "entity_payload": {"attributes": {"title": {"text": "INC-7 Checkout down"}}},
        **more,
    }


async def test_an_entity_is_shown_and_its_details_are_asked_for(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    asked: list[Json] = []

    @connected.event("entity_details_requested")
    async def details(event: Json) -> None:
        asked.append(event)

    event = await posted(sim)
    metadata = {"entities": [entity()]}
    place = {"channel": event["channel"], "ts": event["message_ts"]}
    await client.api_call("chat.unfurl", json={**place, "metadata": metadata})
    bo = sim.person("bo")
    await bo.sees("INC-7 Checkout down", "#general")
    await bo.opens_entity(URL, "#general", event["message_ts"])
    await sim.until(lambda: asked)
    assert (asked[0]["user"], asked[0]["external_ref"]) == ("U02BO", {"id": "7"})

    trigger = asked[0]["trigger_id"]
    empty = client.api_call("entity.presentDetails", json={"trigger_id": trigger})
    assert await refused(empty) == "invalid_metadata"
    await client.api_call("entity.presentDetails", json={"trigger_id": trigger, "metadata": entity()})
    assert sim.workspace.details["U02BO"]["external_ref"] == {"id": "7"}
    again = client.api_call("entity.presentDetails", json={"trigger_id": trigger, "metadata": entity()})
    assert await refused(again) == "invalid_trigger_id"
    broken = {"entities": [entity(external_ref=None)]}
    refusal = client.api_call("chat.unfurl", json={**place, "metadata": broken})
    assert await refused(refusal) == "invalid_metadata_format"
    with pytest.raises(SlackError, match="not_found"):
        await bo.opens_entity("https://other.example.com", "#general", event["message_ts"])
