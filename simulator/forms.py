"""Filling in inputs by what stands beside them, as a person does."""

from typing import Any

from simulator.errors import Json
from simulator.workspace import views
from simulator.workspace.model import View
from simulator.workspace.workspace import Workspace


def names(block: Json, element: Json) -> set[str]:
    """What an element can be called: its label, placeholder, section text, block_id or action_id."""
    label = (block.get("label") or {}).get("text")
    beside = (block.get("text") or {}).get("text")
    placeholder = (element.get("placeholder") or {}).get("text")
    found = (label, beside, placeholder, block.get("block_id"), element.get("action_id"))
    return {name for name in found if name}


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _option(element: Json, choice: Any) -> Json | None:
    for option in _options(element):
        if choice in (option["text"]["text"], option.get("value")):
            return option
    return None


def _reference(workspace: Workspace, kind: str, choice: Any) -> str | None:
    """The id of a person or channel given by name or id."""
    if "users" in kind:
        person = workspace.person_named(str(choice))
        return person.id if person else None
    channel = workspace.channel_named(str(choice))
    return channel.id if channel else None


def entry(workspace: Workspace, element: Json, choice: Any) -> Json | None:
    """The state of an element after this choice; None when it does not offer it."""
    kind = element["type"]
    key = views.value_key(element)
    if key is None:
        return None
    value: Any
    if key == "selected_option":
        value = None if choice is None else _option(element, choice)
        if value is None and choice is not None:
            return None
    elif key == "selected_options":
        chosen = [_option(element, one) for one in many(choice)]
        if None in chosen:
            return None
        value = chosen
    elif key in ("selected_users", "selected_conversations", "selected_channels"):
        value = [_reference(workspace, kind, one) for one in many(choice)]
    elif key in ("selected_user", "selected_conversation", "selected_channel"):
        value = _reference(workspace, kind, choice) if choice is not None else None
    else:
        value = choice
    return {"type": kind, key: value}


def many(choice: Any) -> list[Any]:
    """One choice or several, as a list."""
    if choice is None:
        return []
    return list(choice) if isinstance(choice, list | tuple | set) else [choice]


def external(view: View, name: str) -> tuple[Json, Json] | None:
    """The field of that name, as (block, element), if the app is to be asked what it offers."""
    block, element = _field(view, name)
    return (block, element) if "external" in element["type"] else None


def fill(workspace: Workspace, view: View, fields: Json, offers: dict[str, Json] | None = None) -> Json:
    """The state of a modal after filling in. AssertionError for a field or choice that is not there.

    `offers`: what the app offers in external selects, by the name of the field.
    """
    values = {block_id: dict(entries) for block_id, entries in view.values.items()}
    for name, choice in fields.items():
        block, element = _field(view, name)
        element = element | (offers or {}).get(name, {})
        filled = entry(workspace, element, choice)
        if filled is None:
            offered = [option["text"]["text"] for option in _options(element)]
            raise AssertionError(f"{name!r} does not offer {choice!r}; it offers {offered}")
        values.setdefault(block["block_id"], {})[element["action_id"]] = filled
    return values


def _field(view: View, name: str) -> tuple[Json, Json]:
    known: list[str] = []
    for block in views.every_block(view.blocks):
        for element in views.elements(block):
            called = names(block, element)
            if name in called:
                return block, element
            known.extend(sorted(called))
    raise AssertionError(f"The modal {view.title!r} has no field {name!r}; it has {known}")


def by_label(view: View, errors: dict[str, str]) -> dict[str, str]:
    """Errors by block_id, as errors by the label a person reads."""
    labels = {block["block_id"]: str(block["label"]["text"]) for block in view.blocks if "label" in block}
    return {labels.get(block_id, block_id): text for block_id, text in errors.items()}
