"""Modals and home tabs: the stack of each person, and what was entered."""

import hashlib
from collections.abc import Iterator

from simulator.errors import Json, SlackError
from simulator.workspace.model import View
from simulator.workspace.workspace import Workspace

# docs.slack.dev: up to three views at a time.
STACK = 3

_INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_users_select": ("initial_users", "selected_users"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "rich_text_input": ("initial_value", "rich_text_value"),
}


def every_block(blocks: list[Json]) -> Iterator[Json]:
    """The blocks, those inside containers and carousels included."""
    for block in blocks:
        yield block
        yield from every_block(block.get("child_blocks", []))
        if block.get("type") == "carousel":
            yield from every_block(block["elements"])


def elements(block: Json) -> list[Json]:
    """The interactive elements of a block, in the order they stand."""
    match block.get("type"):
        case "input":
            return [block["element"]]
        case "actions" | "context_actions":
            return list(block["elements"])
        case "card":
            return list(block.get("actions") or [])
        case "section":
            accessory = block.get("accessory")
            return [accessory] if accessory and accessory["type"] != "image" else []
        case _:
            return []


def value_key(element: Json) -> str | None:
    """Where an element's entry stands in the state (`selected_option` …); None for a button."""
    entry = _INITIAL.get(element["type"])
    return entry[1] if entry else None


def initial_state(blocks: list[Json], kept: Json | None = None) -> Json:
    """The `state.values` of these blocks: their initial values, or what `kept` holds for the same ids."""
    values: Json = {}
    for block in every_block(blocks):
        for element in elements(block):
            if element["type"] not in _INITIAL:
                continue
            initial, key = _INITIAL[element["type"]]
            many = key.endswith("s")
            entry: Json = {"type": element["type"], key: element.get(initial, [] if many else None)}
            before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
            if before is not None and before.get("type") == element["type"]:
                entry = before
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def _hash(workspace: Workspace, body: Json) -> str:
    digest = hashlib.sha256(repr(body).encode()).hexdigest()[:8]
    return f"{workspace.next_ts()}.{digest}"


def make(workspace: Workspace, user: str, body: Json, previous: View | None = None) -> View:
    """A new view with its initial values; it is not on anybody's screen yet."""
    view_id = workspace.new_id("V")
    view = View(view_id, user, body, _hash(workspace, body), previous.root if previous else view_id)
    view.previous = previous.id if previous else None
    view.values = initial_state(view.blocks)
    return view


def stack(workspace: Workspace, user: str) -> list[View]:
    return workspace.stacks.setdefault(user, [])


def open_first(workspace: Workspace, user: str, body: Json) -> View:
    """Open a modal; what was open before is gone."""
    check_external_id(workspace, body)
    view = make(workspace, user, body)
    workspace.stacks[user] = [view]
    workspace.changed("views", to={user})
    return view


def push(workspace: Workspace, user: str, body: Json) -> View:
    """Lay a modal over the open one. SlackError push_limit_reached."""
    held = stack(workspace, user)
    if len(held) >= STACK:
        raise SlackError("push_limit_reached")
    check_external_id(workspace, body)
    view = make(workspace, user, body, held[-1] if held else None)
    held.append(view)
    workspace.changed("views", to={user})
    return view


def find(workspace: Workspace, view_id: str, external_id: str) -> View:
    """An open view by either id. SlackError not_found."""
    candidates = [view for held in workspace.stacks.values() for view in held]
    for view in (*candidates, *workspace.homes.values()):
        if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
            return view
    raise SlackError("not_found")


def update(workspace: Workspace, view: View, body: Json) -> View:
    """Replace a view's content; what was entered under ids that stay is kept."""
    check_external_id(workspace, body, view)
    view.body = body
    view.hash = _hash(workspace, body)
    view.values = initial_state(view.blocks, view.values)
    workspace.changed("home" if view.is_home else "views", to={view.user})
    return view


def publish(workspace: Workspace, user: str, body: Json) -> View:
    """Set a person's home tab."""
    held = workspace.homes.get(user)
    if held is not None:
        return update(workspace, held, body)
    view = make(workspace, user, body)
    workspace.homes[user] = view
    workspace.changed("home", to={user})
    return view


def close(workspace: Workspace, view: View) -> None:
    """Take a view, and what lies over it, off the screen."""
    held = stack(workspace, view.user)
    if view in held:
        del held[held.index(view) :]
    workspace.changed("views", to={view.user})


def close_all(workspace: Workspace, user: str) -> None:
    workspace.stacks[user] = []
    workspace.changed("views", to={user})


def check_external_id(workspace: Workspace, body: Json, but: View | None = None) -> None:
    """SlackError duplicate_external_id."""
    if not (external_id := body.get("external_id")):
        return
    views = [view for held in workspace.stacks.values() for view in held]
    for view in (*views, *workspace.homes.values()):
        if view is not but and view.body.get("external_id") == external_id:
            raise SlackError("duplicate_external_id")
