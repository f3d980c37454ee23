"""The effects of on-call: the change of a watch, what follows it, and requests for cover."""

from datetime import datetime

from bot.delivery.model import Effect, Priority
from bot.oncall.request import CoverRequest, RequestId

WATCH_CHANGES = "oncall.watch_changes"
KEEP_GROUP = "oncall.group"
COMPARE_GROUPS = "oncall.groups"
TELL_GROUP = "oncall.group_refused"
# Whoever follows the watches of a schedule looks at them again: handoffs, further up.
LOOK = "oncall.look"
SHOW_REQUEST = "oncall.request"
CONFIRM_COVER = "oncall.request_taken"
RETURN_COVER = "oncall.request_returned"
REQUEST_EXPIRES = "oncall.request_expires"
SHOW_EXPIRED = "oncall.request_expired"


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


def compare_groups() -> Effect:
    """Look whether Slack's user groups are still as they were left."""
    return Effect(COMPARE_GROUPS, COMPARE_GROUPS, Priority.UPDATE, {}, COMPARE_GROUPS)


def tell_group(whom: str, reason: str, key: str) -> Effect:
    """Say once for each `key` that groups (`whom`, and a verb) do not follow who is on call."""
    return Effect(TELL_GROUP, key, Priority.UPDATE, {"whom": whom, "reason": reason, "key": key}, key)


def look(schedule: str, at: datetime | None = None) -> Effect:
    """At once where the watches may have changed; `at`: the next time there is something to do."""
    key = look_key(schedule)
    return Effect(LOOK, f"timer:{key}", Priority.UPDATE, {"schedule": schedule}, key, at)


def look_key(schedule: str) -> str:
    return f"oncall:{schedule}:look"


def show_request(request: CoverRequest) -> list[Effect]:
    """Everybody who was asked, and whoever asked, sees where the request stands."""
    return [_about(SHOW_REQUEST, request.id, person) for person in (*request.asked, request.person)]


def confirm_cover(request: CoverRequest, taken_by: str) -> list[Effect]:
    """A message of its own to both: an edit notifies nobody."""
    return [_about(CONFIRM_COVER, request.id, person) for person in (taken_by, request.person)]


def return_cover(request: CoverRequest) -> Effect:
    """Whoever asked has their watch again."""
    return _about(RETURN_COVER, request.id, request.person)


def request_expires(request: CoverRequest) -> Effect:
    key = request_expires_key(request.id)
    payload = {"request": request.id}
    return Effect(REQUEST_EXPIRES, f"timer:{key}", Priority.UPDATE, payload, key, request.expires_at)


def request_expires_key(request: RequestId) -> str:
    return f"cover_request:{request}:expires"


def show_expired(request: CoverRequest) -> list[Effect]:
    """Nobody took it: whoever asked is told, and everybody, loudly."""
    return [_about(SHOW_EXPIRED, request.id, person) for person in (request.person, "")]


def _about(kind: str, request: RequestId, person: str) -> Effect:
    key = f"{kind}:{request}:{person}"
    return Effect(kind, key, Priority.UPDATE, {"request": request, "person": person}, key)
