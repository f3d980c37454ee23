"""How an incident ends, and how it begins anew."""

from dataclasses import replace

from bot.delivery.model import Effect
from bot.errors import UserError
from bot.incidents.model import queued
from bot.incidents.model.change import Change, clocks, must_be_open, note, nudge_gone, question, spoken
from bot.incidents.model.incident import EntryKind, Incident, Resolution, Status, Terms
from bot.model import Act
from bot.mrkdwn import channel


def resolve(incident: Incident, resolution: Resolution, act: Act, terms: Terms) -> Change:
    """It is over. A fix nobody has watched yet is watched from here on; a watch that runs goes on."""
    must_be_open(incident)
    watch_until = incident.watch_until
    if incident.fixed_at is None and terms.watch_after_fix is not None:
        watch_until = act.at + terms.watch_after_fix
    ended = replace(
        _ended(incident, Status.RESOLVED, act),
        resolution=resolution,
        fixed_at=incident.fixed_at or act.at,
        watch_until=watch_until,
    )
    change = note(ended, EntryKind.RESOLVED, act.by, act.at, resolution.summary or "resolved")
    effects = [*spoken(change.incident, relayed=True), *_end_effects(incident, change.incident)]
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
        *spoken(change.incident, relayed=True), *_end_effects(incident, change.incident)
    )


def merge(incident: Incident, into: Incident, act: Act) -> tuple[Change, Change]:
    """`incident` was the same thing as `into`, which goes on alone. Gives both changes, in that order."""
    must_be_open(incident)
    must_be_open(into)
    if incident.number == into.number:
        raise UserError(f"{incident.name} cannot be merged into itself. Name the one that goes on.")
    ended = replace(_ended(incident, Status.MERGED, act), merged_into=into.number)
    # What is private is not named to those who may not know of it.
    where = "another incident, which is private" if into.private else into.name
    if into.room.channel and not into.private:
        where += f", which goes on in {channel(into.room.channel)}"
    gone = note(ended, EntryKind.MERGED, act.by, act.at, f"merged into {where}")
    gone = replace(gone, cancelled=queued.timer_keys(incident.number)).also(
        *spoken(gone.incident, relayed=True), *_end_effects(incident, gone.incident)
    )
    other = "another incident" if incident.private else incident.name
    kept = note(into, EntryKind.MERGED, act.by, act.at, f"{other} was merged into this one")
    return gone, kept.also(*spoken(kept.incident), *queued.shown(kept.incident))


def reopen(incident: Incident, act: Act, terms: Terms) -> Change:
    """It goes on, with its clocks anew; what was missed stays missed."""
    if incident.is_open:
        raise UserError(f"{incident.name} is open: it is {incident.status}.")
    again = replace(
        incident,
        status=Status.INVESTIGATING,
        ended_by=None,
        ended_at=None,
        reopened_at=act.at,
        merged_into=None,
        fixed_at=None,
        watch_until=None,
        all_clear_by=None,
        all_clear_at=None,
        next_update_at=act.at + terms.update_every if terms.update_every else None,
    )
    change = note(again, EntryKind.REOPENED, act.by, act.at, f"reopened; it was {incident.status}")
    return replace(change, cancelled=queued.timer_keys(incident.number)).also(
        *spoken(change.incident, relayed=True),
        *question(change.incident),
        *queued.shown(change.incident),
        *clocks(change.incident, terms, act.at),
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
    return (*nudge_gone(before), *question(after), *queued.shown(after))
