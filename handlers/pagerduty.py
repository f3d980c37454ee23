"""PagerDuty's webhook (v3): what people do there counts here. Each body is signed, and each event done once.

PagerDuty stops calling for a day after three refusals in a row, so what is signed and merely means nothing
here is answered 200; only what cannot be trusted or read is refused.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.calls import service as calls
from bot.calls.model import parse_ref
from bot.context import Context
from bot.delivery.transports.pagerduty import is_pagerduty, subject_of
from bot.emergency.desk import Desk
from bot.emergency.model import Acknowledged
from bot.errors import UserError
from bot.incidents.model.incident import parse_number
from bot.incidents.service import changes, outside
from bot.incidents.service.work import AlreadyCarriedOut
from bot.model import Act, outsider
from bot.mrkdwn import clean, plain
from handlers.web import kept

PATH = "/pagerduty/webhook"
# What an answer to a webhook says at most: it stands in PagerDuty's log of deliveries.
LONGEST_REASON = 300


@dataclass(frozen=True)
class Event:
    """`by`: the person's name; None where a machine did it, such as this bot. `to`: who has it now."""

    id: str
    kind: str
    key: str
    by: str | None
    to: tuple[str, ...] = ()


class Unreadable(Exception):
    """Signed, and not what PagerDuty documents. The message says what is missing."""


def routes(context: Context, secret: str, desk: Desk) -> list[web.RouteDef]:
    """`secret`: the webhook subscription's. `desk`: what was opened there while the database is away."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not is_signed(body, request.headers.getall("X-PagerDuty-Signature", []), secret):
            raise web.HTTPUnauthorized(reason="No v1 signature made with PAGERDUTY_WEBHOOK_SECRET")
        try:
            event = read(body)
        except Unreadable as error:
            raise web.HTTPBadRequest(reason=str(error)) from error
        return web.json_response({"done": (await carry_out(context, desk, event))[:LONGEST_REASON]})

    return [web.post(PATH, kept("pagerduty", receive))]


def is_signed(body: bytes, headers: list[str], secret: str) -> bool:
    """Whether one of the signatures, of which a rotation of secrets makes several, is right."""
    right = "v1=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    given = [each.strip() for header in headers for each in header.split(",")]
    return any(hmac.compare_digest(right.encode(), each.encode(errors="surrogateescape")) for each in given)


def read(body: bytes) -> Event:
    """Raises Unreadable."""
    try:
        event = json.loads(body)["event"]
        kind, event_id = str(event["event_type"]), str(event["id"])
    except (ValueError, LookupError, TypeError) as error:
        raise Unreadable("A JSON object with `event`, its `id` and its `event_type` is needed") from error
    data = _object(event.get("data"))
    assignees = data.get("assignees")
    names = [_name(each) for each in assignees] if isinstance(assignees, list) else []
    return Event(
        id=event_id[:100],
        kind=kind,
        key=str(data.get("incident_key") or ""),
        by=_name(event.get("agent"), only="user_reference"),
        to=tuple(name for name in names if name),
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(reference: Any, only: str | None = None) -> str | None:
    found = _object(reference)
    if only is not None and found.get("type") != only:
        return None
    return clean(str(found.get("summary") or found.get("id") or "somebody"))


async def carry_out(context: Context, desk: Desk, event: Event) -> str:
    """What came of it, in a sentence for PagerDuty's log of deliveries."""
    subject = subject_of(context.links.public_url, event.key)
    if subject is not None and desk.holds(subject):
        return await _acknowledge_unrecorded(context, desk, subject, event)
    if subject is None or (parse_number(subject) is None and parse_ref(subject) is None):
        return "nothing: the incident was not opened by this Watchbill"
    try:
        match event.kind:
            case "incident.acknowledged" | "incident.resolved" if event.by is None:
                return "nothing: no person did it"
            case "incident.acknowledged":
                return await _acknowledge(context, subject, event, "in PagerDuty")
            case "incident.resolved":
                # That it is over is for the incident to say; that somebody is on it, they just showed.
                return await _acknowledge(context, subject, event, "by resolving it in PagerDuty")
            case "incident.escalated":
                return await _note_escalation(context, subject, event)
            case _:
                return f"nothing: {event.kind} means nothing here"
    except AlreadyCarriedOut:
        return "nothing: this event was carried out before"
    except UserError as nothing_to_do:
        return f"nothing: {plain(str(nothing_to_do))}"


async def _acknowledge(context: Context, subject: str, event: Event, via: str) -> str:
    act = _act(context, event, via)
    people = context.playbook.current.people.items()
    paged_there = [name for name, each in people if any(map(is_pagerduty, each.contacts.values()))]
    if (number := parse_number(subject)) is not None:
        await changes.answer_elsewhere(context, number, paged_there, act)
    elif (call := parse_ref(subject)) is not None:
        await calls.acknowledge(context, call, act, paged_there)
    return f"{subject} is acknowledged by {event.by}"


async def _acknowledge_unrecorded(context: Context, desk: Desk, request: str, event: Event) -> str:
    """As an incident's, before it has a number."""
    if event.by is None or event.kind not in ("incident.acknowledged", "incident.resolved"):
        return f"nothing: {event.kind} means nothing here, or no person did it"
    answer = Acknowledged(request, context.clock.now(), outsider(event.by))
    first = await desk.acknowledged(answer)
    if first != answer:
        return "nothing: it was already acknowledged"
    return f"what has no number yet is acknowledged by {event.by}"


async def _note_escalation(context: Context, subject: str, event: Event) -> str:
    number = parse_number(subject)
    if number is None:
        return f"nothing: {subject} has no timeline"
    to = f" to {', '.join(event.to)}" if event.to else ""
    await outside.note(context, number, f"Escalated in PagerDuty{to}", _act(context, event))
    return f"noted in {subject}"


def _act(context: Context, event: Event, via: str = "") -> Act:
    by = outsider(event.by or "PagerDuty")
    return Act(by, context.clock.now(), f"pagerduty:{event.id}", via=via, proven=True)
