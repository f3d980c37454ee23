"""Finding on the screen what a person means: a message by its words, a button by its text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator import forms
from simulator.errors import Json
from simulator.workspace import text, views
from simulator.workspace.model import Channel, Message, Person, View
from simulator.workspace.workspace import Workspace

# How many messages a failed search tells of.
TOLD = 30


@dataclass(frozen=True)
class Found:
    """An element on the screen, as the action it causes."""

    place: Message | View
    action: Json
    state: Json | None = None


def raw(workspace: Workspace, message: Message) -> str:
    """All text of a message as stored."""
    plain = not (message.attachments or message.files or (message.by_app and message.blocks))
    return message.text if plain else _texts(workspace, message)[0]


def readable(workspace: Workspace, message: Message) -> str:
    """All text of a message as it is read."""
    return _texts(workspace, message)[1]


def _texts(workspace: Workspace, message: Message) -> tuple[str, str]:
    # Kept with the message until it is edited: a search looks at it again after every change.
    if message.seen_as is None:
        # A person's blocks say the same as their text.
        blocks = text.flatten(message.blocks) if message.by_app else ""
        names = text.flatten([{"title": entry.title, "alt_text": entry.alt_text} for entry in message.files])
        parts = [message.text, blocks, text.flatten(message.attachments), names]
        stored = "\n".join(part for part in parts if part)
        message.seen_as = (stored, text.shown(workspace, stored))
    return message.seen_as


def visible(workspace: Workspace, who: Person, channel: Channel) -> list[Message]:
    """What this person sees in a channel, oldest first."""
    if not workspace.can_see(who.id, channel):
        return []
    own = [message for message in channel.ephemerals if message.ephemeral_to == who.id]
    return (
        sorted((*channel.by_ts.values(), *own), key=lambda message: message.ts) if own else channel.messages
    )


def _newest_first(workspace: Workspace, who: Person, channel: Channel | None) -> Iterator[Message]:
    rooms = [channel] if channel is not None else list(workspace.channels.values())
    everything = [message for room in rooms for message in visible(workspace, who, room)]
    everything.sort(key=lambda message: message.ts, reverse=True)
    yield from everything


def message_with(workspace: Workspace, who: Person, words: str, channel: Channel | None) -> Message | None:
    """The newest visible message containing the words, as stored or as read."""
    for message in _newest_first(workspace, who, channel):
        if words in readable(workspace, message) or words in raw(workspace, message):
            return message
    return None


def describe(workspace: Workspace, who: Person, channel: Channel | None) -> str:
    """What the person does see, for the text of a failure."""
    lines = []
    for message in _newest_first(workspace, who, channel):
        room = workspace.channels[message.channel]
        where = f"#{room.name}" if room.kind in ("channel", "private") else "direct"
        only = ", only visible to them" if message.is_ephemeral else ""
        lines.append(f"  [{where}{only}] {readable(workspace, message)!r}")
        if len(lines) == TOLD:
            lines.append("  …")
            break
    stack = views.stack(workspace, who.id)
    lines.extend(f"  [modal] {view.title!r}: {text.flatten(view.blocks)!r}" for view in stack)
    return "\n".join(["They see:", *lines]) if lines else "They see nothing."


def _places(
    workspace: Workspace, who: Person, channel: Channel | None, ts: str | None
) -> Iterator[Message | View]:
    """Where to look for an element: the messages newest first, then the modal, then the home tab."""
    for message in _newest_first(workspace, who, channel):
        if ts in (None, message.ts):
            yield message
    if ts is None and channel is None:
        yield from reversed(views.stack(workspace, who.id)[-1:])
        if who.id in workspace.homes:
            yield workspace.homes[who.id]


def clickable(
    workspace: Workspace, who: Person, what: str, channel: Channel | None, ts: str | None
) -> Found | None:
    """The newest button or overflow entry of that text or action_id."""
    for place in _places(workspace, who, channel, ts):
        for block in views.every_block(place.blocks):
            for element in views.elements(block):
                if (action := _click(block, element, what)) is not None:
                    return Found(place, action)
    return None


def _click(block: Json, element: Json, what: str) -> Json | None:
    base: Json = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element.get("action_id"),
    }
    if element["type"] == "button":
        if what not in (element["text"]["text"], element.get("action_id")):
            return None
        action = base | {"text": element["text"]}
        return action | {key: element[key] for key in ("value", "style") if key in element}
    if element["type"] == "icon_button" and what in (element["text"]["text"], element.get("action_id")):
        return base | {key: element[key] for key in ("text", "icon", "value") if key in element}
    if element["type"] == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            if what in (element[side]["text"]["text"], element[side]["value"]):
                return base | {key: element[side][key] for key in ("text", "value")}
    if element["type"] == "overflow":
        for option in element["options"]:
            if what in (option["text"]["text"], option.get("value")):
                return base | {"selected_option": option}
    return None


def selectable(
    workspace: Workspace, who: Person, what: str, *, choice: Any, channel: Channel | None, ts: str | None
) -> Found | None:
    """The newest select (or other choosing element) of that name which offers the choice."""
    for place in _places(workspace, who, channel, ts):
        for block in views.every_block(place.blocks):
            for element in views.elements(block):
                if what not in forms.names(block, element):
                    continue
                if (entry := forms.entry(workspace, element, choice)) is not None:
                    return Found(place, *_chosen(place, block, element, entry))
    return None


def external(
    workspace: Workspace, who: Person, what: str, channel: Channel | None, ts: str | None
) -> tuple[Message | View, Json, Json] | None:
    """The newest external select of that name: its place, block and element."""
    for place in _places(workspace, who, channel, ts):
        for block in views.every_block(place.blocks):
            for element in views.elements(block):
                if "external" in element["type"] and what in forms.names(block, element):
                    return place, block, element
    return None


def choosing(
    workspace: Workspace, place: Message | View, block: Json, element: Json, choice: Any
) -> Found | None:
    """Choosing this in that element; None when it is not offered."""
    entry = forms.entry(workspace, element, choice)
    return None if entry is None else Found(place, *_chosen(place, block, element, entry))


def _chosen(place: Message | View, block: Json, element: Json, entry: Json) -> tuple[Json, Json]:
    values = place.values if isinstance(place, View) else views.initial_state(place.blocks)
    block_id, action_id = block["block_id"], element["action_id"]
    state = {key: dict(value) for key, value in values.items()}
    state.setdefault(block_id, {})[action_id] = entry
    return {**entry, "block_id": block_id, "action_id": action_id}, state
