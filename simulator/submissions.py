"""Sending a modal off: what the person's client refuses, and what the app's answer does."""

from typing import Any

from simulator.blocks import check_view
from simulator.errors import Json, invalid_arguments
from simulator.workspace import views
from simulator.workspace.model import View
from simulator.workspace.views import value_key
from simulator.workspace.workspace import Workspace

# docs.slack.dev: a plain_text_input takes 3,000 characters at most.
INPUT_LENGTH = 3000


def incomplete(view: View) -> dict[str, str]:
    """What the person's own client refuses: required inputs that are empty, texts of a wrong length."""
    errors: dict[str, str] = {}
    for block in view.blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        entry = view.values.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(value_key(element) or "")
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and len(value) > element.get("max_length", INPUT_LENGTH):
            errors[block["block_id"]] = "Please shorten this text."
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            errors[block["block_id"]] = "Please lengthen this text."
    return errors


def respond(workspace: Workspace, view: View, body: Any) -> dict[str, str]:
    """Do what the answer to a submission says; the errors by block_id where it has some.

    SlackError invalid_arguments for an answer Slack would not understand.
    """
    answer: Json = body if isinstance(body, dict) else {}
    match answer.get("response_action"):
        case None:
            views.close(workspace, view)
        case "clear":
            views.close_all(workspace, view.user)
        case "errors":
            return _errors(view, answer.get("errors"))
        case "update":
            views.update(workspace, view, check_view(answer.get("view"), "modal"))
        case "push":
            views.push(workspace, view.user, check_view(answer.get("view"), "modal"))
        case other:
            raise invalid_arguments(f"unknown response_action: {other}")
    return {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Errors must name input blocks of the view."""
    known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise invalid_arguments("errors must name at least one block")
    for block_id in errors:
        if block_id not in known:
            raise invalid_arguments(f"invalid block_id in errors: {block_id}")
    return {str(block_id): str(text) for block_id, text in errors.items()}
