"""The effects of follow-ups: the messages of their owners, and the day on which one is due."""

from bot.delivery.model import Effect, Priority
from bot.followups.model import FollowUp, FollowUpId

SHOW = "followup.show"
DUE = "followup.due"


def shows(found: FollowUp) -> tuple[Effect, ...]:
    """Every message that there is of it, as it is now."""
    return tuple(_show(found.id, key) for key in found.told)


def _show(number: FollowUpId, key: str) -> Effect:
    lane = f"followup:{number}:{key}"
    return Effect(SHOW, lane, Priority.UPDATE, {"followup": number, "told": key}, lane)


def due(found: FollowUp) -> Effect:
    key = due_key(found.id)
    return Effect(DUE, f"timer:{key}", Priority.UPDATE, {"followup": found.id}, key, found.tell_at)


def due_key(number: FollowUpId) -> str:
    return f"followup:{number}:due"
