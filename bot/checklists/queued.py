"""The effects of checklists. A prompt's pages share a lane for each place, so that they come in order."""

from datetime import datetime

from bot.checklists.model import Run, RunId
from bot.delivery.model import Effect, Priority

SHOW = "checklist.show"
MEET = "checklist.meet"
CHECK = "checklist.check"
TELL = "checklist.tell"
OVERDUE = "checklist.overdue"
# Timers.
REMIND = "checklist.remind"
ESCALATE = "checklist.escalate"
PART = "checklist.part"


def show(run: RunId, page: int, person: str | None = None) -> Effect:
    """A page of the prompt, in its channel or for one person."""
    where = f"checklist:{run}:{person or 'channel'}"
    key = f"{where}:page:{page}"
    return Effect(SHOW, where, Priority.UPDATE, {"run": run, "page": page, "person": person}, key)


def meet(run: RunId) -> Effect:
    """Ask Slack who is in the user group it is for."""
    lane = f"checklist:{run}:meet"
    return Effect(MEET, lane, Priority.UPDATE, {"run": run}, lane)


def check(run: RunId, item: int) -> Effect:
    lane = f"checklist:{run}:check:{item}"
    return Effect(CHECK, lane, Priority.UPDATE, {"run": run, "item": item}, lane)


def tell(run: RunId, person: str | None, why: str, number: int = 0) -> Effect:
    """Say something about the checklist to one person; None: where everybody sees it. `number` tells
    the same thing said again from the thing itself.
    """
    lane = f"checklist:{run}:{why}:{person or 'everybody'}:{number}"
    payload = {"run": run, "person": person, "why": why, "key": lane}
    return Effect(TELL, lane, Priority.UPDATE, payload, lane)


def remind(run: RunId, at: datetime) -> Effect:
    key = f"checklist:{run}:remind"
    return Effect(REMIND, f"timer:{key}", Priority.UPDATE, {"run": run}, key, at)


def escalate(run: RunId, at: datetime) -> Effect:
    key = f"checklist:{run}:escalate"
    return Effect(ESCALATE, f"timer:{key}", Priority.UPDATE, {"run": run}, key, at)


def overdue(run: RunId, item: int, at: datetime) -> Effect:
    key = f"checklist:{run}:overdue:{item}"
    return Effect(OVERDUE, f"timer:{key}", Priority.UPDATE, {"run": run, "item": item}, key, at)


def part(payload: dict[str, str | int | None], key: str, at: datetime) -> Effect:
    """A later day's items. `payload` says of what: see service.start."""
    return Effect(PART, f"timer:{key}", Priority.UPDATE, dict(payload), key, at)


def timer_keys(run: Run) -> tuple[str, ...]:
    """What ends when it is done or closed."""
    overdue_keys = [f"checklist:{run.id}:overdue:{n}" for n in run.questions if run.items[n].within]
    return (f"checklist:{run.id}:remind", f"checklist:{run.id}:escalate", *overdue_keys)
