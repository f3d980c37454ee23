"""The card in the incident's room, and the announcement: one of each, edited in place."""

from collections.abc import Iterable, Sequence

from bot.incidents.cards.words import STATUS_LABELS, entry_line, head, next_update, titled
from bot.incidents.model.incident import Entry, Incident, RoomKind, Status
from bot.mrkdwn import bold, channel, link, said, user, when, when_dated
from bot.slack.blocks import (
    Block,
    Content,
    Option,
    actions,
    button,
    context,
    fields,
    header,
    overflow,
    section,
)

ACKNOWLEDGE = "incident.acknowledge"
UPDATE = "incident.update"
CHANGE = "incident.change"
ROLE = "incident.role"
PAGE = "incident.page"
RESOLVE = "incident.resolve"
MORE = "incident.more"
REOPEN = "incident.reopen"
SHOW = "incident.show"

# Slack cuts a header at 150 characters; a longer title stands below it as well.
TITLE_IN_HEADER = 135

# The overflow's choices; the value is "choice:number".
MORE_OPTIONS = {
    "timeline": "Show the timeline",
    "note": "Add a note",
    "rename": "Rename",
    "cancel": "False alarm: cancel it",
}


def incident_card(
    incident: Incident,
    *,
    means: str,
    paged: Sequence[str] = (),
    newest: Iterable[Entry] = (),
    merged: str = "",
) -> Content:
    """Everything about the incident at this moment, with what can be done about it now.

    `means`: the severity in the playbook's words. `paged`: mentions of who was paged. `newest`: the last
    lines of the timeline. `merged`: the incident it was merged into, where the reader may know its name.
    """
    number = str(incident.number)
    blocks: list[Block] = [
        header(f"{incident.name} {incident.title}"),
        fields(_facts(incident, means, paged)),
    ]
    if len(incident.title) > TITLE_IN_HEADER:
        blocks.insert(1, section(said(incident.title, 1500)))
    if incident.last_update:
        blocks.append(section(f"*Latest update* ({_updated(incident)})\n{said(incident.last_update)}"))
    if incident.status is Status.RESOLVED:
        blocks.append(section(_resolution(incident)))
    if incident.merged_into:
        blocks.append(
            section(f"Merged into {bold(merged) if merged else 'another incident'}, which goes on.")
        )
    if lines := [entry_line(entry) for entry in newest]:
        blocks.append(context("\n".join(lines)))
    if others := _other_roles(incident):
        blocks.append(context(others))
    blocks.append(actions(*(_open_actions(incident, number) if incident.is_open else _ended_actions(number))))
    return Content(f"{head(incident)} · {STATUS_LABELS[incident.status]}", tuple(blocks))


def moved_card(incident: Incident) -> Content:
    """What stays in the thread of an incident that has a channel now."""
    where = channel(incident.room.channel) if incident.room.channel else "a channel"
    text = f"{head(incident)} is worked on in {where}."
    return Content(text, (section(text),))


def announcement(incident: Incident, *, means: str, paged: Sequence[str] = ()) -> Content:
    """What everybody sees in the incidents channel."""
    number = str(incident.number)
    mark = ":rotating_light:" if incident.is_open else ":white_check_mark:"
    where = ""
    if incident.room.kind is RoomKind.CHANNEL:
        where = f"\nRoom: {channel(incident.room.channel)}" if incident.room.channel else "\nOpening a room…"
    blocks: list[Block] = [
        section(f"{mark} {titled(incident)}{where}"),
        fields(_facts(incident, means, paged)),
    ]
    if incident.last_update:
        blocks.append(context(f"{_updated(incident)}: {said(incident.last_update, 500)}"))
    if incident.status is Status.RESOLVED and incident.resolution.summary:
        blocks.append(context(said(incident.resolution.summary, 500)))
    if incident.is_open and incident.acknowledged_by is None:
        blocks.append(
            actions(button("Acknowledge", ACKNOWLEDGE, number, style="primary"), button("Show", SHOW, number))
        )
    else:
        blocks.append(actions(button("Show", SHOW, number)))
    return Content(f"{head(incident)} · {STATUS_LABELS[incident.status]}", tuple(blocks))


def _facts(incident: Incident, means: str, paged: Sequence[str]) -> list[tuple[str, str]]:
    facts = [
        ("Severity", f"{incident.severity}" + (f": {said(means, 200)}" if means else "")),
        ("Status", STATUS_LABELS[incident.status]),
        ("Commander", user(incident.commander) if incident.commander else "nobody yet"),
        ("Acknowledged", _acknowledged(incident, paged)),
    ]
    if incident.service:
        facts.append(("Service", said(incident.service, 200)))
    facts.append(("Declared", f"{user(incident.declared_by)} {when_dated(incident.declared_at)}"))
    if incident.started_at != incident.declared_at:
        facts.append(("Started", when_dated(incident.started_at)))
    if incident.ended_at and incident.ended_by:
        facts.append(("Ended", f"{user(incident.ended_by)} {when_dated(incident.ended_at)}"))
    elif incident.next_update_at or incident.eta:
        eta = f"\nOver by: {said(incident.eta, 200)}" if incident.eta else ""
        facts.append(("Next update", next_update(incident) + eta))
    if incident.missed:
        facts.append(("Missed targets", ", ".join(incident.missed)))
    if incident.origin:
        facts.append(("From", link(incident.origin, "this message")))
    return facts


def _acknowledged(incident: Incident, paged: Sequence[str]) -> str:
    if incident.acknowledged_by and incident.acknowledged_at:
        return f"{user(incident.acknowledged_by)} at {when(incident.acknowledged_at)}"
    return f"not yet; paged {', '.join(paged)}" if paged else "not yet"


def _updated(incident: Incident) -> str:
    return when(incident.updated_at) if incident.updated_at else ""


def _resolution(incident: Incident) -> str:
    known = incident.resolution
    rows = [("Resolution", known.summary), ("Root cause", known.root_cause)]
    return "\n".join(f"*{label}:* {said(text, 1000)}" for label, text in rows if text) or bold("Resolved")


def _other_roles(incident: Incident) -> str:
    held = [(role, holder) for role, holder in incident.roles.items() if role != "commander"]
    return " · ".join(f"{role.capitalize()}: {user(holder.user)}" for role, holder in held)


def _open_actions(incident: Incident, number: str) -> list[Block]:
    more = [Option(label, f"{choice}:{number}") for choice, label in MORE_OPTIONS.items()]
    first = (
        [button("Acknowledge", ACKNOWLEDGE, number, style="primary")]
        if incident.acknowledged_by is None
        else []
    )
    return [
        *first,
        button("Post update", UPDATE, number),
        button("Change severity/status", CHANGE, number),
        button("Take a role", ROLE, number),
        button("Page someone", PAGE, number),
        button("Resolve", RESOLVE, number),
        overflow(MORE, more),
    ]


def _ended_actions(number: str) -> list[Block]:
    return [button("Reopen", REOPEN, number), button("Show the timeline", MORE, f"timeline:{number}")]
