"""Answers have the shapes of Slack's: the same keys with the same JSON types, where samples are at hand."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared")) / "slack" / "payloads" / "api"


@pytest.fixture
async def answers(sim: Simulator, client: AsyncWebClient) -> dict[str, Any]:
    """One answer of each method that has a sample."""
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is not here")
    return {**await _answers(sim, client), **await _more_answers(sim, client)}


def sample(method: str) -> Any:
    return json.loads((SAMPLES / f"{method}.json").read_text(encoding="utf-8"))


def _differences(given: Any, known: Any, at: str = "") -> Iterator[str]:
    if given is None or known is None:
        return
    if isinstance(given, bool) != isinstance(known, bool) or _kind(given) != _kind(known):
        yield f"{at}: {given!r} where Slack has {known!r}"
    elif isinstance(given, dict) and known:
        for key, value in given.items():
            if key not in known:
                yield f"{at}.{key}: not a key of Slack's"
            elif key not in ("blocks", "event_payload", "state"):
                yield from _differences(value, known[key], f"{at}.{key}")
    elif isinstance(given, list) and given and known:
        yield from _differences(given[0], known[0], f"{at}[0]")


def _kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


# Keys Slack sends that the samples at hand lack.
# Keys that Slack sends in some cases only: with a refusal or a warning; in an enterprise, to an admin, with
# Slack Connect; for a message, file or view that is of that kind; and what stands in one sample alone.
OCCASIONAL = re.compile(
    r"\.(error|errors|needed|provided|warning|response_metadata|detail|deprecated_argument|arg|callstack)$"
    r"|enterprise|\.(internal_team_ids|connected_|conversation_host_id|is_moved|is_global_shared|is_org_|teams$|is_read_only|is_(thread_only|non_threadable))"
    r"|\.(has_2fa|two_factor_type|is_stranger|is_invited_user|is_workflow_bot|is_connector_bot|locale|offset)$"
    r"|\.profile\.(image_original|image_1024|is_custom_image|guest_invited_by|huddle_|start_date|pronouns|fields"
    r"|status_emoji|bot_id|api_app_id|always_active)"
    r"|\.(message|messages\[0\])\.(thread_ts|subtype|username|icons|files|upload|x_files|display_as_bot|edited"
    r"|reactions|topic|purpose|inviter|metadata|attachments|blocks|root|room|parent_user_id|assistant_app_thread"
    r"|reply_|last_read|latest_reply|is_locked|subscribed|client_msg_id|bot_|app_id)"
    r"|\.view\.(thread_ts|message_ts|channel|entity_url|external_ref|app_unfurl_url|submit_disabled)$"
    r"|\.channel\.(last_read|is_open|priority|properties|latest|unread_count|is_starred)|channels\[0\]\.(priority"
    r"|properties|last_read|user|is_user_deleted)|history\.(latest|oldest)$|open\.(no_op|already_open)$"
    r"|auth\.test\.(app_|expires_in)|bookmark\.app_action_id|items\[0\]\.(comment|file)$|deleted_by$"
    r"|\.team\.(discoverable|is_sfdc|lob_|pay_prod|sso_|locale|icon\.image_original)"
)
UNSAMPLED = re.compile(
    r"pinned_to|permalink|\.message: not a key|\.channel: not a key|hidden|old_name|messages.0..name"
)


async def _answers(sim: Simulator, client: AsyncWebClient) -> dict[str, Any]:
    """One answer of each method that has a sample."""
    channel = (created := await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    post = await client.chat_postMessage(channel=channel, text="x", blocks=blocks, metadata=metadata)
    ts = post["ts"]
    reply = await client.chat_postMessage(channel=channel, text="y", thread_ts=ts, reply_broadcast=True)
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": blocks}
    trigger = sim.workspace.new_trigger
    group = (groups := await client.usergroups_list(include_users=True, include_count=True))["usergroups"][0]
    opened = await client.views_open(trigger_id=trigger("U01ANA"), view=modal)
    link = "https://example.com"
    return {
        "auth.test": await client.auth_test(),
        "bookmarks.add": await client.bookmarks_add(channel_id=channel, title="t", type="link", link=link),
        "chat.getPermalink": await client.chat_getPermalink(channel=channel, message_ts=ts),
        "chat.postEphemeral": await client.chat_postEphemeral(channel=channel, user="U01ANA", text="x"),
        "chat.postMessage": post,
        "chat.update": await client.chat_update(channel=channel, ts=ts, text="z"),
        "conversations.create": created,
        "conversations.info": await client.conversations_info(channel=channel, include_num_members=True),
        "conversations.join": await client.conversations_join(channel=sim.channel("general").id),
        "conversations.list": await client.conversations_list(types="public_channel,im"),
        "conversations.members": await client.conversations_members(channel=channel),
        "conversations.open": await client.conversations_open(users="U01ANA", return_im=True),
        "conversations.setTopic": await client.conversations_setTopic(channel=channel, topic="t"),
        "conversations.rename": await client.conversations_rename(channel=channel, name="inc-2"),
        "reactions.add": await client.reactions_add(channel=channel, timestamp=ts, name="eyes"),
        "pins.add": await client.pins_add(channel=channel, timestamp=ts),
        "pins.list": await client.pins_list(channel=channel),
        "conversations.history": await client.conversations_history(
            channel=channel, include_all_metadata=True
        ),
        "conversations.replies": await client.conversations_replies(channel=channel, ts=ts),
        "team.info": await client.team_info(),
        "usergroups.list": groups,
        "usergroups.users.update": await client.usergroups_users_update(
            usergroup=group["id"], users="U01ANA"
        ),
        "usergroups.users.list": await client.usergroups_users_list(usergroup=group["id"]),
        "users.info": await client.users_info(user="U01ANA"),
        "users.list": await client.users_list(limit=2),
        "users.lookupByEmail": await client.users_lookupByEmail(email="ana@example.com"),
        "views.open": opened,
        "views.push": await client.views_push(trigger_id=trigger("U01ANA"), view=modal),
        "views.update": await client.views_update(view_id=opened["view"]["id"], view=modal),
        "views.publish": await client.views_publish(
            user_id="U01ANA", view={"type": "home", "blocks": blocks}
        ),
        "chat.delete": await client.chat_delete(channel=channel, ts=reply["ts"]),
        "conversations.archive": await client.conversations_archive(channel=channel),
    }


async def _more_answers(sim: Simulator, client: AsyncWebClient) -> dict[str, Any]:
    channel = (await client.conversations_create(name="inc-9"))["channel"]["id"]
    invited = await client.conversations_invite(channel=channel, users="U01ANA")
    ts = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    begun = await client.files_getUploadURLExternal(filename="x.txt", length=1)
    sim.workspace.files[begun["file_id"]].content = b"x"
    files = [{"id": begun["file_id"], "title": "x"}]
    content = {"type": "markdown", "markdown": "x"}
    details = {"trigger_id": sim.workspace.new_trigger("U01ANA"), "metadata": {"entity_type": "x"}}
    return {
        "apps.connections.open": await client.apps_connections_open(
            app_token=sim.bot_env()["SLACK_APP_TOKEN"]
        ),
        "conversations.invite": invited,
        "conversations.canvases.create": await client.conversations_canvases_create(
            channel_id=channel, document_content=content
        ),
        "reactions.remove": await client.reactions_remove(channel=channel, timestamp=ts, name="eyes"),
        "files.getUploadURLExternal": begun,
        "files.completeUploadExternal": await client.files_completeUploadExternal(
            files=files, channel_id=channel
        ),
        "entity.presentDetails": await client.api_call("entity.presentDetails", json=details),
    }


async def test_every_sample_is_held_against_an_answer(answers: dict[str, Any]) -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} == answers.keys()


async def test_no_answer_has_what_slacks_has_not(answers: dict[str, Any]) -> None:
    wrong = []
    for name, answer in answers.items():
        found = _differences(answer.data, sample(name), name)
        wrong += [line for line in found if not UNSAMPLED.search(line)]

    assert "\n".join(sorted(set(wrong))) == ""


def _missing(given: Any, known: Any, at: str = "") -> Iterator[str]:
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in known.items():
            if key not in given:
                yield f"{at}.{key}"
            elif key not in ("blocks", "event_payload", "state", "values"):
                yield from _missing(given[key], value, f"{at}.{key}")
    elif isinstance(given, list) and isinstance(known, list) and given and known:
        yield from _missing(given[0], known[0], f"{at}[0]")


async def test_no_answer_lacks_what_slacks_has(answers: dict[str, Any]) -> None:
    lacking = []
    for name, answer in answers.items():
        lacking += [line for line in _missing(answer.data, sample(name), name) if not OCCASIONAL.search(line)]

    assert "\n".join(sorted(set(lacking))) == ""
