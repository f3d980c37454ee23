"""What happens when a time comes. Each decides anew: much may have changed since the timer was set."""

from dataclasses import replace
from datetime import datetime

from bot.delivery.model import Effect
from bot.errors import UserError
from bot.incidents.model import queued
from bot.incidents.model.change import Change, note, nudge_gone, target_at
from bot.incidents.model.incident import EntryKind, Incident, Status, Terms
from bot.model import WATCHBILL, Act
from bot.mrkdwn import user, when

TARGET_WORDS = {"acknowledge": "nobody has acknowledged it", "resolve": "it is not resolved"}


def update_due(incident: Incident, now: datetime, terms: Terms) -> Change | None:
    """No update for too long: ask whoever leads. One nudge shows at a time; a new one takes its place.

    However many times were missed meanwhile, it asks once. What was promised stays on the card, as overdue.
    """
    due_at = incident.next_update_at
    if not incident.is_open or due_at is None or terms.update_every is None:
        return None
    number = incident.number
    if now < due_at:
        return Change(incident, effects=(queued.update_due(number, due_at),))
    again = now + terms.update_every
    count = incident.nudges + 1
    effects: list[Effect] = [queued.remove_nudge(number, incident.nudge)] if incident.nudge else []
    nudged = replace(incident, nudge=count, nudges=count)
    effects += [queued.show_nudge(number, count), queued.update_due(number, again)]
    return Change(nudged, effects=(*effects, *queued.shown(nudged)))


def snooze_updates(incident: Incident, act: Act, terms: Terms) -> Change:
    """Not now: ask again after one more interval."""
    _must_be_asking(incident)
    if terms.update_every is None:
        return stop_updates(incident, act)
    again = act.at + terms.update_every
    return Change(
        replace(incident, nudge=0, next_update_at=again),
        effects=(
            *nudge_gone(incident),
            queued.update_due(incident.number, again),
            *queued.shown(replace(incident, next_update_at=again)),
        ),
        cancelled=(queued.update_due_key(incident.number),),
    )


def stop_updates(incident: Incident, act: Act) -> Change:
    """No more asking, until somebody posts an update."""
    _must_be_asking(incident)
    quiet = replace(incident, nudge=0, next_update_at=None)
    change = note(quiet, EntryKind.NOTE, act.by, act.at, "stopped the reminders to post updates")
    return replace(change, cancelled=(queued.update_due_key(incident.number),)).also(
        *nudge_gone(incident), *queued.shown(quiet)
    )


def target_due(incident: Incident, target: str, now: datetime, terms: Terms) -> Change | None:
    """A target went by: said in the room, and kept."""
    due_at = target_at(incident, target, terms)
    if not incident.is_open or due_at is None or now < due_at:
        return None
    text = f"The target to {target} has passed: {TARGET_WORDS[target]}"
    change = note(
        replace(incident, missed=(*incident.missed, target)), EntryKind.MISSED, WATCHBILL, now, text
    )
    said = queued.say(incident.number, change.incident.last_seq)
    return change.also(said, *queued.shown(change.incident))


def watch_over(incident: Incident, now: datetime) -> Change | None:
    """The fix was watched for long enough: ask for the all-clear."""
    if incident.status not in (Status.MONITORING, Status.RESOLVED) or incident.watch_until is None:
        return None
    if now < incident.watch_until:
        return Change(incident, effects=(queued.watch_over(incident.number, incident.watch_until),))
    asked = replace(incident, asked=incident.asked + 1, watch_until=None)
    return Change(asked, effects=(queued.all_clear(incident.number, asked.asked),))


def keep_watching(incident: Incident, act: Act, terms: Terms) -> Change:
    """Not sure yet: watch once more as long."""
    _must_be_asked(incident)
    if incident.watch_until is not None:
        raise UserError(f"The fix is being watched already, until {when(incident.watch_until)}.")
    if terms.watch_after_fix is None:
        raise UserError(
            f"The playbook watches no fix of {incident.severity}. Give the all-clear when you are sure."
        )
    until = act.at + terms.watch_after_fix
    watching = replace(incident, watch_until=until)
    change = note(watching, EntryKind.NOTE, act.by, act.at, "keeps watching the fix")
    return change.also(
        queued.all_clear(incident.number, incident.asked), queued.watch_over(incident.number, until)
    )


def all_clear(incident: Incident, act: Act) -> Change:
    """Given for an incident that is resolved already; one still monitored is resolved instead."""
    _must_be_asked(incident)
    cleared = replace(incident, all_clear_by=act.by, all_clear_at=act.at, watch_until=None)
    change = note(cleared, EntryKind.ALL_CLEAR, act.by, act.at, "all clear")
    return replace(change, cancelled=(queued.watch_over_key(incident.number),)).also(
        queued.all_clear(incident.number, incident.asked), *queued.shown(change.incident)
    )


def _must_be_asking(incident: Incident) -> None:
    if not incident.nudge:
        raise UserError(f"That was answered already: nobody is being asked for an update on {incident.name}.")


def _must_be_asked(incident: Incident) -> None:
    if incident.all_clear_by is not None and incident.all_clear_at is not None:
        raise UserError(
            f"{user(incident.all_clear_by)} gave the all-clear for {incident.name}"
            f" at {when(incident.all_clear_at)}."
        )
    if not incident.asked or incident.status not in (Status.MONITORING, Status.RESOLVED):
        raise UserError(f"{incident.name} is {incident.status}: there is no all-clear to give.")
