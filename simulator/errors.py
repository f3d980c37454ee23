"""What the simulated Slack answers when it refuses."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal with Slack's own code. `extra` holds further keys of the answer (needed, errors …)."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra: Json = extra


def invalid_arguments(*messages: str) -> SlackError:
    """The refusal of a call whose arguments do not fit; `messages` say which, in Slack's form."""
    lines = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": lines})
