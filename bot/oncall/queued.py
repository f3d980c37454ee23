"""The effects of on-call: the change of a watch, and the user group that follows it."""

from datetime import datetime

from bot.delivery.model import Effect, Priority

WATCH_CHANGES = "oncall.watch_changes"
KEEP_GROUP = "oncall.group"


def watch_changes(schedule: str, at: datetime) -> Effect:
    """A timer: who is on call for the schedule changes then."""
    key = watch_key(schedule)
    return Effect(WATCH_CHANGES, f"timer:{key}", Priority.UPDATE, {"schedule": schedule}, key, at)


def watch_key(schedule: str) -> str:
    return f"oncall:{schedule}:changes"


def keep_group(schedule: str) -> Effect:
    """Make the schedule's user group hold exactly who is on call."""
    lane = f"oncall:{schedule}:group"
    return Effect(KEEP_GROUP, lane, Priority.UPDATE, {"schedule": schedule}, lane)
