"""The Web API as slack_sdk's client meets it: what it does, and what it refuses."""

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from tests.simulator.refusals import refused


async def test_a_bot_learns_who_it_is_and_what_it_may(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team"]) == ("U0BOT", "B0BOT", "Acme")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_tokens_decide_who_asks(sim: Simulator) -> None:
    base = sim.api_url
    app_token = sim.bot_env()["SLACK_APP_TOKEN"]

    assert await refused(AsyncWebClient("xoxb-other", base_url=base).auth_test()) == "invalid_auth"
    assert await refused(AsyncWebClient(base_url=base).auth_test()) == "not_authed"
    assert await refused(AsyncWebClient(app_token, base_url=base).users_list()) == "not_allowed_token_type"


async def test_arguments_are_taken_from_query_form_json_and_multipart(sim: Simulator) -> None:
    url = sim.api_url + "api.test"
    form = aiohttp.FormData({"c": "3"})
    form.add_field("d", "4", content_type="text/plain; charset=utf-8")
    async with aiohttp.ClientSession() as session:
        async with session.post(url + "?a=1", json={"b": 2}) as response:
            assert (await response.json())["args"] == {"a": "1", "b": 2}
        async with session.post(url + "?a=1", data={"b": "2"}) as response:
            assert (await response.json())["args"] == {"a": "1", "b": "2"}
        async with session.post(url, data=form) as response:
            assert (await response.json())["args"] == {"c": "3", "d": "4"}
        async with session.get(url, params={"a": "1", "token": sim.bot_env()["SLACK_BOT_TOKEN"]}) as response:
            assert (await response.json())["args"] == {"a": "1"}
        async with session.post(url, data=b"", headers={"Content-Type": "application/json"}) as response:
            assert (await response.json())["ok"] is True
        async with session.post(url, data=b"[", headers={"Content-Type": "application/json"}) as response:
            assert (await response.json())["error"] == "json_not_object"


async def test_a_method_it_does_not_know_is_refused(client: AsyncWebClient) -> None:
    assert await refused(client.api_call("calls.add")) == "unknown_method"


async def test_a_missing_scope_is_named(sim: Simulator) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}}
    async with Simulator(manifest=manifest, limits=False) as narrow:
        env = narrow.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_list(types="private_channel")

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "groups:read"
    assert caught.value.response["provided"] == "channels:read,chat:write"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("Inc 42", "invalid_name_specials"),
        ("INC", "invalid_name_specials"),
        ("général", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
async def test_channel_names_are_refused_as_slack_refuses_them(
    client: AsyncWebClient, name: str, code: str
) -> None:
    assert await refused(client.conversations_create(name=name)) == code


async def test_an_archived_channel_keeps_its_name(client: AsyncWebClient) -> None:
    channel = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_archive(channel=channel)

    assert await refused(client.conversations_create(name="inc-1")) == "name_taken"
    assert await refused(client.chat_postMessage(channel=channel, text="x")) == "is_archived"
    assert await refused(client.conversations_archive(channel=channel)) == "already_archived"
    await client.conversations_unarchive(channel=channel)
    await client.conversations_rename(channel=channel, name="inc-1-done")
    assert (await client.conversations_create(name="inc-1"))["channel"]["name"] == "inc-1"


async def test_a_private_channel_does_not_exist_for_those_outside(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = (await client.conversations_create(name="secret", is_private=True))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA")
    await client.chat_postMessage(channel=channel, text="the secret")
    ana, bo = sim.person("ana"), sim.person("bo")

    assert ana.can_see("secret")
    assert not bo.can_see("secret")
    assert ana.sees_now("the secret") is not None
    assert bo.sees_now("the secret") is None
    with pytest.raises(LookupError):
        await bo.says("let me in", channel="secret")
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert "secret" in [entry["name"] for entry in listed["channels"]]


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = (await client.conversations_create(name="hush", is_private=True))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA")
    await client.conversations_leave(channel=channel)

    assert await refused(client.conversations_info(channel=channel)) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel=channel, text="x")) == "channel_not_found"
    assert await refused(client.conversations_history(channel=channel)) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert "hush" not in [entry["name"] for entry in listed["channels"]]
    assert await refused(client.conversations_create(name="hush")) == "name_taken"


async def test_invitations_tell_each_refusal(sim: Simulator, client: AsyncWebClient) -> None:
    channel = (await client.conversations_create(name="inc-2"))["channel"]["id"]

    assert await refused(client.conversations_invite(channel=channel, users="U404")) == "user_not_found"
    assert await refused(client.conversations_invite(channel=channel, users="U0BOT")) == "cant_invite_self"
    assert await refused(client.conversations_invite(channel=channel, users="")) == "no_user"
    answer = await client.conversations_invite(channel=channel, users="U01ANA,U404,U02BO", force=True)
    assert answer["errors"] == [{"user": "U404", "ok": False, "error": "user_not_found"}]
    assert list(sim.channel("inc-2").members) == ["U0BOT", "U01ANA", "U02BO"]
    again = client.conversations_invite(channel=channel, users="U01ANA")
    assert await refused(again) == "already_in_channel"
    general = sim.channel("general").id
    assert await refused(client.conversations_invite(channel=general, users="U01ANA")) == "not_in_channel"


async def test_messages_are_posted_edited_and_deleted_by_their_rules(
    sim: Simulator, client: AsyncWebClient
) -> None:
    general = sim.channel("general").id
    assert await refused(client.chat_postMessage(channel=general, text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    await client.conversations_join(channel=general)
    empty = client.api_call("chat.postMessage", json={"channel": general, "text": ""})
    assert await refused(empty) == "no_text"
    posted = await client.chat_postMessage(channel="#general", text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000

    too_long = client.chat_update(channel=general, ts=posted["ts"], text="x" * 4001)
    assert await refused(too_long) == "msg_too_long"
    await client.chat_update(channel=general, ts=posted["ts"], text="edited")
    assert sim.channel("general").by_ts[posted["ts"]].edited
    ts = await sim.person("ana").says("mine")
    assert await refused(client.chat_update(channel=general, ts=ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=general, ts=ts)) == "cant_delete_message"
    await client.chat_delete(channel=general, ts=posted["ts"])
    assert await refused(client.chat_delete(channel=general, ts=posted["ts"])) == "message_not_found"


async def test_text_without_blocks_takes_the_blocks_away_and_blocks_leave_no_edited_mark(
    sim: Simulator, client: AsyncWebClient
) -> None:
    blocks = [{"type": "divider"}]
    posted = await client.chat_postMessage(channel="U01ANA", text="x", blocks=blocks)
    channel, ts = posted["channel"], posted["ts"]

    await client.chat_update(channel=channel, ts=ts, text="y", blocks=blocks)
    assert not sim.channel(channel).by_ts[ts].edited
    await client.chat_update(channel=channel, ts=ts, text="z")
    assert sim.channel(channel).by_ts[ts].blocks == []


async def test_a_reply_stands_in_its_thread_and_leaves_the_history_alone(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = (await client.conversations_create(name="inc-3"))["channel"]["id"]
    root = await client.chat_postMessage(channel=channel, text="root")
    reply = await client.chat_postMessage(channel=channel, text="reply", thread_ts=root["ts"])
    await client.chat_postMessage(channel=channel, text="both", thread_ts=reply["ts"], reply_broadcast=True)

    history = (await client.conversations_history(channel=channel))["messages"]
    assert [message["text"] for message in history] == ["both", "root"]
    assert history[1]["reply_count"] == 2
    thread = (await client.conversations_replies(channel=channel, ts=root["ts"]))["messages"]
    assert [message["text"] for message in thread] == ["root", "reply", "both"]
    nowhere = client.chat_postMessage(channel=channel, text="x", thread_ts="1.000000")
    assert await refused(nowhere) == "cannot_reply_to_message"
    assert await refused(client.conversations_replies(channel=channel, ts="1.0")) == "thread_not_found"


async def test_a_thread_keeps_its_replies_when_its_first_message_goes(
    sim: Simulator, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel="U01ANA", text="root")
    channel = root["channel"]
    await client.chat_postMessage(channel=channel, text="reply", thread_ts=root["ts"])
    await client.chat_delete(channel=channel, ts=root["ts"])

    thread = (await client.conversations_replies(channel=channel, ts=root["ts"]))["messages"]
    assert [message.get("subtype") for message in thread] == ["tombstone", None]


async def test_history_is_paged_from_the_newest_and_bounded_by_time(client: AsyncWebClient) -> None:
    channel = (await client.conversations_create(name="inc-4"))["channel"]["id"]
    sent = [(await client.chat_postMessage(channel=channel, text=str(n)))["ts"] for n in range(7)]
    assert sent == sorted(set(sent))

    texts: list[str] = []
    async for page in await client.conversations_history(channel=channel, limit=3):
        texts += [message["text"] for message in page["messages"]]
    assert texts == ["6", "5", "4", "3", "2", "1", "0"]
    part = await client.conversations_history(channel=channel, oldest=sent[2], latest=sent[4], inclusive=True)
    assert [message["text"] for message in part["messages"]] == ["4", "3", "2"]
    one = await client.conversations_history(channel=channel, latest=sent[3], limit=1, inclusive=True)
    assert [message["text"] for message in one["messages"]] == ["3"]


async def test_metadata_comes_back_only_on_request(client: AsyncWebClient) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    posted = await client.chat_postMessage(channel="U01ANA", text="x", metadata=metadata)
    channel = posted["channel"]

    without = await client.conversations_history(channel=channel)
    with_it = await client.conversations_history(channel=channel, include_all_metadata=True)
    assert "metadata" not in without["messages"][0]
    assert with_it["messages"][0]["metadata"] == metadata
    wrong = client.chat_postMessage(channel="U01ANA", text="x", metadata={"id": 1})
    assert await refused(wrong) == "invalid_metadata_format"


async def test_an_ephemeral_message_is_seen_by_one_person_only(
    sim: Simulator, client: AsyncWebClient
) -> None:
    channel = (await client.conversations_create(name="inc-5"))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA,U02BO")
    await client.chat_postEphemeral(channel=channel, user="U01ANA", text="for ana")

    assert (await sim.person("ana").sees("for ana")).is_ephemeral
    assert sim.person("bo").sees_now("for ana") is None
    assert len((await client.conversations_history(channel=channel))["messages"]) == 2
    outside = client.chat_postEphemeral(channel=channel, user="U03CHEN", text="x")
    assert await refused(outside) == "user_not_in_channel"


async def test_pins_reactions_and_bookmarks(sim: Simulator, client: AsyncWebClient) -> None:
    channel = (await client.conversations_create(name="inc-6"))["channel"]["id"]
    ts = (await client.chat_postMessage(channel=channel, text="card"))["ts"]

    await client.pins_add(channel=channel, timestamp=ts)
    assert await refused(client.pins_add(channel=channel, timestamp=ts)) == "already_pinned"
    assert (await client.pins_list(channel=channel))["items"][0]["message"]["text"] == "card"
    await client.pins_remove(channel=channel, timestamp=ts)
    assert await refused(client.pins_remove(channel=channel, timestamp=ts)) == "no_pin"

    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    again = client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    assert await refused(again) == "already_reacted"
    got = (await client.reactions_get(channel=channel, timestamp=ts))["message"]["reactions"]
    assert got == [{"name": "eyes", "users": ["U0BOT"], "count": 1}]
    await client.reactions_remove(channel=channel, timestamp=ts, name="eyes")

    link = "https://meet.example.com/42"
    made = await client.bookmarks_add(channel_id=channel, title="Call", type="link", link=link)
    wrong = client.bookmarks_add(channel_id=channel, title="Call", type="link", link="nowhere")
    assert await refused(wrong) == "invalid_link"
    assert sim.channel("inc-6").bookmarks[0].title == "Call"
    await client.bookmarks_remove(channel_id=channel, bookmark_id=made["bookmark"]["id"])
    assert (await client.bookmarks_list(channel_id=channel))["bookmarks"] == []


async def test_people_are_found_and_the_topic_is_set(sim: Simulator, client: AsyncWebClient) -> None:
    assert (await client.users_lookupByEmail(email="BO@example.com"))["user"]["id"] == "U02BO"
    assert await refused(client.users_lookupByEmail(email="x@example.com")) == "users_not_found"
    assert (await client.users_info(user="U04DEE"))["user"]["tz_offset"] == 19_800
    names = [member["name"] async for page in await client.users_list(limit=2) for member in page["members"]]
    assert names == ["ana", "bo", "chen", "dee", "eli", "watchbill"]

    channel = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    await client.conversations_setTopic(channel=channel, topic="sev1")
    assert sim.channel("inc-7").topic == "sev1"
    assert await refused(client.conversations_setTopic(channel=channel, topic="x" * 251)) == "too_long"


async def test_user_groups_need_a_paid_plan() -> None:
    async with Simulator(limits=False) as paid:
        env = paid.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
        group = (await client.usergroups_list())["usergroups"][0]
        await client.usergroups_users_update(usergroup=group["id"], users="U01ANA,U02BO")
        assert (await client.usergroups_users_list(usergroup=group["id"]))["users"] == ["U01ANA", "U02BO"]
        paid.workspace.team = type(paid.workspace.team)(plan="free")
        assert await refused(client.usergroups_list()) == "plan_upgrade_required"


async def test_a_trigger_opens_one_modal_within_three_seconds(sim: Simulator, client: AsyncWebClient) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
    trigger = sim.workspace.new_trigger("U01ANA")

    await client.api_call("views.open", params={"trigger_id": trigger, "view": json.dumps(view)})
    assert await refused(client.views_open(trigger_id=trigger, view=view)) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.x", view=view)) == "invalid_trigger_id"
    late = sim.workspace.new_trigger("U01ANA")
    await sim.clock.advance(seconds=3.5)
    assert await refused(client.views_open(trigger_id=late, view=view)) == "expired_trigger_id"


async def test_modals_stack_up_to_three_and_a_stale_hash_is_refused(
    sim: Simulator, client: AsyncWebClient
) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
    first = await client.views_open(trigger_id=sim.workspace.new_trigger("U01ANA"), view=view)
    for _ in range(2):
        pushed = await client.views_push(trigger_id=sim.workspace.new_trigger("U01ANA"), view=view)
    assert pushed["view"]["root_view_id"] == first["view"]["id"]
    fourth = client.views_push(trigger_id=sim.workspace.new_trigger("U01ANA"), view=view)
    assert await refused(fourth) == "push_limit_reached"

    view_id, seen = first["view"]["id"], first["view"]["hash"]
    await client.views_update(view_id=view_id, hash=seen, view=view)
    assert await refused(client.views_update(view_id=view_id, hash=seen, view=view)) == "hash_conflict"
    assert await refused(client.views_update(view_id="V404", view=view)) == "not_found"
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id="U01ANA", view=home)
    assert (await sim.person("ana").opens_home()).is_home
