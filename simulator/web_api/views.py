"""views.open, push, update, publish."""

import json

from simulator.blocks import check_view
from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method
from simulator.workspace import render, views
from simulator.workspace.model import View

# docs.slack.dev: 250 KB.
VIEW_BYTES = 250_000


def _body(asked: Asked, kind: str | None) -> Json:
    """The `view` argument, checked, with the ids it lacks filled in."""
    body = asked.args.json("view", "invalid_arguments")
    if body is None:
        raise invalid_arguments("missing required field: view")
    if not isinstance(body, dict):
        raise invalid_arguments("must be a valid view [json-pointer:/view]")
    if len(json.dumps(body)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return check_view(body, kind)


def _shape(asked: Asked, view: View) -> Json:
    return {"view": render.view(asked.workspace, view)}


def open_modal(asked: Asked) -> Json:
    body = _body(asked, "modal")
    user = asked.workspace.use_trigger(_trigger(asked))
    return _shape(asked, views.open_first(asked.workspace, user, body))


def push(asked: Asked) -> Json:
    body = _body(asked, "modal")
    user = asked.workspace.use_trigger(_trigger(asked))
    return _shape(asked, views.push(asked.workspace, user, body))


def _trigger(asked: Asked) -> str:
    return asked.args.text("trigger_id") or asked.args.required("interactivity_pointer")


def update(asked: Asked) -> Json:
    args = asked.args
    if not (args.has("view_id") or args.has("external_id")):
        raise invalid_arguments("missing required field: view_id or external_id")
    body = _body(asked, None)
    view = views.find(asked.workspace, args.text("view_id"), args.text("external_id"))
    if body["type"] != view.body["type"]:
        raise invalid_arguments(f"must be of type {view.body['type']} [json-pointer:/view/type]")
    _check_hash(asked, view)
    return _shape(asked, views.update(asked.workspace, view, body))


def publish(asked: Asked) -> Json:
    user = asked.args.required("user_id")
    if user not in asked.workspace.people:
        raise invalid_arguments("user not found [json-pointer:/user_id]")
    body = _body(asked, "home")
    if (held := asked.workspace.homes.get(user)) is not None:
        _check_hash(asked, held)
    return _shape(asked, views.publish(asked.workspace, user, body))


def _check_hash(asked: Asked, view: View) -> None:
    if asked.args.has("hash") and asked.args.text("hash") != view.hash:
        raise SlackError("hash_conflict")


METHODS = (
    Method("views.open", open_modal, tier=4),
    Method("views.push", push, tier=4),
    Method("views.update", update, tier=4),
    Method("views.publish", publish, tier=4),
)
