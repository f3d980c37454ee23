"""Which events the app gets, and what is in them, heard by Bolt."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from simulator.seed import PersonSeed

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("WATCHBILL_SHARED", ROOT.parent / "shared")) / "slack" / "payloads"


def recorded(sim: Simulator) -> list[Json]:
    """The events the app is told of, from now on."""
    told: list[Json] = []
    tell = sim.workspace.tell_app

    def record(body: Json, channel: Any) -> None:
        before = sim.events.last
        tell(body, channel)
        if sim.events.last is not before and sim.events.last is not None:
            told.append(sim.events.last.payload)

    sim.workspace.tell_app = record
    return told


def kinds(told: list[Json]) -> list[str]:
    return [payload["event"].get("subtype") or payload["event"]["type"] for payload in told]


async def everything(sim: Simulator, client: AsyncWebClient) -> None:
    """A life of a channel in which every kind of event occurs."""
    ana = sim.person("ana")
    channel = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_invite(channel=channel, users="U01ANA")
    ts = await ana.says("hello @watchbill", channel=channel)
    await ana.edits(channel, ts, "edited")
    await ana.reacts("pushpin", channel, ts)
    await ana.unreacts("pushpin", channel, ts)
    await ana.pins(channel, ts)
    await ana.unpins(channel, ts)
    await client.conversations_setTopic(channel=channel, topic="t")
    await client.conversations_rename(channel=channel, name="inc-2")
    await ana.deletes(channel, ts)
    await ana.shares("graph.png", b"png", channel)
    await ana.says("https://example.com/x", channel)
    await ana.leaves(channel)
    await client.conversations_archive(channel=channel)
    await client.conversations_unarchive(channel=channel)
    sim.add_person(PersonSeed("fay"))
    sim.change_person("fay", deleted=True)
    group = next(iter(sim.workspace.usergroups))
    await client.usergroups_users_update(usergroup=group, users="U01ANA")
    sim.acting.open_home(ana.who)


async def test_every_kind_of_event_is_told_in_order(sim: Simulator, client: AsyncWebClient) -> None:
    told = recorded(sim)
    await everything(sim, client)

    assert kinds(told) == [
        "channel_created",
        "channel_join",
        "member_joined_channel",
        "message",
        "app_mention",
        "message_changed",
        "reaction_added",
        "reaction_removed",
        "pin_added",
        "pin_removed",
        "channel_topic",
        "channel_name",
        "channel_rename",
        "message_deleted",
        "file_share",
        "file_shared",
        "message",
        "link_shared",
        "channel_leave",
        "member_left_channel",
        "channel_archive",
        "channel_archive",
        "channel_unarchive",
        "channel_unarchive",
        "team_join",
        "user_change",
        "subteam_members_changed",
        "app_home_opened",
    ]
    stamps = [float(payload["event"]["event_ts"]) for payload in told]
    assert stamps == sorted(stamps)
    assert len({payload["event_id"] for payload in told}) == len(told)


async def test_bolt_hears_events_by_their_names(
    sim: Simulator, connected: AsyncApp, client: AsyncWebClient
) -> None:
    heard: list[str] = []

    def listen(name: str) -> None:
        @connected.event(name)
        async def listener(event: Json) -> None:
            heard.append(name)

    for name in ("app_mention", "reaction_added", "pin_added", "member_left_channel", "team_join"):
        listen(name)
    await everything(sim, client)
    await sim.until(lambda: len(heard) == 5)
    assert heard == ["app_mention", "reaction_added", "pin_added", "member_left_channel", "team_join"]


async def test_the_app_hears_only_what_it_asked_for_and_only_where_it_is() -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": ["channels:history", "channels:join", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.channels", "reaction_added"]}},
    }
    async with Simulator(manifest=manifest) as sim:
        env = sim.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
        told = recorded(sim)
        ana = sim.person("ana")
        ts = await ana.says("outside")
        await ana.reacts("eyes", "#general", ts)
        await ana.says("not subscribed", channel="watchbill")
        assert kinds(told) == []
        await client.conversations_join(channel=sim.channel("general").id)
        await ana.reacts("tada", "#general", ts)
        await ana.pins("#general", ts)
        assert kinds(told) == ["channel_join", "reaction_added"]


SAMPLED = {
    "app_home_opened": "AppHomeOpened",
    "app_mention": "AppMention",
    "channel_archive": "ChannelArchive",
    "channel_rename": "ChannelRename",
    "file_share": "MessageFileShare",
    "link_shared": "LinkShared",
    "member_joined_channel": "MemberJoinedChannel",
    "member_left_channel": "MemberLeftChannel",
    "message": "Message",
    "message_changed": "MessageChanged",
    "message_deleted": "MessageDeleted",
    "channel_topic": "MessageChannelTopic",
    "pin_added": "PinAdded",
    "reaction_added": "ReactionAdded",
    "subteam_members_changed": "SubteamMembersChanged",
    "team_join": "TeamJoin",
    "user_change": "UserChange",
}

# Sent by Slack, absent from the samples at hand.
UNSAMPLED = {
    "context_team_id",
    "context_enterprise_id",
    "event_ts",
    "channel",
    "channel_type",
    "team",
    "app_id",
    "pinned_to",
    "pin_count",
    "purpose",
    "client_msg_id",
    "edited",
    "blocks",
    "reply_broadcast",
}


def strangers(given: Any, known: Any, at: str = "") -> list[str]:
    """Keys of ours that Slack's sample does not have, and values of another JSON type."""
    if isinstance(given, list) and isinstance(known, list):
        return strangers(given[0], known[0], at) if given and known else []
    if not (isinstance(given, dict) and isinstance(known, dict)):
        same = type(given) is type(known) or given is None or known is None
        return [] if same or {type(given), type(known)} <= {int, float} else [f"{at}: {given!r}"]
    found = [f"{at}.{key}" for key in given if key not in known and key not in UNSAMPLED]
    for key in given.keys() & known.keys() - {"blocks", "metadata", "state"}:
        found += strangers(given[key], known[key], f"{at}.{key}")
    return found


async def test_events_have_the_shapes_of_slacks(sim: Simulator, client: AsyncWebClient) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"{SAMPLES} is not here")
    told = recorded(sim)
    await everything(sim, client)
    wrong = []
    for payload, kind in zip(told, kinds(told), strict=True):
        if kind in SAMPLED and kind != "channel_archive":
            sample = json.loads((SAMPLES / "events" / f"{SAMPLED[kind]}.json").read_text(encoding="utf-8"))
            wrong += strangers(payload, sample, kind)

    assert "\n".join(sorted(set(wrong))) == ""
