"""What one person sees, as the page gets it."""

import json
from functools import partial

from simulator.calls import Call
from simulator.changes import Change
from simulator.errors import Json
from simulator.manifest import Manifest
from simulator.waiting import Waiting
from simulator.workspace import render, views
from simulator.workspace.model import Channel, Message, Person
from simulator.workspace.workspace import Workspace


def person(who: Person) -> Json:
    return {
        "id": who.id,
        "name": who.name,
        "real_name": who.real_name,
        "email": who.email,
        "tz": who.tz,
        "deleted": who.deleted,
        "is_bot": who.is_bot,
    }


def people(workspace: Workspace, waiting: Waiting) -> list[Json]:
    """GET /sim/people: everybody, with what waits for them."""
    return [person(who) | waiting.badge(who) for who in workspace.people.values()]


def message(workspace: Workspace, what: Message) -> Json:
    """A message object for the page: as Slack's, with the channel. People's are shown by their text."""
    shape = render.message(workspace, what) | {"channel": what.channel}
    if not what.by_app:
        shape.pop("blocks", None)
    return shape


def _channel(waiting: Waiting, who: Person, channel: Channel) -> Json:
    unread, mentions = waiting.of(who, channel)
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "is_member": who.id in channel.members,
        "is_archived": channel.is_archived,
        "members": list(channel.members),
        "unread": unread,
        "mentions": mentions,
        "last_ts": channel.timeline[-1] if channel.timeline else None,
        "with": next((user for user in channel.members if user != who.id), None)
        if channel.kind == "im"
        else None,
        "bookmarks": [{"id": b.id, "title": b.title, "link": b.link} for b in channel.bookmarks],
        "pins": list(channel.pins),
        "read": channel.reads.get(who.id),
        "created": channel.created,
        "creator": channel.creator,
    }


def state(
    workspace: Workspace, waiting: Waiting, manifest: Manifest, who: Person, bot_connected: bool
) -> str:
    """GET /sim/state: all but the messages, as JSON. A channel is written anew when it has changed."""
    channels = ", ".join(
        waiting.written(who, channel, partial(_channel, waiting, who, channel))
        for channel in workspace.channels.values()
        if workspace.can_see(who.id, channel)
    )
    rest = json.dumps(_beside_channels(workspace, manifest, who, bot_connected), ensure_ascii=False)
    return f'{{"channels": [{channels}], {rest[1:]}'


def _beside_channels(workspace: Workspace, manifest: Manifest, who: Person, bot_connected: bool) -> Json:
    home = workspace.homes.get(who.id)
    clock = workspace.clock.as_json()
    return {
        "team": {"id": workspace.team.id, "name": workspace.team.name, "domain": workspace.team.domain},
        "me": who.id,
        "people": [person(each) for each in workspace.people.values()],
        "app": {
            "id": workspace.app.id,
            "name": workspace.app.name,
            "user_id": workspace.app.user_id,
            "commands": [
                {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                for c in manifest.commands
            ],
            "shortcuts": [
                {
                    "name": s.name,
                    "callback_id": s.callback_id,
                    "type": s.type,
                    "description": s.description,
                }
                for s in manifest.shortcuts
            ],
        },
        "usergroups": [
            {"id": group.id, "handle": group.handle, "name": group.name, "users": list(group.users)}
            for group in workspace.usergroups.values()
        ],
        "views": [render.view(workspace, view) for view in views.stack(workspace, who.id)],
        "home": render.view(workspace, home) if home else None,
        "clock": {"now": clock["now"], "offset": clock["offset"], "heading_for": clock["heading_for"]},
        "bot_connected": bot_connected,
    }


def messages(
    workspace: Workspace, who: Person, channel: Channel, *, thread: str | None, before: str | None, limit: int
) -> Json:
    """GET /sim/messages: a page of a channel or of a thread, oldest first."""
    own = [m for m in channel.ephemerals if m.ephemeral_to == who.id]
    more = False
    if thread:
        root = channel.by_ts.get(thread)
        chosen = [root, *(channel.by_ts[ts] for ts in root.replies)] if root else []
        chosen += [m for m in own if m.thread_ts == thread]
    else:
        end = channel.position(before) if before else len(channel.timeline)
        start = max(0, end - limit)
        more = start > 0
        chosen = [channel.by_ts[ts] for ts in channel.timeline[start:end]]
        oldest = chosen[0].ts if chosen and start else ""
        chosen += [m for m in own if not m.thread_ts and oldest <= m.ts and (not before or m.ts < before)]
    chosen.sort(key=lambda entry: entry.ts)
    return {"messages": [message(workspace, entry) for entry in chosen], "has_more": more}


def change(workspace: Workspace, who: Person, what: Change) -> Json | None:
    """A change as this person gets to know of it; None when they do not."""
    if what.to is not None and who.id not in what.to:
        return None
    room = workspace.channels.get(what.channel or "")
    if what.to is None and room is not None and not workspace.can_see(who.id, room):
        return None  # a guest, and a channel they are not in
    shape: Json = {"type": what.kind}
    if what.channel is not None:
        shape["channel"] = what.channel
    if what.by is not None:
        shape["user"] = what.by
    if what.message is not None:
        shape |= {"ts": what.message.ts, "thread_ts": what.message.thread_ts}
        if what.kind in ("message", "changed"):
            shape["message"] = message(workspace, what.message)
    return shape


def call(entry: Call) -> Json:
    """A Web API call of the log."""
    return {
        "number": entry.number,
        "method": entry.method,
        "args": {
            key: value for key, value in entry.args.items() if isinstance(value, str | int | list | dict)
        },
        "token_kind": entry.token_kind,
        "at": entry.at,
        "status": entry.status,
        "ok": entry.ok,
        "error": entry.error,
        "response": entry.response,
        "phase": entry.phase,
    }
