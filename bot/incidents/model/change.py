"""How an incident changes: each function takes what is and gives what shall be, with all that follows.

They raise UserError where a person asked for something that does not fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.delivery.model import Effect
from bot.errors import UserError
from bot.incidents.model import queued
from bot.incidents.model.incident import (
    Entry,
    EntryKind,
    Holder,
    Incident,
    Number,
    Room,
    RoomKind,
    Source,
    Status,
    Terms,
)
from bot.model import Act, UserId
from bot.mrkdwn import said, user, when

TARGETS = ("acknowledge", "resolve")


@dataclass(frozen=True)
class Change:
    """The incident as it shall be, new lines for its timeline, effects to queue, timers to take back."""

    incident: Incident
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()
    cancelled: tuple[str, ...] = ()

    def also(self, *effects: Effect) -> "Change":
        return replace(self, effects=(*self.effects, *effects))


@dataclass(frozen=True)
class Declaration:
    """What somebody declares; `terms` is what the playbook says of its severity."""

    title: str
    terms: Terms
    act: Act
    service: str | None = None
    private: bool = False
    origin: str | None = None


def declare(number: Number, wanted: Declaration) -> Change:
    """A new incident, its clocks started."""
    act, terms = wanted.act, wanted.terms
    incident = Incident(
        number=number,
        title=wanted.title,
        severity=terms.severity,
        status=Status.INVESTIGATING,
        private=wanted.private,
        declared_by=act.by,
        declared_at=act.at,
        started_at=act.at,
        # What is private is never worked on in a public thread.
        room=Room(RoomKind.CHANNEL if wanted.private else terms.room),
        request_id=act.request_id,
        service=wanted.service,
        origin=wanted.origin,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
    )
    change = note(incident, EntryKind.DECLARED, act.by, act.at, f"declared as {terms.severity}")
    effects = [] if incident.private else [queued.announcement(number)]
    # In a thread the card follows the announcement that it hangs under.
    if incident.room.kind is RoomKind.CHANNEL:
        effects.append(queued.open_room(incident))
    return change.also(*effects, *clocks(change.incident, terms, act.at))


def update(incident: Incident, text: str, act: Act, terms: Terms, eta: str = "") -> Change:
    """Tell everybody where things stand, and start the wait for the next update.

    `eta`: when it should be over, in the person's words; what an earlier update expected is not repeated.
    """
    must_be_open(incident)
    number = incident.number
    updated = replace(
        incident,
        last_update=text,
        eta=eta,
        updated_at=act.at,
        nudge=0,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
    )
    change = note(updated, EntryKind.UPDATE, act.by, act.at, text)
    effects = [
        *spoken(change.incident, relayed=True),
        *nudge_gone(incident),
        *queued.shown(change.incident),
    ]
    if change.incident.next_update_at:
        effects.append(queued.update_due(number, change.incident.next_update_at))
    return replace(change, cancelled=(queued.update_due_key(number),)).also(*effects)


def set_status(incident: Incident, status: Status, act: Act, terms: Terms) -> Change:
    """Move between the open states. Monitoring starts the watch after the fix."""
    must_be_open(incident)
    if status is incident.status:
        raise UserError(f"{incident.name} is {status} already.")
    monitoring = status is Status.MONITORING
    watch_until = act.at + terms.watch_after_fix if monitoring and terms.watch_after_fix else None
    moved = replace(
        incident,
        status=status,
        # Back at work: it was no fix, and the next one is watched like the first.
        fixed_at=act.at if monitoring else None,
        watch_until=watch_until,
    )
    change = note(moved, EntryKind.STATUS, act.by, act.at, f"{incident.status} → {status}")
    effects = [*spoken(change.incident), *question(change.incident), *queued.shown(change.incident)]
    if watch_until:
        effects.append(queued.watch_over(incident.number, watch_until))
    return replace(change, cancelled=(queued.watch_over_key(incident.number),)).also(*effects)


def set_severity(incident: Incident, act: Act, terms: Terms) -> Change:
    """Other terms apply from here on; times already missed stay missed."""
    must_be_open(incident)
    if terms.severity == incident.severity:
        raise UserError(f"{incident.name} is {terms.severity} already.")
    moves = incident.room.kind is RoomKind.THREAD and terms.room is RoomKind.CHANNEL
    changed = replace(
        incident,
        severity=terms.severity,
        room=Room(RoomKind.CHANNEL) if moves else incident.room,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
        nudge=0,
    )
    text = f"{incident.severity} → {terms.severity}"
    change = note(changed, EntryKind.SEVERITY, act.by, act.at, text)
    effects = [
        *([queued.open_room(change.incident)] if moves else ()),
        *nudge_gone(incident),
        *spoken(change.incident, relayed=True),
        *queued.shown(change.incident),
        *call_link(change.incident),
        *clocks(change.incident, terms, act.at),
    ]
    stale = set(queued.timer_keys(incident.number)) - {queued.watch_over_key(incident.number)}
    return replace(change, cancelled=tuple(sorted(stale))).also(*effects)


def take_role(incident: Incident, role: str, holder: UserId, act: Act, *, claimed: bool) -> Change:
    """`claimed`: by a click, so the first one wins; named in a command it is handed over."""
    must_be_open(incident)
    current = incident.roles.get(role)
    if current is not None and (claimed or current.user == holder):
        raise UserError(
            f"{user(current.user)} has been {role} of {incident.name} since {when(current.since)}."
        )
    roles: Mapping[str, Holder] = {**incident.roles, role: Holder(holder, act.at)}
    text = f"{role}: {user(holder)}"
    change = note(replace(incident, roles=roles), EntryKind.ROLE, act.by, act.at, text)
    return change.also(
        *spoken(change.incident),
        queued.duties(change.incident.number, role, holder, change.incident.last_seq),
        *queued.shown(change.incident),
        *invitation(incident),
    )


def rename(incident: Incident, title: str, act: Act) -> Change:
    renamed = replace(incident, title=title)
    text = f"renamed from “{said(incident.title, 300)}”"
    change = note(renamed, EntryKind.RENAMED, act.by, act.at, text)
    return change.also(*queued.shown(change.incident))


def start_at(incident: Incident, at: datetime, act: Act) -> Change:
    """When it began, as opposed to when somebody noticed."""
    if at > act.at:
        raise UserError("It cannot have started in the future. Try: /incident start 14:05, or: start 20m ago")
    change = note(replace(incident, started_at=at), EntryKind.STARTED, act.by, act.at, f"started {when(at)}")
    return change.also(*queued.shown(change.incident))


def note(
    incident: Incident,
    kind: EntryKind,
    by: UserId,
    at: datetime,
    text: str,
    source: Source | None = None,
) -> Change:
    """One more line in the timeline."""
    seq = incident.last_seq + 1
    entry = Entry(incident.number, seq, at, kind, by, text, source)
    return Change(replace(incident, last_seq=seq), (entry,))


def corrected(incident: Incident, before: Entry, after: Entry) -> Change:
    """An entry was put right: whatever shows its words shows the new ones."""
    if before.kind is not EntryKind.UPDATE:
        return Change(incident, effects=(queued.card(incident.number),))
    if incident.last_update == before.text:
        incident = replace(incident, last_update=after.text)
    said = [queued.say(incident.number, after.seq)]
    if incident.room.kind is RoomKind.CHANNEL and not incident.private:
        said.append(queued.relay(incident.number, after.seq))
    return Change(incident, effects=(*said, *queued.shown(incident)))


def keep_message(incident: Incident, by: UserId, text: str, source: Source) -> Change:
    """Somebody's words, marked by `by`: they stand in the timeline at the time they were said."""
    said_at = datetime.fromtimestamp(float(source.ts), UTC)
    found = note(incident, EntryKind.MESSAGE, by, said_at, text or "(no words)", source)
    return found.also(queued.card(incident.number))


def must_be_open(incident: Incident) -> None:
    """Raises UserError, saying who ended it and how to go on."""
    if incident.is_open:
        return
    ended = ""
    if incident.ended_by is not None and incident.ended_at is not None:
        ended = f" by {user(incident.ended_by)} at {when(incident.ended_at)}"
    raise UserError(
        f"{incident.name} was already {incident.status}{ended}."
        f" To go on with it, type: /incident reopen {incident.name}"
    )


def spoken(incident: Incident, *, relayed: bool = False) -> tuple[Effect, ...]:
    """Say the newest entry in the room; `relayed`: also where those read who are not in it."""
    effects = [queued.say(incident.number, incident.last_seq)]
    if relayed and incident.room.kind is RoomKind.CHANNEL and not incident.private:
        effects.append(queued.relay(incident.number, incident.last_seq))
    return tuple(effects)


def nudge_gone(incident: Incident) -> tuple[Effect, ...]:
    return (queued.remove_nudge(incident.number, incident.nudge),) if incident.nudge else ()


def question(incident: Incident) -> tuple[Effect, ...]:
    """The question for the all-clear, where it was asked: it may have lost its point."""
    return (queued.all_clear(incident.number, incident.asked),) if incident.asked else ()


def call_link(incident: Incident) -> tuple[Effect, ...]:
    return (queued.bookmark(incident.number),) if incident.room.channel else ()


def invitation(incident: Incident) -> tuple[Effect, ...]:
    return (queued.invite(incident.number),) if incident.room.channel else ()


def clocks(incident: Incident, terms: Terms, now: datetime) -> tuple[Effect, ...]:
    """The timers of these terms; one whose time has passed is due at once."""
    number = incident.number
    due = [(target, target_at(incident, target, terms)) for target in TARGETS]
    effects = [queued.target_due(number, target, at) for target, at in due if at is not None]
    if terms.page_after and not incident.acknowledged_at:
        effects.append(queued.page_due(number, max(now, incident.counts_from + terms.page_after)))
    if incident.next_update_at:
        effects.append(queued.update_due(number, incident.next_update_at))
    return tuple(effects)


def target_at(incident: Incident, target: str, terms: Terms) -> datetime | None:
    """When a target of TARGETS goes by; None where there is none, or where it was met or missed already."""
    within = terms.acknowledge_within if target == "acknowledge" else terms.resolve_within
    met = incident.acknowledged_at is not None if target == "acknowledge" else not incident.is_open
    if within is None or met or target in incident.missed:
        return None
    return incident.counts_from + within
