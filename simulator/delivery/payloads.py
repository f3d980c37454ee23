"""What Slack sends to an app: commands, interactions and events, in Slack's shapes."""

from typing import Any
from urllib.parse import urlsplit

from simulator.delivery.route import Delivered
from simulator.errors import Json
from simulator.workspace import render
from simulator.workspace.model import Channel, Message, Person, View
from simulator.workspace.workspace import Workspace

VERIFICATION_TOKEN = "simulator-verification"  # noqa: S105  (the deprecated one, in every payload)


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": _channel_name(channel)}


def _channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def command(
    workspace: Workspace, who: Person, channel: Channel, *, name: str, text: str, response_url: str
) -> Delivered:
    """A slash command."""
    payload = {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": who.id,
        "user_name": who.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.new_trigger(who.id),
    }
    return Delivered("slash_commands", payload)


def _interaction(workspace: Workspace, who: Person, kind: str, **fields: Any) -> Json:
    return {
        "type": kind,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": {
            "id": who.id,
            "username": who.name,
            "name": who.name,
            "team_id": workspace.team.id,
        },
        "api_app_id": workspace.app.id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }


def message_action_click(
    workspace: Workspace, who: Person, message: Message, *, action: Json, state: Json, response_url: str
) -> Delivered:
    """block_actions in a message."""
    channel = workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(
        workspace,
        who,
        "block_actions",
        container=container,
        trigger_id=workspace.new_trigger(who.id),
        channel=_channel(channel),
        state={"values": state},
        response_url=response_url,
        actions=[action],
    )
    if not message.is_ephemeral:
        payload["message"] = render.message(workspace, message)
    return Delivered("interactive", payload)


def view_action_click(workspace: Workspace, who: Person, view: View, action: Json) -> Delivered:
    """block_actions in a modal or home tab."""
    payload = _interaction(
        workspace,
        who,
        "block_actions",
        container={"type": "view", "view_id": view.id},
        trigger_id=workspace.new_trigger(who.id),
        view=render.view(workspace, view),
        actions=[action],
    )
    return Delivered("interactive", payload)


def block_suggestion(
    workspace: Workspace, who: Person, place: Message | View, block_id: str, element: Json, typed_in: str
) -> Delivered:
    """What somebody types into an external select; the answer is what it offers."""
    fields: Json
    if isinstance(place, View):
        fields = {
            "container": {"type": "view", "view_id": place.id},
            "view": render.view(workspace, place),
        }
    else:
        channel = workspace.channels[place.channel]
        fields = {
            "container": {
                "type": "message",
                "message_ts": place.ts,
                "channel_id": channel.id,
                "is_ephemeral": place.is_ephemeral,
            },
            "channel": _channel(channel),
        }
        if not place.is_ephemeral:
            fields["message"] = render.message(workspace, place)
    payload = _interaction(
        workspace,
        who,
        "block_suggestion",
        **fields,
        block_id=block_id,
        action_id=element["action_id"],
        value=typed_in,
    )
    return Delivered("interactive", payload)


def entity_details(workspace: Workspace, who: Person, message: Message, entity: Json) -> Json:
    """The event that somebody wants to see more of an entity."""
    url = str(entity["app_unfurl_url"])
    event = {
        "type": "entity_details_requested",
        "user": who.id,
        "external_ref": entity["external_ref"],
        "entity_url": entity["url"],
        "app_unfurl_url": url,
        "link": {"url": url, "domain": urlsplit(url).hostname or ""},
        "trigger_id": workspace.new_trigger(who.id),
        "user_locale": "en-US",
        "channel": message.channel,
        "message_ts": message.ts,
        "event_ts": workspace.next_ts(),
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def view_submission(workspace: Workspace, who: Person, view: View, response_urls: list[Json]) -> Delivered:
    payload = _interaction(
        workspace,
        who,
        "view_submission",
        trigger_id=workspace.new_trigger(who.id),
        view=render.view(workspace, view),
        response_urls=response_urls,
    )
    return Delivered("interactive", payload)


def view_closed(workspace: Workspace, who: Person, view: View, *, cleared: bool) -> Delivered:
    payload = _interaction(
        workspace, who, "view_closed", view=render.view(workspace, view), is_cleared=cleared
    )
    return Delivered("interactive", payload)


def message_shortcut(
    workspace: Workspace, who: Person, callback_id: str, message: Message, response_url: str
) -> Delivered:
    channel = workspace.channels[message.channel]
    payload = _interaction(
        workspace,
        who,
        "message_action",
        callback_id=callback_id,
        trigger_id=workspace.new_trigger(who.id),
        response_url=response_url,
        message_ts=message.ts,
        action_ts=workspace.next_ts(),
        channel=_channel(channel),
        message=render.message(workspace, message),
    )
    del payload["api_app_id"]  # shortcuts come without it
    return Delivered("interactive", payload)


def global_shortcut(workspace: Workspace, who: Person, callback_id: str) -> Delivered:
    payload = _interaction(
        workspace,
        who,
        "shortcut",
        callback_id=callback_id,
        trigger_id=workspace.new_trigger(who.id),
        action_ts=workspace.next_ts(),
    )
    del payload["api_app_id"]
    return Delivered("interactive", payload)


def event(workspace: Workspace, body: Json) -> Delivered:
    """An event of the Events API in its envelope."""
    payload: Json = {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "context_team_id": workspace.team.id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.id,
        "event": body,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": workspace.now(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team.id,
                "user_id": workspace.app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{workspace.new_id('C')}",
    }
    return Delivered("events_api", payload)


def rate_limited(workspace: Workspace, minute: int) -> Delivered:
    """That events are being dropped: it is no event itself, so it comes without the envelope of one."""
    payload = {
        "token": VERIFICATION_TOKEN,
        "type": "app_rate_limited",
        "team_id": workspace.team.id,
        "minute_rate_limited": minute,
        "api_app_id": workspace.app.id,
    }
    return Delivered("events_api", payload)
