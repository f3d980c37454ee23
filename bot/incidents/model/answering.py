"""Whether somebody is on it: who was paged answers, cannot come, or falls silent."""

from dataclasses import replace
from datetime import datetime

from bot.errors import UserError
from bot.incidents.model import queued
from bot.incidents.model.change import Change, invitation, must_be_open, note, spoken
from bot.incidents.model.incident import EntryKind, Incident
from bot.model import WATCHBILL, Act
from bot.mrkdwn import user, when


def acknowledge(incident: Incident, act: Act) -> Change:
    """Somebody is on it. The first one wins; the second is told who and when."""
    must_be_open(incident)
    if incident.acknowledged_by is not None and incident.acknowledged_at is not None:
        raise UserError(
            f"{incident.name} was already acknowledged by {user(incident.acknowledged_by)}"
            f" at {when(incident.acknowledged_at)}."
        )
    acknowledged = replace(incident, acknowledged_by=act.by, acknowledged_at=act.at)
    change = note(acknowledged, EntryKind.ACKNOWLEDGED, act.by, act.at, f"acknowledged {act.via}".strip())
    keys = (queued.target_key(incident.number, "acknowledge"), queued.page_due_key(incident.number))
    return replace(change, cancelled=keys).also(*queued.shown(change.incident), *invitation(change.incident))


def answer_page(incident: Incident, act: Act) -> Change:
    """Somebody who was called for help comes."""
    must_be_open(incident)
    change = note(incident, EntryKind.ACKNOWLEDGED, act.by, act.at, f"answered the page {act.via}".strip())
    return change.also(queued.card(incident.number))


def still_there(incident: Incident, act: Act) -> Change:
    """Whoever answered says that they are on it."""
    must_be_open(incident)
    change = note(incident, EntryKind.ACKNOWLEDGED, act.by, act.at, "is still on it")
    return change.also(queued.card(incident.number))


def decline(incident: Incident, act: Act) -> Change:
    """Somebody who was paged cannot take it."""
    change = note(incident, EntryKind.DECLINED, act.by, act.at, f"cannot take it {act.via}".strip())
    return change.also(queued.card(incident.number))


def silent(incident: Incident, text: str, at: datetime) -> Change:
    """Whoever answered was not heard of again."""
    change = note(incident, EntryKind.MISSED, WATCHBILL, at, text)
    return change.also(*spoken(change.incident), queued.card(incident.number))


def unheard(incident: Incident, text: str, at: datetime, channel: str | None = None) -> Change:
    """A page that reaches nobody: said in the room, and loudly in `channel`, else the incidents channel."""
    change = note(incident, EntryKind.UNHEARD, WATCHBILL, at, text)
    seq = change.entries[-1].seq
    return change.also(*spoken(change.incident), queued.alarm(incident.number, seq, channel))
