"""Who wrote a message, as Slack's payloads tell it."""

from collections.abc import Mapping
from typing import Any

from bot.model import UserId


def author_of(message: Mapping[str, Any]) -> tuple[UserId | None, str | None]:
    """The user, or, for an app or a webhook without one, the name it goes by."""
    user = message.get("user")
    if user:
        return UserId(user), None
    profile = message.get("bot_profile") or {}
    return None, message.get("username") or profile.get("name")
