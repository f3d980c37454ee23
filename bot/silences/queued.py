"""The effects of silences: their message, and the turns at which they begin and end."""

from bot.delivery.model import Effect, Priority
from bot.silences.model import Silence, SilenceId

SHOW = "silence.show"
TURN = "silence.turn"


def message_key(number: SilenceId) -> str:
    return f"silence:{number}"


def show(silence: Silence) -> Effect:
    key = message_key(silence.id)
    return Effect(SHOW, key, Priority.UPDATE, {"silence": silence.id}, key)


def begins(silence: Silence) -> Effect:
    key = begins_key(silence.id)
    return Effect(TURN, f"timer:{key}", Priority.TIMER, {"silence": silence.id}, key, silence.starts_at)


def ends(silence: Silence) -> Effect:
    """A page may wait for it: what fails on is told then."""
    key = ends_key(silence.id)
    return Effect(TURN, f"timer:{key}", Priority.TIMER, {"silence": silence.id}, key, silence.over_at)


def begins_key(number: SilenceId) -> str:
    return f"silence:{number}:begins"


def ends_key(number: SilenceId) -> str:
    return f"silence:{number}:ends"
