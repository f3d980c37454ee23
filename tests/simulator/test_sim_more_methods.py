"""Scheduled messages, user groups, presence, blocks.validate, group messages, and what people type."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator, SlackError, screen
from simulator.delivery import events
from simulator.seed import PersonSeed
from simulator.workspace.typed import as_block
from tests.simulator.refusals import refused

Json = dict[str, Any]


async def test_a_scheduled_message_is_posted_when_its_time_has_come(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    soon, later = sim.workspace.now() + 60, sim.workspace.now() + 7200
    last = await client.chat_scheduleMessage(channel=channel, post_at=later, text="later")
    first = await client.chat_scheduleMessage(channel=channel, post_at=soon, text="soon")
    assert (first["message"]["text"], first["post_at"]) == ("soon", soon)

    await sim.clock.advance(minutes=1)
    await sim.until(lambda: [m.text for m in sim.channel("inc-1").messages] == ["soon"])
    await client.chat_deleteScheduledMessage(
        channel=channel, scheduled_message_id=last["scheduled_message_id"]
    )
    await sim.clock.advance(hours=3)
    assert len(sim.channel("inc-1").messages) == 1

    async def code(post_at: Any) -> str:
        return await refused(client.chat_scheduleMessage(channel=channel, post_at=post_at, text="x"))

    assert await code(sim.workspace.now() - 1) == "time_in_past"
    assert await code(sim.workspace.now() + 121 * 86_400) == "time_too_far"
    assert await code("tomorrow") == "invalid_time"
    gone = client.chat_deleteScheduledMessage(channel=channel, scheduled_message_id="Q404")
    assert await refused(gone) == "invalid_scheduled_message_id"


async def test_user_groups_are_made_and_changed(sim: Simulator, client: AsyncWebClient) -> None:
    made = (await client.usergroups_create(name="SRE on duty", handle="sre", description="d"))["usergroup"]
    assert (made["handle"], made["description"]) == ("sre", "d")
    assert await refused(client.usergroups_create(name="SRE on duty")) == "name_already_exists"
    assert await refused(client.usergroups_create(name="x", handle="ana")) == "handle_already_exists"
    assert await refused(client.usergroups_create(name="x", handle="S P")) == "bad_handle"
    assert await refused(client.usergroups_create(name="x", handle="here")) == "forbidden_handle"
    changed = (await client.usergroups_update(usergroup=made["id"], handle="sres", name="SREs"))["usergroup"]
    assert (changed["handle"], changed["name"]) == ("sres", "SREs")
    assert sim.events.last is not None
    assert sim.events.last.payload["event"]["type"] == "subteam_updated"

    sim.workspace.team = type(sim.workspace.team)(plan="free")
    assert await refused(client.usergroups_create(name="y")) == "plan_upgrade_required"
    assert await refused(client.usergroups_list()) == "plan_upgrade_required"
    assert await refused(client.usergroups_update(usergroup=made["id"], name="y")) == "paid_teams_only"


async def test_presence_and_profiles(sim: Simulator, client: AsyncWebClient) -> None:
    assert (await client.users_getPresence(user="U01ANA"))["presence"] == "active"
    sim.change_person("bo", deleted=True)
    assert (await client.users_getPresence(user="U02BO"))["presence"] == "away"
    assert (await client.users_profile_get(user="U01ANA"))["profile"]["email"] == "ana@example.com"
    assert await refused(client.users_profile_get(user="U404")) == "user_not_found"


async def test_blocks_are_validated_without_being_sent(client: AsyncWebClient) -> None:
    good = [{"type": "divider"}]
    bad = [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]
    await client.blocks_validate(blocks=good)
    await client.blocks_validate(message={"blocks": good})
    await client.blocks_validate(view={"type": "home", "blocks": good})

    async def problems(**given: Any) -> tuple[str, str]:
        with pytest.raises(SlackApiError) as caught:
            await client.blocks_validate(**given)
        answer = caught.value.response
        return answer["error"], answer["errors"][0]["pointer"]

    assert await problems(blocks=bad) == ("invalid_blocks", "/0/text/text")
    assert await problems(message={"blocks": bad}) == ("invalid_message", "/blocks/0/text/text")
    code, _ = await problems(view={"type": "home", "blocks": bad})
    assert code == "invalid_view"
    assert await refused(client.blocks_validate()) == "invalid_arguments"


async def test_a_group_message_is_between_exactly_its_people(sim: Simulator, client: AsyncWebClient) -> None:
    opened = (await client.conversations_open(users="U01ANA,U02BO"))["channel"]
    assert (opened["is_mpim"], opened["name"]) == (True, "mpdm-ana--bo--watchbill-1")
    same = (await client.conversations_open(users="U02BO,U01ANA"))["channel"]
    assert same["id"] == opened["id"]
    await client.chat_postMessage(channel=opened["id"], text="for both")
    await sim.person("bo").sees("for both")
    assert sim.person("chen").sees_now("for both") is None
    assert not sim.person("chen").can_see(opened["id"])
    await sim.person("ana").says("and back", channel=opened["id"])
    assert sim.events.last is not None
    assert sim.events.last.payload["event"]["channel_type"] == "mpim"
    await client.conversations_close(channel=opened["id"])
    nine = ",".join(f"U{n}" for n in range(9))
    assert await refused(client.conversations_open(users=nine)) == "too_many_users"


async def test_people_begin_group_conversations_with_the_bot(sim: Simulator, connected: AsyncApp) -> None:
    heard: list[str] = []

    @connected.event("message")
    async def message(event: Json) -> None:
        heard.append(event["channel_type"])

    group = await sim.person("ana").opens_conversation("bo", "watchbill")
    await sim.person("ana").says("all three of us", channel=group)
    await sim.until(lambda: heard == ["mpim"])
    with pytest.raises(LookupError):
        await sim.person("ana").opens_conversation("nobody")


async def test_a_guest_sees_only_where_they_are(sim: Simulator, client: AsyncWebClient) -> None:
    guest = sim.add_person(PersonSeed("gil", guest=True))
    assert guest.can_see("#general")  # where everybody is from the start
    assert not guest.can_see("#random")
    with pytest.raises(LookupError):
        await guest.says("x", channel="#random")
    assert (await client.users_info(user=guest.id))["user"]["is_restricted"] is True
    with sim.feed.stream() as stream:
        await sim.person("ana").says("not for guests", channel="#random")
        [change] = await stream.take(1)
    assert screen.change(sim.workspace, guest.who, change) is None
    assert screen.change(sim.workspace, sim.person("bo").who, change) is not None


async def test_an_app_is_told_once_a_minute_that_it_misses_events(
    sim: Simulator, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVENTS_AN_HOUR", 3)
    sent: list[Json] = []
    monkeypatch.setattr(sim.route, "tell", lambda what: sent.append(what.payload))
    await client.conversations_join(channel=sim.channel("general").id)
    for _ in range(5):
        await sim.person("ana").says("x")

    assert [payload["type"] for payload in sent] == [*["event_callback"] * 3, "app_rate_limited"]
    assert sent[-1]["minute_rate_limited"] % 60 == 0
    await sim.clock.advance(hours=1)
    await sim.person("ana").says("x")
    assert sent[-1]["type"] == "event_callback"


async def test_others_see_that_somebody_types(sim: Simulator) -> None:
    with sim.feed.stream() as stream:
        sim.person("ana").presses_keys("#general")
        [change] = await stream.take(1)

    assert (change.kind, change.by) == ("typing", "U01ANA")
    assert change.to is not None
    assert "U01ANA" not in change.to
    assert "U02BO" in change.to


def pieces(text: str) -> list[Json]:
    [section] = as_block(text, "b")["elements"]
    found: list[Json] = section["elements"]
    return found


def test_what_people_type_is_rich_text_as_well() -> None:
    assert pieces("a &amp; *b*") == [
        {"type": "text", "text": "a & "},
        {"type": "text", "text": "b", "style": {"bold": True}},
    ]
    assert pieces("<@U01ANA> <#C1|x> <!here> <!subteam^S1|@x>")[::2] == [
        {"type": "user", "user_id": "U01ANA"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "usergroup", "usergroup_id": "S1"},
    ]
    assert pieces("<https://x.org?a=1&amp;b|label> :wave:")[0] == {
        "type": "link",
        "url": "https://x.org?a=1&b",
        "text": "label",
    }
    parts = as_block("say:\n&gt; quoted\n```\ncode *x*\n```", "b")["elements"]
    assert [part["type"] for part in parts] == [
        "rich_text_section",
        "rich_text_quote",
        "rich_text_preformatted",
    ]
    assert parts[2]["elements"] == [{"type": "text", "text": "code *x*"}]


async def test_a_typed_message_comes_with_its_block(sim: Simulator, connected: AsyncApp) -> None:
    heard: list[Json] = []

    @connected.event("message")
    async def message(event: Json) -> None:
        heard.append(event)

    await sim.person("ana").says("hello <you>", channel="watchbill")
    await sim.until(lambda: heard)
    assert heard[0]["text"] == "hello &lt;you&gt;"
    [section] = heard[0]["blocks"][0]["elements"]
    assert section["elements"] == [{"type": "text", "text": "hello <you>"}]


def option(text: str) -> Json:
    return {"text": {"type": "plain_text", "text": text}, "value": text.lower()}


EXTERNAL = {"type": "external_select", "action_id": "service", "min_query_length": 0}


async def test_external_selects_ask_the_app_in_messages_and_modals(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    seen: list[Json] = []

    @connected.options("service")
    async def offer(ack: Any, payload: Json) -> None:
        seen.append(payload)
        await ack(options=[option(name) for name in ("Checkout", "Search") if payload["value"] in name])

    @connected.action("service")
    async def chosen(ack: Any, action: Json) -> None:
        await ack()
        seen.append(action)

    @connected.view("form")
    async def sent(ack: Any, view: Json) -> None:
        await ack()
        seen.append(view["state"]["values"]["b"]["service"])

    ana = sim.person("ana")
    blocks = [{"type": "actions", "elements": [EXTERNAL]}]
    await client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    assert (await ana.selects("service", "Checkout")).ok
    assert seen[0]["type"] == "block_suggestion"
    assert seen[1]["selected_option"] == option("Checkout")
    with pytest.raises(AssertionError, match="nothing to choose"):
        await ana.selects("service", "Nothing")

    label = {"type": "plain_text", "text": "Service"}
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": label,
        "submit": label,
        "blocks": [{"type": "input", "block_id": "b", "label": label, "element": EXTERNAL}],
    }
    await client.views_open(trigger_id=sim.workspace.new_trigger("U01ANA"), view=view)
    assert await ana.submits({"Service": "Search"}) == {}
    assert seen[-1] == {"type": "external_select", "selected_option": option("Search")}


async def test_an_app_that_offers_nonsense_is_refused(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    @connected.options("service")
    async def offer(ack: Any) -> None:
        await ack({"options": [{"text": "not an object"}]})

    blocks = [{"type": "actions", "elements": [EXTERNAL]}]
    await client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    with pytest.raises(SlackError, match="invalid_options"):
        await sim.person("ana").selects("service", "Checkout")
