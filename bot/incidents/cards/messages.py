"""New messages for new facts: what is said in the room, in the thread, and to one person."""

from collections.abc import Sequence
from datetime import datetime

from bot.incidents.cards.card import ACKNOWLEDGE, SHOW, UPDATE
from bot.incidents.cards.words import STATUS_LABELS, entry_text, head, lasting, next_update, room
from bot.incidents.model.incident import (
    DETECTIONS,
    VERIFICATION,
    Entry,
    EntryKind,
    Incident,
    RoomKind,
    Status,
)
from bot.model import outside_name
from bot.mrkdwn import bold, cut, one_line, said, user, when
from bot.slack.blocks import Block, Content, actions, button, context, fields, section

SNOOZE = "incident.snooze"
STOP = "incident.stop_nudges"
ALL_CLEAR = "incident.all_clear"
KEEP_WATCHING = "incident.keep_watching"
NOT_FIXED = "incident.not_fixed"
STILL_THERE = "incident.still_there"
HAND_ON = "incident.hand_on"
REOPEN_NOW = "incident.reopen_from_watch"


def entry_message(incident: Incident, entry: Entry, *, postmortem: str = "") -> Content:
    """A change, as it is said in the room. `postmortem`: when it is due, in words."""
    match entry.kind:
        case EntryKind.UPDATE:
            return _update(incident, entry)
        case EntryKind.RESOLVED:
            return _resolved(incident, entry, postmortem)
        case _:
            return _plainly(_told(incident, entry))


def _told(incident: Incident, entry: Entry) -> str:
    """A change in one sentence."""
    match entry.kind:
        case EntryKind.MISSED | EntryKind.UNHEARD:
            return f":warning: {entry_text(entry)}."
        case EntryKind.STATUS:
            return f"{user(entry.by)} changed the status: {entry.text}"
        case EntryKind.SEVERITY:
            return f"{user(entry.by)} changed the severity: {entry.text}"
        case EntryKind.ROLE:
            return entry.text[:1].upper() + entry.text[1:]
        case EntryKind.CANCELLED:
            return f"{incident.name} was {entry.text}, says {user(entry.by)}."
        case EntryKind.ROOM:
            return f"{entry.text}."
        case EntryKind.MERGED if entry.text.startswith("merged "):
            return f"{incident.name} is {entry.text}, says {user(entry.by)}."
        case EntryKind.MERGED:
            return f"{entry.text[:1].upper()}{entry.text[1:]}, says {user(entry.by)}."
        case EntryKind.REOPENED:
            return f"{user(entry.by)} reopened {incident.name}."
        case _:
            return entry_text(entry)


def _plainly(text: str) -> Content:
    return Content(text, (section(text),))


def _update(incident: Incident, entry: Entry) -> Content:
    text = f"Update on {head(incident)}: {said(one_line(entry.text), 300)}"
    facts = [("Incident", f"{incident.name} · {incident.severity}")]
    if entry.text == incident.last_update:
        # An older one, shown again because its words were put right, promises nothing any more.
        facts += [
            ("Status", STATUS_LABELS[incident.status]),
            ("Over by", said(incident.eta, 200) or "not known yet"),
            ("Next update", next_update(incident)),
        ]
    facts.append(("By", f"{user(entry.by)} at {when(entry.at)}"))
    return Content(text, (section(f":loudspeaker: *Update*\n{said(entry.text)}"), fields(facts)))


def _resolved(incident: Incident, entry: Entry, postmortem: str) -> Content:
    known = incident.resolution
    ended = incident.ended_at or entry.at
    facts = [
        ("Incident", f"{incident.name} · {incident.severity}"),
        ("Duration", lasting(incident, ended)),
        ("Root cause", said(known.root_cause, 1000) or "not known yet"),
        ("Resolution", said(known.summary, 1000) or "not described"),
    ]
    if known.detection:
        facts.append(("Detected by", DETECTIONS.get(known.detection, known.detection)))
    if known.verified:
        facts.append(("Verified", "\n".join(VERIFICATION.get(tick, tick) for tick in known.verified)))
    if postmortem:
        facts.append(("Post-mortem", postmortem))
    return Content(
        f"Resolved: {head(incident)}",
        (section(f":white_check_mark: *Resolved* by {user(entry.by)}"), fields(facts)),
    )


def alarm(incident: Incident, entry: Entry) -> Content:
    """A page that reaches nobody, in the incidents channel; of a private incident, for its declarer alone."""
    number = str(incident.number)
    text = f":warning: {head(incident)}: {entry_text(entry)}."
    if not incident.private:
        text = f"<!here> {text}"
        more = "Is anybody here to take it?"
    elif incident.room.kind is RoomKind.NONE:
        more = (
            "It is saved, and nothing about it was said in public."
            f" Work on it from here, or by its number: /incident update {incident.name} TEXT"
        )
    else:
        more = "It is private, so only you are told."
    blocks: list[Block] = [section(f"{text}\n{more}")]
    if incident.is_open and incident.acknowledged_by is None:
        blocks.append(
            actions(button("Acknowledge", ACKNOWLEDGE, number, style="primary"), button("Show", SHOW, number))
        )
    elif incident.acknowledged_by:
        blocks.append(context(f"{user(incident.acknowledged_by)} has it."))
        if incident.room.kind is RoomKind.NONE:  # no card stands anywhere else
            blocks.append(actions(button("Show", SHOW, number)))
    return Content(text, tuple(blocks))


def nudge(incident: Incident) -> Content:
    """No update for too long: whoever leads is asked."""
    number = str(incident.number)
    since = incident.updated_at or incident.declared_at
    text = (
        f"{user(incident.leader)}, the last word on {incident.name} was at {when(since)}."
        " Where do things stand?"
    )
    return Content(
        text,
        (
            section(text),
            actions(
                button("Post update", UPDATE, number, style="primary"),
                button("Snooze", SNOOZE, number),
                button("Stop asking", STOP, number),
            ),
        ),
    )


def all_clear(incident: Incident) -> Content:
    """The fix was watched; is it over?"""
    number = str(incident.number)
    if incident.all_clear_by and incident.all_clear_at:
        text = f":white_check_mark: All clear: {user(incident.all_clear_by)} at {when(incident.all_clear_at)}"
        return _plainly(text)
    if incident.watch_until:
        return _plainly(f"The fix of {incident.name} is being watched until {when(incident.watch_until)}.")
    if incident.is_open and incident.status is not Status.MONITORING:
        return _plainly(f"Not clear yet: {incident.name} is {STATUS_LABELS[incident.status].lower()} again.")
    if incident.status in (Status.CANCELLED, Status.MERGED):
        return _plainly(f"{incident.name} is over: {STATUS_LABELS[incident.status].lower()}.")
    fixed = f" since {when(incident.fixed_at)}" if incident.fixed_at else ""
    text = f"{user(incident.leader)}, the fix of {incident.name} has been watched{fixed}. All clear?"
    no = (
        button("Not fixed", NOT_FIXED, number)
        if incident.status is Status.MONITORING
        else button("Reopen", REOPEN_NOW, number)
    )
    return Content(
        text,
        (
            section(text),
            actions(
                button("All clear", ALL_CLEAR, number, style="primary"),
                button("Keep watching", KEEP_WATCHING, number),
                no,
            ),
        ),
    )


def still_there(incident: Incident, answered: Entry, later: Sequence[Entry]) -> Content:
    """Nothing was heard since this person answered. `later`: what stands in the timeline after that.

    Who answered from outside Slack cannot be asked there, so whoever is in the room is.
    """
    is_outside = outside_name(answered.by) is not None
    if not incident.is_open:
        return _plainly(f"{incident.name} is over: {STATUS_LABELS[incident.status].lower()}.")
    if mine := next((entry for entry in later if entry.by == answered.by), None):
        return _plainly(f"{head(incident)}: you were heard of at {when(mine.at)}.")
    if later:
        without = "" if is_outside else " without you"
        return _plainly(f"{head(incident)} went on{without} at {when(later[0].at)}.")
    asked = "Is anybody on" if is_outside else "Are you still on"
    who = user(answered.by) if is_outside else "You"
    text = f"{asked} {head(incident)}? {who} answered at {when(answered.at)}, and nothing was heard since."
    value = f"{answered.seq}:{incident.number}"
    return Content(
        text,
        (
            section(f"{text}\nWithout a word the next are paged in 5 minutes."),
            actions(
                button("Still on it", STILL_THERE, value, style="primary"),
                button("I can't, next please", HAND_ON, value),
            ),
        ),
    )


def duties(incident: Incident, role: str, text: str) -> Content:
    """To whoever takes a role: what is expected of them."""
    summary = f"You are {role} of {head(incident)}"
    body = f"You are *{role}* of {incident.name} {bold(incident.title)}"
    if incident.room.channel:
        body += f" in {room(incident)}"
    return Content(summary, (section(f"{body}.\n{said(text, 2000)}" if text else f"{body}."),))


def topic(incident: Incident) -> str:
    """The channel's topic: Slack shows 250 characters."""
    if not incident.is_open:
        return cut(f"{incident.severity} · {STATUS_LABELS[incident.status]}", 250)
    commander = user(incident.commander) if incident.commander else "nobody yet"
    due = f" · Next update: {_clock(incident.next_update_at)}" if incident.next_update_at else ""
    return cut(f"{incident.severity} · {STATUS_LABELS[incident.status]} · Commander: {commander}{due}", 250)


def _clock(at: datetime) -> str:
    # A topic is plain text: no reader's zone there.
    return f"{at:%H:%M} UTC"
