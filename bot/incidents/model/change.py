"""How an incident changes: each function takes what is and gives what shall be, with all that follows.

They raise UserError where a person asked for something that does not fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.delivery.model import Effect
from bot.errors import UserError
from bot.incidents.model import queued
from bot.incidents.model.incident import (
    Entry,
    EntryKind,
    Holder,
    Incident,
    Number,
    Resolution,
    Room,
    RoomKind,
    Source,
    Status,
    Terms,
)
from bot.model import WATCHBILL, Act, ChannelId, UserId
from bot.mrkdwn import escape, user, when


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
    effects = [] if incident.private else [queued.announcement(incident)]
    if incident.room.kind is RoomKind.CHANNEL:
        effects.append(queued.open_room(incident))
    else:
        effects.append(queued.card(number))
    return change.also(*effects, *_clocks(change.incident, terms, act.at))


def acknowledge(incident: Incident, act: Act) -> Change:
    """Somebody is on it. The first one wins; the second is told who and when."""
    must_be_open(incident)
    if incident.acknowledged_by is not None and incident.acknowledged_at is not None:
        raise UserError(
            f"{incident.name} was already acknowledged by {user(incident.acknowledged_by)}"
            f" at {when(incident.acknowledged_at)}."
        )
    acknowledged = replace(incident, acknowledged_by=act.by, acknowledged_at=act.at)
    change = note(acknowledged, EntryKind.ACKNOWLEDGED, act.by, act.at, "acknowledged")
    keys = (queued.target_key(incident.number, "acknowledge"), queued.page_due_key(incident.number))
    return replace(change, cancelled=keys).also(*queued.shown(change.incident))


def update(incident: Incident, text: str, act: Act, terms: Terms) -> Change:
    """Tell everybody where things stand, and start the wait for the next update."""
    must_be_open(incident)
    number = incident.number
    updated = replace(
        incident,
        last_update=text,
        updated_at=act.at,
        nudge=0,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
    )
    change = note(updated, EntryKind.UPDATE, act.by, act.at, text)
    effects = [
        *_spoken(change.incident, relayed=True),
        *_nudge_gone(incident),
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
        fixed_at=act.at if monitoring else incident.fixed_at,
        watch_until=watch_until,
    )
    change = note(moved, EntryKind.STATUS, act.by, act.at, f"{incident.status} → {status}")
    effects = [*_spoken(change.incident), *queued.shown(change.incident)]
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
        *_nudge_gone(incident),
        *_spoken(change.incident, relayed=True),
        *queued.shown(change.incident),
        *_clocks(change.incident, terms, act.at),
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
        *_spoken(change.incident),
        queued.duties(incident.number, role, holder),
        *queued.shown(change.incident),
        *_invitation(incident),
    )


def rename(incident: Incident, title: str, act: Act) -> Change:
    renamed = replace(incident, title=title)
    text = f"renamed from “{escape(incident.title)}”"
    change = note(renamed, EntryKind.RENAMED, act.by, act.at, text)
    return change.also(*queued.shown(change.incident))


def start_at(incident: Incident, at: datetime, act: Act) -> Change:
    """When it began, as opposed to when somebody noticed."""
    if at > act.at:
        raise UserError("It cannot have started in the future. Try: /incident start 14:05, or: start 20m ago")
    change = note(replace(incident, started_at=at), EntryKind.STARTED, act.by, act.at, f"started {when(at)}")
    return change.also(*queued.shown(change.incident))


def resolve(incident: Incident, resolution: Resolution, act: Act, terms: Terms) -> Change:
    """It is over. A fix nobody has watched yet is watched from here on."""
    must_be_open(incident)
    watch = terms.watch_after_fix if incident.fixed_at is None else None
    ended = replace(
        _ended(incident, Status.RESOLVED, act),
        resolution=resolution,
        fixed_at=incident.fixed_at or act.at,
        watch_until=act.at + watch if watch else None,
    )
    change = note(ended, EntryKind.RESOLVED, act.by, act.at, resolution.summary or "resolved")
    effects = [*_spoken(change.incident, relayed=True), *_end_effects(incident, change.incident)]
    if change.incident.watch_until:
        effects.append(queued.watch_over(incident.number, change.incident.watch_until))
    return replace(change, cancelled=queued.timer_keys(incident.number)).also(*effects)


def cancel(incident: Incident, act: Act) -> Change:
    """A false alarm."""
    must_be_open(incident)
    change = note(
        _ended(incident, Status.CANCELLED, act), EntryKind.CANCELLED, act.by, act.at, "a false alarm"
    )
    return replace(change, cancelled=queued.timer_keys(incident.number)).also(
        *_spoken(change.incident, relayed=True), *_end_effects(incident, change.incident)
    )


def merge(incident: Incident, into: Incident, act: Act) -> tuple[Change, Change]:
    """`incident` was the same thing as `into`, which goes on alone. Gives both changes, in that order."""
    must_be_open(incident)
    must_be_open(into)
    if incident.number == into.number:
        raise UserError(f"{incident.name} cannot be merged into itself. Name the one that goes on.")
    ended = replace(_ended(incident, Status.MERGED, act), merged_into=into.number)
    gone = note(ended, EntryKind.MERGED, act.by, act.at, f"merged into {into.name}")
    gone = replace(gone, cancelled=queued.timer_keys(incident.number)).also(
        *_spoken(gone.incident, relayed=True), *_end_effects(incident, gone.incident)
    )
    # What is private is not named to those who may not know of it.
    other = "another incident" if incident.private and not into.private else incident.name
    kept = note(into, EntryKind.MERGED, act.by, act.at, f"{other} was merged into this one")
    return gone, kept.also(*_spoken(kept.incident), *queued.shown(kept.incident))


def reopen(incident: Incident, act: Act, terms: Terms) -> Change:
    if incident.is_open:
        raise UserError(f"{incident.name} is open: it is {incident.status}.")
    again = replace(
        incident,
        status=Status.INVESTIGATING,
        ended_by=None,
        ended_at=None,
        merged_into=None,
        fixed_at=None,
        watch_until=None,
        all_clear_by=None,
        all_clear_at=None,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
    )
    change = note(again, EntryKind.REOPENED, act.by, act.at, f"reopened; it was {incident.status}")
    return replace(change, cancelled=queued.timer_keys(incident.number)).also(
        *_spoken(change.incident, relayed=True),
        *queued.shown(change.incident),
        *_clocks(change.incident, terms, act.at),
    )


def open_room(incident: Incident, channel: ChannelId, name: str, *, with_call: bool) -> Change:
    """Slack made the channel: everything that belongs into it follows."""
    opened = replace(incident, room=Room(RoomKind.CHANNEL, channel, name))
    return Change(
        opened,
        effects=(
            *queued.shown(opened),
            queued.invite(opened.number),
            *((queued.bookmark(opened.number),) if with_call else ()),
        ),
    )


def do_without_room(incident: Incident, reason: str, at: datetime) -> Change:
    """Slack allows no channel: work goes on in the announcement's thread, or nowhere public."""
    kind = RoomKind.NONE if incident.private else RoomKind.THREAD
    text = f"Slack allowed no channel ({reason})"
    moved = replace(incident, room=Room(kind))
    change = note(moved, EntryKind.ROOM, WATCHBILL, at, text)
    if incident.private:
        return change
    return change.also(*queued.shown(change.incident), *_spoken(change.incident))


def unheard(incident: Incident, text: str, at: datetime) -> Change:
    """A page that reaches nobody: said in the room, and loudly in the incidents channel."""
    change = note(incident, EntryKind.UNHEARD, WATCHBILL, at, text)
    return change.also(*_spoken(change.incident), queued.alarm(incident.number, change.entries[-1].seq))


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


def _ended(incident: Incident, status: Status, act: Act) -> Incident:
    return replace(
        incident,
        status=status,
        ended_by=act.by,
        ended_at=act.at,
        nudge=0,
        next_update_at=None,
        watch_until=None,
    )


def _end_effects(before: Incident, after: Incident) -> tuple[Effect, ...]:
    return (*_nudge_gone(before), *queued.shown(after))


def _spoken(incident: Incident, *, relayed: bool = False) -> tuple[Effect, ...]:
    """Say the newest entry in the room; `relayed`: also where those read who are not in it."""
    effects = [queued.say(incident.number, incident.last_seq)]
    if relayed and incident.room.kind is RoomKind.CHANNEL and not incident.private:
        effects.append(queued.relay(incident.number, incident.last_seq))
    return tuple(effects)


def _nudge_gone(incident: Incident) -> tuple[Effect, ...]:
    return (queued.remove_nudge(incident.number, incident.nudge),) if incident.nudge else ()


def _invitation(incident: Incident) -> tuple[Effect, ...]:
    return (queued.invite(incident.number),) if incident.room.channel else ()


def _clocks(incident: Incident, terms: Terms, now: datetime) -> tuple[Effect, ...]:
    """The timers of these terms; one whose time has passed is due at once."""
    number, effects = incident.number, []
    if terms.acknowledge_within and not incident.acknowledged_at and "acknowledge" not in incident.missed:
        at = incident.declared_at + terms.acknowledge_within
        effects.append(queued.target_due(number, "acknowledge", at))
    if terms.resolve_within and "resolve" not in incident.missed:
        effects.append(queued.target_due(number, "resolve", incident.declared_at + terms.resolve_within))
    if terms.page_after and not incident.acknowledged_at:
        effects.append(queued.page_due(number, max(now, incident.declared_at + terms.page_after)))
    if incident.next_update_at:
        effects.append(queued.update_due(number, incident.next_update_at))
    return tuple(effects)
