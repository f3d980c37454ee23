"""The parts of a handoff note, as people read them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.followups.cards import line as followup_line
from bot.followups.model import FollowUp
from bot.handoffs.model import Part
from bot.incidents.cards.words import STATUS_LABELS, next_update
from bot.incidents.model.incident import Incident
from bot.mrkdwn import bold, channel, one_line, said, user, when
from bot.paging.load import is_night
from bot.paging.model import Page
from bot.records.cards import shown as shown_record
from bot.records.model import Record
from bot.silences.cards import line as silence_line
from bot.silences.cards import opening_lines
from bot.silences.model import Opening, Silence

# What a phone shows of a list without losing the reader.
LINES_SHOWN = 10


def open_incidents(found: Sequence[Incident]) -> Part:
    lines = [
        f"{incident_line(each)} · {_commander(each)} · next update: {next_update(each)}{_next_step(each)}"
        for each in found
    ]
    more = f"… and {len(lines) - LINES_SHOWN} more: /incident list"
    shown = lines[:LINES_SHOWN] + ([more] if len(lines) > LINES_SHOWN else [])
    return Part(f"Open incidents ({len(found)})", tuple(shown), "No incident is open.")


def to_watch(found: Sequence[Incident]) -> Part:
    lines = [
        f"{incident_line(each)}" + (f" · watched until {when(each.watch_until)}" if each.watch_until else "")
        for each in found[:LINES_SHOWN]
    ]
    return Part("Keep an eye on", tuple(lines), "Nothing has to be watched after a fix.")


def followups_due(found: Sequence[FollowUp], at: datetime) -> Part:
    """`at`: the change of watch."""
    lines = [followup_line(each, at) for each in found[:LINES_SHOWN]]
    more = [f"… and {len(found) - LINES_SHOWN} more: /ops followup"] if len(found) > LINES_SHOWN else []
    return Part(f"Follow-ups due ({len(found)})", (*lines, *more), "No follow-up is due.")


def pages(found: Sequence[Page], zone: Callable[[str], ZoneInfo]) -> Part:
    """`zone`: of a person, by name; a night is theirs."""
    unanswered = sum(each.answered_by is None for each in found)
    at_night = sum(is_night(each.made_at, zone(each.person)) for each in found)
    counted = f"{count(len(found), 'page')} · {unanswered} unanswered · {at_night} at night"
    return Part("Pages of this watch", (counted,) if found else (), "There was no page.")


def changes_coming(found: Sequence[Record]) -> Part:
    lines = [shown_record(each.entry, 150) for each in found[:LINES_SHOWN]]
    more = [f"… and {len(found) - LINES_SHOWN} more"] if len(found) > LINES_SHOWN else []
    return Part("Changes coming", (*lines, *more), "No change is planned.")


def silences_coming(found: Sequence[Silence], windows: Sequence[Opening], at: datetime) -> Part:
    """`windows`: every opening of each; `at`: the change of watch."""
    lines = [silence_line(each, at) for each in found] + opening_lines(windows)
    more = [f"… and {len(lines) - LINES_SHOWN} more: /ops silence"] if len(lines) > LINES_SHOWN else []
    nothing = "No silence or maintenance window is coming."
    return Part("Silences and maintenance coming", (*lines[:LINES_SHOWN], *more), nothing)


def recent_incidents(found: Sequence[Incident]) -> Part:
    """What was declared in the watch that is over, and has ended already."""
    lines = [f"{incident_head(each)} · {_ending(each)}" for each in found[:LINES_SHOWN]]
    more = [f"… and {len(found) - LINES_SHOWN} more"] if len(found) > LINES_SHOWN else []
    nothing = "No incident began and ended in this watch."
    return Part(f"Over by now ({len(found)})", (*lines, *more), nothing)


def incident_head(each: Incident) -> str:
    """Number, severity and title."""
    return f"{each.name} · {each.severity} · {bold(each.title, 120)}"


def incident_line(each: Incident) -> str:
    """As `incident_head`, with its status and its room."""
    room = f" {channel(each.room.channel)}" if each.room.channel else ""
    return f"{incident_head(each)} · {STATUS_LABELS[each.status]}{room}"


def _ending(each: Incident) -> str:
    """How it ended: the first line of what was said of it then."""
    if each.merged_into is not None:
        return f"Merged into INC-{each.merged_into}"
    how = one_line(each.resolution.summary)
    return f"{STATUS_LABELS[each.status]}{f': {said(how, 150)}' if how else ''}"


def _commander(each: Incident) -> str:
    return f"commander {user(each.commander)}" if each.commander else "no commander"


def _next_step(each: Incident) -> str:
    latest = one_line(each.last_update)
    return f"\n      {said(latest, 150)}" if latest else ""


def count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
