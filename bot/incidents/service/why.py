"""Why somebody was paged, or nobody was: what the playbook says, what was done, and what is still to come."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calls import store as calls
from bot.calls.model import Call, CallId
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
        parts = [why.told(await why.facts(connection, found), voice)]
        parts += await _climbs(connection, found.subject.ref, voice)
    return _told(parts)


async def of_call(context: Context, number: CallId, voice: Voice) -> Told:
    """Why whom a call paged, and what is still to come. Raises UserError where there is none."""
    async with context.queue.database.read() as connection:
        call = await calls.find(connection, number)
        if call is None:
            raise UserError(f"There is no CALL-{number}.")
        parts = [_call_head(call, voice), *await _pages(connection, call.name, voice)]
        parts += await _climbs(connection, call.name, voice)
    return _told(parts)


async def of_incident(context: Context, number: Number, viewer: UserId | None, voice: Voice) -> Told:
    """Why whom it paged, and why not others. Raises NoSuchIncident."""
    async with context.queue.database.read() as connection:
        incident = await store.find(connection, number)
        if incident is None or not (viewer is None or await store.may_see(connection, incident, viewer)):
            raise NoSuchIncident(number)
        made = await _pages(connection, incident.name, voice)
        parts = [_head(incident, context.playbook.current, voice, paged=bool(made)), *made]
        parts += await _climbs(connection, incident.name, voice)
        loud = await store.entries_of(connection, number, EntryKind.UNHEARD, EntryKind.DECLINED)
        parts += [[f"{voice.at(entry.at)} {voice.user(entry.by)}: {entry.text}"] for entry in loud]
        waits = [f"timer:{queued.page_due_key(number)}", f"timer:{queued.silent_key(number)}"]
        if lines := why.timers(await delivery.history(connection, waits), voice):
            parts.append(lines)
    return _told(parts)


def _told(parts: Iterable[Iterable[str]]) -> Told:
    return Told(tuple(tuple(part) for part in parts))


async def _pages(connection: AsyncConnection, ref: str, voice: Voice) -> list[list[str]]:
    """A part for each page about a subject."""
    made = await pages.of_subject(connection, ref)
    return [why.told(await why.facts(connection, each), voice) for each in made]


async def _climbs(connection: AsyncConnection, ref: str, voice: Voice) -> list[list[str]]:
    """A part for each path that was climbed for a subject, with its timers."""
    parts = []
    for climb in reversed(await pages.climbs_of(connection, ref)):
        timers = await delivery.history(connection, [f"timer:{climb_key(climb.id)}"])
        parts.append([*_climb(climb, voice), *why.timers(timers, voice)])
    return parts


def _call_head(call: Call, voice: Voice) -> list[str]:
    answered = "nobody has acknowledged it"
    if call.acknowledged_by and call.acknowledged_at:
        answered = f"acknowledged by {voice.user(call.acknowledged_by)} {voice.at(call.acknowledged_at)}"
    lines = [
        f"{call.name} · {voice.said(call.text)}",
        f"called by {voice.user(call.by)} {voice.at(call.made_at)}; {answered}",
    ]
    return [*lines, call.unheard] if call.unheard else lines


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
