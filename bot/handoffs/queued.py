"""The effects of a change of watch.

`handoff:7` is the lane of its note; everybody's own messages have lanes of their own.
"""

from datetime import datetime

from bot.delivery.model import Effect, Priority
from bot.handoffs.model import HandoffId, Reminded

NOTE = "handoff.note"
ASK = "handoff.ask"
NUDGE_DUE = "handoff.nudge_due"
NUDGE = "handoff.nudge"
NUDGE_GONE = "handoff.nudge_gone"
UNHEARD = "handoff.unheard"
REMIND = "handoff.reminder"


def note(handoff: HandoffId) -> Effect:
    key = f"handoff:{handoff}"
    return Effect(NOTE, key, Priority.UPDATE, {"handoff": handoff}, key)


def ask(handoff: HandoffId, person: str) -> Effect:
    return _to(ASK, handoff, person)


def unheard(handoff: HandoffId, person: str) -> Effect:
    """`person`: whom it is told, or empty for everybody."""
    return _to(UNHEARD, handoff, person)


def nudge_due(handoff: HandoffId, at: datetime) -> Effect:
    key = nudge_key(handoff)
    return Effect(NUDGE_DUE, f"timer:{key}", Priority.UPDATE, {"handoff": handoff}, key, at)


def nudge_key(handoff: HandoffId) -> str:
    return f"handoff:{handoff}:nudge_due"


def nudge(handoff: HandoffId, person: str, count: int) -> Effect:
    return _to(NUDGE, handoff, person, count)


def nudge_gone(handoff: HandoffId, person: str, count: int) -> Effect:
    return _to(NUDGE_GONE, handoff, person, count)


def remind(schedule: str, reminded: Reminded) -> Effect:
    key = f"reminder:{schedule}:{int(reminded.begins.timestamp())}:{reminded.person}"
    begins = reminded.begins.isoformat()
    payload = {"schedule": schedule, "begins": begins, "person": reminded.person, "key": key}
    return Effect(REMIND, key, Priority.UPDATE, payload, key)


def _to(kind: str, handoff: HandoffId, person: str, count: int = 0) -> Effect:
    payload = {"handoff": handoff, "person": person, "count": count}
    # Nudges of one person share a lane: the one before is taken away before the next is shown.
    lane = f"handoff:{handoff}:{'nudge' if kind in (NUDGE, NUDGE_GONE) else kind}:{person}"
    return Effect(kind, lane, Priority.UPDATE, payload, f"{kind}:{handoff}:{person}:{count}")
