"""Subcommands that change an incident."""

import re

from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.incidents.cards import modals
from bot.incidents.cards.words import STATUS_LABELS
from bot.incidents.model.incident import STATUS_WORDS, Resolution, parse_number
from bot.incidents.service import calling, changes, queries
from bot.mrkdwn import blank, bold, cut, escape, one_line, plain, said, user, when_dated
from bot.slack.blocks import plainly
from handlers.asked import Answer, Asked, Form, split_word, target
from handlers.incident import declaring
from handlers.incident.subcommand import Subcommand, WhichIncident, named, person, wanted
from handlers.incident.times import parse_time

# What follows it, up to the end of the update, is when the incident should be over.
_ETA = re.compile(r"\s+eta:\s*(?=\S)", re.IGNORECASE)


def _at_eta(text: str) -> tuple[str, str]:
    """`Rolling back eta: 20 minutes` → the words, and when it should be over."""
    words, *eta = _ETA.split(text, maxsplit=1)
    return words, cut(one_line(eta[0]), modals.ETA_LIMIT) if eta else ""


async def update(context: Context, asked: Asked, rest: str) -> Answer:
    number, text = await named(context, asked, rest)
    if blank(text):
        return Form(modals.update_form(await queries.open_one(context, number, asked.user)))
    words, eta = _at_eta(plain(text))
    incident = await changes.post_update(context, number, words, asked.act, eta)
    return plainly(f"The update on {incident.name} is saved and on its way.")


async def set_severity(context: Context, asked: Asked, rest: str) -> Answer:
    number, word = await named(context, asked, rest, takes_number=True)
    playbook = context.playbook.current
    # `severity 2` is enough: a number alone is no title here.
    name = declaring.severity(playbook, word) or declaring.severity(playbook, f"sev{word}")
    if name is None:
        unknown = f"I don't know the severity “{said(plain(word), 100)}”. " if word else ""
        meant = declaring.nearest_severity(playbook, plain(word)) or next(iter(playbook.severities))
        names = escape(", ".join(playbook.severities))
        raise UserError(f"{unknown}Severities are {names}. Try: /incident severity {escape(meant)}")
    incident = await changes.set_severity(context, number, name, asked.act)
    return plainly(f"{incident.name} is {incident.severity} now.")


async def set_status(context: Context, asked: Asked, rest: str) -> Answer:
    number, word = await named(context, asked, rest)
    status = STATUS_WORDS.get(word.strip().lower())
    if status is None:
        unknown = f"I don't know the status “{said(plain(word), 100)}”. " if word else ""
        raise UserError(
            f"{unknown}It is one of investigating, mitigating, monitoring."
            " To end an incident, type: /incident resolve, or: /incident cancel"
        )
    incident = await changes.set_status(context, number, status, asked.act)
    return plainly(f"{incident.name} is {STATUS_LABELS[incident.status].lower()} now.")


async def give_role(context: Context, asked: Asked, rest: str) -> Answer:
    number, more = await named(context, asked, rest)
    role, who = split_word(more)
    if not role:
        names = list(context.playbook.current.incident_roles) or ["commander"]
        raise UserError(f"Which role? Roles are {', '.join(names)}. Try: /incident role {names[0]} @bo")
    holder = person(context, who) if who else asked.user
    name = plain(role).lower()
    incident = await changes.take_role(context, number, name, holder, asked.act, claimed=False)
    return plainly(f"{user(holder)} is {escape(name)} of {incident.name} now.")


async def page(context: Context, asked: Asked, rest: str) -> Answer:
    number, more = await named(context, asked, rest)
    words = wanted(more, "Whom? Name people, a path or a schedule: /incident page @bo").split()
    called = await calling.page(context, number, [target(context, word) for word in words], asked.act)
    reached = [calling.shown(context, each.person) for each in called if each.person]
    missed = [escape(each.why) for each in called if not each.person]
    sentences = [f"Paging {', '.join(reached)}."] if reached else []
    return plainly(" ".join([*sentences, *(f"Not reached: {why}." for why in missed)]))


async def add_note(context: Context, asked: Asked, rest: str) -> Answer:
    number, text = await named(context, asked, rest)
    if blank(text):
        return Form(modals.note_form(await queries.to_change(context, number, asked.user)))
    incident = await changes.add_note(context, number, plain(text), asked.act)
    return plainly(f"Noted in the timeline of {incident.name}.")


async def set_start(context: Context, asked: Asked, rest: str) -> Answer:
    number, text = await named(context, asked, rest)
    at = parse_time(
        wanted(text, "When did it start? Try: 14:05, or 20m ago"),
        asked.act.at,
        await zone_of(context, asked.user),
    )
    incident = await changes.set_start(context, number, at, asked.act)
    return plainly(f"{incident.name} started {when_dated(at)}.")


async def rename(context: Context, asked: Asked, rest: str) -> Answer:
    number, text = await named(context, asked, rest)
    if blank(text):
        return Form(modals.rename_form(await queries.to_change(context, number, asked.user)))
    incident = await changes.rename(context, number, one_line(plain(text)), asked.act)
    return plainly(f"{incident.name} is called {bold(incident.title)} now.")


async def resolve(context: Context, asked: Asked, rest: str) -> Answer:
    number, text = await named(context, asked, rest)
    if blank(text):
        return Form(modals.resolve_form(await queries.open_one(context, number, asked.user)))
    known = Resolution(summary=plain(text))
    incident = await changes.resolve(context, number, known, asked.act)
    return plainly(f"{incident.name} is resolved.")


async def reopen(context: Context, asked: Asked, rest: str) -> Answer:
    number, _ = await named(context, asked, rest)
    incident = await changes.reopen(context, number, asked.act)
    return plainly(f"{incident.name} is open again.")


async def cancel(context: Context, asked: Asked, rest: str) -> Answer:
    number, _ = await named(context, asked, rest)
    incident = await changes.cancel(context, number, asked.act)
    return plainly(f"{incident.name} was a false alarm; it is cancelled.")


async def merge(context: Context, asked: Asked, rest: str) -> Answer:
    """In a room `merge INC-7` closes the room's incident; elsewhere both are named, the closing one first."""
    words = rest.split()
    numbers = [found for word in words if (found := parse_number(word)) is not None]
    if len(words) != len(numbers) or len(numbers) not in (1, 2):
        raise UserError(
            "Name the incident that goes on: /incident merge INC-7. Elsewhere name both: merge INC-8 INC-7"
        )
    into = numbers[-1]
    if len(numbers) == 2:
        number = numbers[0]
    else:
        here = await queries.in_channel(context, asked.channel)
        if here is None:
            raise WhichIncident(rest)
        number = here.number
    kept = await changes.merge(context, number, into, asked.act)
    return plainly(f"INC-{number} is merged into {kept.name}.")


async def acknowledge(context: Context, asked: Asked, rest: str) -> Answer:
    number, _ = await named(context, asked, rest)
    incident = await changes.acknowledge(context, number, asked.act)
    return plainly(f"{incident.name} is yours; everybody who was paged is told.")


COMMANDS: tuple[Subcommand, ...] = (
    Subcommand("acknowledge", "acknowledge", "says that you are on it", acknowledge, ("ack",)),
    Subcommand(
        "update",
        "update TEXT eta: 20m",
        "tells everybody where things stand; eta is optional",
        update,
        ("post",),
    ),
    Subcommand("severity", "severity sev2", "changes how bad it is", set_severity, ("sev",)),
    Subcommand("status", "status monitoring", "investigating, mitigating or monitoring", set_status),
    Subcommand("role", "role commander @bo", "gives somebody a role", give_role, ("assign",)),
    Subcommand("page", "page @bo", "pages a person, a path or a schedule", page),
    Subcommand("note", "note TEXT", "adds a line to the timeline", add_note),
    Subcommand("start", "start 14:05", "says when it really began", set_start, ("started",)),
    Subcommand("rename", "rename TITLE", "changes the title", rename, ("title",)),
    Subcommand("resolve", "resolve [TEXT]", "ends it", resolve, ("resolved", "close", "fix")),
    Subcommand("reopen", "reopen", "goes on with one that ended", reopen, on_ended=True),
    Subcommand("cancel", "cancel", "ends a false alarm", cancel, ("false-alarm",)),
    Subcommand("merge", "merge INC-7", "closes it as the same thing as INC-7", merge, ("duplicate",)),
)
