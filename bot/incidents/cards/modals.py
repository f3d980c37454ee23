"""Forms about incidents. Block ids name the fields; `private_metadata` is the incident's number."""

import json
from collections.abc import Iterable, Mapping, Sequence

from bot.incidents.cards.words import STATUS_LABELS, head
from bot.incidents.model.incident import DETECTIONS, OPEN, VERIFICATION, Entry, Incident, Source
from bot.model import ChannelId, Ts, UserId
from bot.mrkdwn import cut, said, user
from bot.slack.blocks import (
    Option,
    View,
    button,
    checkboxes,
    context,
    datetime_picker,
    input_,
    modal,
    section,
    select,
    text_input,
    users_select,
)

DECLARE = "incident.declare"
UPDATE = "incident.update_form"
CHANGE = "incident.change_form"
ROLE = "incident.role_form"
CLAIM = "incident.claim"
PAGE = "incident.page_form"
RESOLVE = "incident.resolve_form"
NOTE = "incident.note_form"
RENAME = "incident.rename_form"
CANCEL = "incident.cancel_form"
EDIT_ENTRY = "incident.entry_form"
ADD_TO_TIMELINE = "incident.mark_form"
TEXT_LIMIT = 2900
ETA_LIMIT = 100
# Slack: 3000 characters of private metadata; the rest is for the link and ids.
PRIVATE_LIMIT = 3000
KEPT_OF_MESSAGE = 2300


def declare_form(
    severities: Sequence[tuple[str, str]],
    services: Sequence[str],
    *,
    title: str = "",
    severity: str | None = None,
    origin: str | None = None,
) -> View:
    """`severities`: name and meaning, most severe first. `origin`: link to the message it comes from."""
    options = [Option(name, name, means) for name, means in severities]
    chosen = severity or (severities[0][0] if severities else None)
    blocks = [
        input_("Severity", select("severity", "How bad is it?", options, initial=chosen), "severity"),
        input_(
            "Title",
            text_input("title", initial=cut(title, 200), placeholder="Checkout returns 500s", focus=True),
            "title",
        ),
    ]
    if services:
        known = [Option(name, name) for name in services]
        blocks.append(input_("Service", select("service", "Which one?", known), "service", optional=True))
    tick = [Option("Private", "private", "Only those invited can see it")]
    blocks.append(input_("Who may see it", checkboxes("private", tick), "private", optional=True))
    return modal(DECLARE, "Declare incident", "Declare", blocks, private=json.dumps({"origin": origin}))


def update_form(incident: Incident) -> View:
    return _form(
        UPDATE,
        "Post update",
        "Post",
        incident,
        [
            input_(
                "Where do things stand?",
                text_input("text", multiline=True, max_length=TEXT_LIMIT, focus=True),
                "text",
            ),
            input_(
                "When should it be over?",
                text_input("eta", max_length=ETA_LIMIT, placeholder="In 30 minutes"),
                "eta",
                optional=True,
            ),
        ],
    )


def change_form(incident: Incident, severities: Sequence[tuple[str, str]]) -> View:
    levels = [Option(name, name, means) for name, means in severities]
    statuses = [Option(STATUS_LABELS[status], status.value) for status in OPEN]
    return _form(
        CHANGE,
        "Severity and status",
        "Change",
        incident,
        [
            input_("Severity", select("severity", "Severity", levels, initial=incident.severity), "severity"),
            input_("Status", select("status", "Status", statuses, initial=incident.status.value), "status"),
        ],
    )


def role_form(incident: Incident, roles: Mapping[str, str], *, notice: str = "") -> View:
    """`roles`: role → duties. A free role is claimed by its button; the form gives one to somebody else.

    `notice`: what came of the last click.
    """
    blocks = [section(f"*{head(incident)}*")]
    if notice:
        blocks.append(section(f":warning: {notice}"))
    if not roles:
        blocks.append(section("The playbook has no roles."))
        return modal(ROLE, "Take a role", None, blocks)
    for role, duties in roles.items():
        holder = incident.roles.get(role)
        if holder is None:
            claim = button("I'll take it", CLAIM, json.dumps([incident.number, role]), style="primary")
            blocks.append(section(f"*{role.capitalize()}*\n{said(duties, 300)}", accessory=claim))
        else:
            blocks.append(section(f"*{role.capitalize()}:* {user(holder.user)}"))
    options = [Option(role.capitalize(), role) for role in roles]
    blocks += [
        input_("Give a role", select("role", "Role", options), "role", optional=True),
        input_("To", users_select("user", "Who?"), "user", optional=True),
    ]
    return modal(ROLE, "Take a role", "Give", blocks, private=str(incident.number))


def page_form(incident: Incident, targets: Sequence[str]) -> View:
    """`targets`: the playbook's escalation paths and schedules, by name."""
    blocks = [input_("Somebody", users_select("user", "Who?"), "user", optional=True)]
    if targets:
        options = [Option(name, name) for name in targets]
        choice = select("target", "Path or schedule", options)
        blocks.append(input_("Or whoever is responsible", choice, "target", optional=True))
    return _form(PAGE, "Page someone", "Page", incident, blocks)


def resolve_form(incident: Incident) -> View:
    """Summary, root cause, detection and the ticks of a resolution record; only the summary is asked for."""
    ticks = [Option(label, value) for value, label in VERIFICATION.items()]
    ways = [Option(label, value) for value, label in DETECTIONS.items()]
    known = incident.resolution
    return _form(
        RESOLVE,
        "Resolve",
        "Resolve",
        incident,
        [
            input_(
                "What fixed it?",
                text_input(
                    "summary", multiline=True, initial=known.summary, max_length=TEXT_LIMIT, focus=True
                ),
                "summary",
            ),
            input_(
                "Root cause",
                text_input("root_cause", multiline=True, initial=known.root_cause, max_length=TEXT_LIMIT),
                "root_cause",
                optional=True,
            ),
            input_(
                "How was it detected?",
                select("detection", "Choose one", ways, initial=known.detection or None),
                "detection",
                optional=True,
            ),
            input_("Verified", checkboxes("verified", ticks), "verified", optional=True),
        ],
    )


def note_form(incident: Incident) -> View:
    field = text_input("text", multiline=True, max_length=TEXT_LIMIT, focus=True)
    return _form(NOTE, "Add a note", "Add", incident, [input_("Note", field, "text")])


def rename_form(incident: Incident) -> View:
    field = text_input("title", initial=cut(incident.title, 200), max_length=200, focus=True)
    return _form(RENAME, "Rename", "Rename", incident, [input_("Title", field, "title")])


def cancel_form(incident: Incident) -> View:
    """Asks again: it ends the incident for everybody, and stands next to harmless choices."""
    where = "" if incident.private else ", and its announcement says so"
    text = f"It ends as a false alarm{where}. Nobody is paged for it any more. It can be reopened."
    return _form(CANCEL, "False alarm?", "Cancel it", incident, [section(text)])


def entry_form(entry: Entry, *, words_change: bool) -> View:
    """`words_change`: whether the text may be edited; its time always may."""
    blocks = []
    if words_change:
        field = text_input("text", multiline=True, initial=cut(entry.text, TEXT_LIMIT), max_length=TEXT_LIMIT)
        blocks.append(input_("Text", field, "text"))
    else:
        blocks.append(section(entry.text))
    blocks.append(input_("Time", datetime_picker("at", initial=int(entry.at.timestamp())), "at"))
    private = json.dumps([entry.incident, entry.seq])
    return modal(EDIT_ENTRY, "Edit timeline", "Save", blocks, private=private)


def mark_form(incidents: Iterable[Incident], text: str, source: Source) -> View:
    """A message from outside any incident's room: which incident's timeline is it for?"""
    options = [Option(cut(f"{each.name} {each.title}", 75), str(each.number)) for each in incidents]
    blocks = [input_("Incident", select("incident", "Which one?", options), "incident")]
    held = [source.channel, source.ts, source.author, source.link, source.name]
    # The form carries the message: the bot may not be where it was written.
    private = json.dumps([cut(text, KEPT_OF_MESSAGE), *held], ensure_ascii=False)
    if len(private) > PRIVATE_LIMIT:
        private = json.dumps([cut(text, KEPT_OF_MESSAGE // 6), *held], ensure_ascii=False)
    return modal(ADD_TO_TIMELINE, "Add to timeline", "Add", blocks, private=private)


def marked(private: str) -> tuple[str, Source]:
    """What `mark_form` carries."""
    text, channel, ts, author, link, name = json.loads(private)
    return text, Source(ChannelId(channel), Ts(ts), UserId(author) if author else None, link, name)


def nothing_open() -> View:
    blocks = [section("No incident is open, so there is no timeline to add this to.")]
    return modal(ADD_TO_TIMELINE, "Add to timeline", None, blocks)


def _form(callback: str, title: str, submit: str, incident: Incident, fields: list[View]) -> View:
    blocks = [context(head(incident)), *fields]
    return modal(callback, title, submit, blocks, private=str(incident.number))
