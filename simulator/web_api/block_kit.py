"""blocks.validate: what Slack would say to blocks, a message or a view, without sending it."""

from typing import Any

from simulator.blocks import check_message_blocks, check_view
from simulator.errors import Json, SlackError, invalid_arguments
from simulator.web_api.asked import Asked, Method

_KINDS = ("blocks", "message", "view")


def validate(asked: Asked) -> Json:
    given = [kind for kind in _KINDS if asked.args.has(kind)]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, message, view")
    kind = given[0]
    value = asked.args.json(kind, "invalid_arguments")
    try:
        _check(kind, value)
    except SlackError as error:
        texts = error.extra.get("response_metadata", {}).get("messages", [error.code])
        raise SlackError(f"invalid_{kind}", errors=[_problem(text) for text in texts]) from error
    return {}


def _check(kind: str, value: Any) -> None:
    if kind == "blocks":
        check_message_blocks(value, "")
    elif kind == "message":
        message = value if isinstance(value, dict) else {}
        check_message_blocks(message.get("blocks"))
        for number, attachment in enumerate(message.get("attachments") or []):
            check_message_blocks(attachment.get("blocks"), f"/attachments/{number}/blocks")
    else:
        check_view(value, None)


def _problem(text: str) -> Json:
    """A problem as this method tells it: the place apart from the words."""
    words, _, place = text.removeprefix("[ERROR] ").partition(" [json-pointer:")
    return {
        "pointer": place.removesuffix("]").removeprefix("/view"),
        "code": "failed_constraint",
        "message": words,
    }


METHODS = (Method("blocks.validate", validate, tier=0),)
