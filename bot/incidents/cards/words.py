"""Small pieces that every card of an incident is made of."""

from datetime import datetime, timedelta

from bot.incidents.model.incident import Entry, EntryKind, Incident, Status
from bot.mrkdwn import bold, channel, link, one_line, said, user, when

STATUS_LABELS = {
    Status.INVESTIGATING: "Investigating",
    Status.MITIGATING: "Mitigating",
    Status.MONITORING: "Monitoring",
    Status.RESOLVED: "Resolved",
    Status.CANCELLED: "False alarm",
    Status.MERGED: "Merged",
}
# Their text is somebody's own words and is escaped where it is shown; the others are written by the model.
_WORDS = (EntryKind.UPDATE, EntryKind.NOTE, EntryKind.MESSAGE, EntryKind.RESOLVED)


def head(incident: Incident) -> str:
    """`INC-42 · sev1 · Checkout returns 500s`, for the text that notifications show."""
    return f"{incident.name} · {incident.severity} · {said(one_line(incident.title), 200)}"


def titled(incident: Incident, limit: int = 500) -> str:
    """As `head`, in mrkdwn with the title in bold, cut at `limit`."""
    lock = ":lock: " if incident.private else ""
    return f"{lock}{incident.name} · {incident.severity}\n{bold(incident.title, limit)}"


def entry_text(entry: Entry, limit: int = 2500) -> str:
    return said(entry.text, limit) if entry.kind in _WORDS else entry.text


def room(incident: Incident) -> str:
    return channel(incident.room.channel) if incident.room.channel else "this thread"


def lasting(incident: Incident, now: datetime) -> str:
    """From its start to its end, or to now: `1 h 5 min`."""
    return span((incident.ended_at or now) - incident.started_at)


def span(length: timedelta) -> str:
    """A span in the two units that matter: `3 d 4 h`, `1 h 5 min`, `12 min`, `40 s`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86400
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def source_link(entry: Entry) -> str:
    return " " + link(entry.source.link, "message") if entry.source and entry.source.link else ""


def entry_line(entry: Entry, limit: int = 300) -> str:
    """One line of the timeline; somebody's own words are cut at `limit`."""
    author = entry.source.author if entry.source and entry.source.author else entry.by
    who = "" if author == "watchbill" else f"{user(author)} "
    if entry.source and entry.source.author is None:
        who = f"{said(entry.source.name or 'an app', 80)}: "
    return f"{when(entry.at)} {who}{entry_text(entry, limit)}{source_link(entry)}"


def next_update(incident: Incident) -> str:
    if incident.next_update_at is None:
        return "not set"
    return when(incident.next_update_at) + (", overdue" if incident.nudge else "")
