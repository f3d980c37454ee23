"""Why somebody was paged, or nobody was: what the playbook says, what was done, and what is still to come."""

from dataclasses import dataclass

from bot.context import Context
from bot.delivery import store as delivery
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import queued
from bot.incidents.model.incident import EntryKind, Incident, Number, parse_number
from bot.incidents.service.work import NoSuchIncident
from bot.model import UserId
from bot.paging import store as pages
from bot.paging import why
from bot.paging.ladder import Climb
from bot.paging.model import PageId, climb_key
from bot.paging.why import Voice
from bot.playbook import Playbook


@dataclass(frozen=True)
class Told:
    """An answer: parts of a few lines each, the first line of a part its head."""

    parts: tuple[tuple[str, ...], ...]


async def of_page(context: Context, page: PageId, viewer: UserId | None, voice: Voice) -> Told:
    """Why there is this page. `viewer`: who asks; None for somebody at the machine. Raises UserError."""
    async with context.queue.database.read() as connection:
        found = await pages.find(connection, page)
        number = parse_number(found.subject.ref) if found else None
        incident = await store.find(connection, number) if number is not None else None
        hidden = incident is not None and not (
            viewer is None or await store.may_see(connection, incident, viewer)
        )
        if found is None or hidden:
            raise UserError(f"There is no page {page}.")
        return Told((tuple(why.told(await why.facts(connection, found), voice)),))


async def of_incident(context: Context, number: Number, viewer: UserId | None, voice: Voice) -> Told:
    """Why whom it paged, and why not others. Raises NoSuchIncident."""
    async with context.queue.database.read() as connection:
        incident = await store.find(connection, number)
        if incident is None or not (viewer is None or await store.may_see(connection, incident, viewer)):
            raise NoSuchIncident(number)
        made = await pages.of_subject(connection, incident.name)
        parts = [_head(incident, context.playbook.current, voice, paged=bool(made))]
        parts += [why.told(await why.facts(connection, each), voice) for each in made]
        climbs = await pages.climbs_of(connection, incident.name)
        for climb in reversed(climbs):
            lane = f"timer:{climb_key(climb.id)}"
            parts.append(
                [*_climb(climb, voice), *why.timers(await delivery.history(connection, [lane]), voice)]
            )
        loud = await store.entries_of(connection, number, EntryKind.UNHEARD, EntryKind.DECLINED)
        parts += [[f"{voice.at(entry.at)} {voice.user(entry.by)}: {entry.text}"] for entry in loud]
        waits = [f"timer:{queued.page_due_key(number)}", f"timer:{queued.silent_key(number)}"]
        if lines := why.timers(await delivery.history(connection, waits), voice):
            parts.append(lines)
    return Told(tuple(tuple(part) for part in parts))


def _head(incident: Incident, playbook: Playbook, voice: Voice, *, paged: bool) -> list[str]:
    answered = "nobody has acknowledged it"
    if incident.acknowledged_by and incident.acknowledged_at:
        answered = (
            f"acknowledged by {voice.user(incident.acknowledged_by)} {voice.at(incident.acknowledged_at)}"
        )
    lines = [
        f"{incident.name} · {voice.said(incident.severity)} · {voice.said(incident.title)}",
        f"{incident.status}, declared {voice.at(incident.declared_at)}; {answered}",
        _rule(incident, playbook, voice),
    ]
    return lines if paged else [*lines, "nobody was paged"]


def _rule(incident: Incident, playbook: Playbook, voice: Voice) -> str:
    """What the playbook says now; pages keep what it said when they were made."""
    severity = voice.said(incident.severity)
    try:
        _, rules = playbook.severity(incident.severity)
    except KeyError:
        return f"the playbook has no severity {severity} any more"
    rule = rules.page
    if rule is None:
        return f"the playbook pages nobody for {severity}"
    parts = [f"{', '.join(rule.at_once)} at once"] if rule.at_once else []
    if rule.path is not None:
        after = f" after {rule.after} without an acknowledgement" if rule.after else ""
        parts.append(f"along the path {rule.path}{after}")
    return f"the playbook pages for {severity}: {voice.said('; '.join(parts))}"


def _climb(climb: Climb, voice: Voice) -> list[str]:
    head = f"Path {voice.said(climb.ladder.path)}, begun {voice.at(climb.began_at)}"
    if climb.exhausted:
        return [head, "ran out of people" if climb.due_at is None else "waits for an answer to its last step"]
    following = climb.ladder.words(climb.step)
    if climb.due_at is None:
        return [head, f"ended before {voice.said(following)}: somebody answered, or it was over"]
    return [head, f"next: {voice.said(following)}, {voice.at(climb.due_at)}"]
