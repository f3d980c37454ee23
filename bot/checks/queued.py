"""What checks want done outside."""

from bot.checks.model.trouble import Trouble
from bot.delivery.model import Effect, Priority
from bot.model import ChannelId, UserId

SHOW_TROUBLE = "check.trouble"
TELL_INCIDENT = "check.incident"
RUN = "check.run"
ASK_AGAIN = "check.again"


def message_key(trouble: Trouble) -> str:
    return f"check:trouble:{trouble.id}"


def show_trouble(trouble: Trouble) -> Effect:
    lane = f"check:{trouble.check}"
    return Effect(SHOW_TROUBLE, lane, Priority.UPDATE, {"trouble": trouble.id}, message_key(trouble))


def tell_incident(trouble: Trouble) -> Effect:
    """Declare an incident for it, or say in the one it has what it came to."""
    key = f"check:incident:{trouble.id}"
    # A lane of its own, and hands that no Slack can keep busy: it may page somebody.
    return Effect(TELL_INCIDENT, key, Priority.TIMER, {"trouble": trouble.id}, key)


def ask_again(name: str) -> Effect:
    """Ask a probe out of its turn, and go by what it says."""
    lane = f"check:again:{name}"
    return Effect(ASK_AGAIN, lane, Priority.UPDATE, {"check": name}, lane)


def run(name: str, user: UserId, channel: ChannelId) -> Effect:
    """Ask a check and tell the person what came of it."""
    payload = {"check": name, "user": user, "channel": channel}
    # One at a time of each: a check that hangs must not keep every hand busy when many ask.
    lane = f"check:run:{name}"
    return Effect(RUN, lane, Priority.ANSWER, payload, f"{lane}:{user}:{channel}")
