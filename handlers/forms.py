"""Submitted forms."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.context import Context
from bot.emergency.service import declare as declare_incident
from bot.errors import UserError
from bot.incidents.cards import answers, modals
from bot.incidents.model.incident import Number, Resolution, Status
from bot.incidents.service import calling, changes, timeline
from bot.incidents.service.declare import Declare
from bot.model import Act, UserId
from bot.mrkdwn import blank, clean, one_line
from bot.slack.blocks import Content, plainly


class FieldError(UserError):
    """A mistake in one field: shown under it, and the form stays open."""

    def __init__(self, block: str, message: str) -> None:
        super().__init__(message)
        self.block = block


@dataclass(frozen=True)
class Submitted:
    """A form as it was sent. `values`: block id → the element's state."""

    act: Act
    private: str
    values: Mapping[str, Mapping[str, Any]]

    @property
    def number(self) -> Number:
        return Number(int(self.private))

    def text(self, block: str) -> str:
        """What was written, empty where nothing of it would be seen."""
        written = clean(str(self._state(block).get("value") or "")).strip()
        return "" if blank(written) else written

    def choice(self, block: str) -> str | None:
        option = self._state(block).get("selected_option")
        return str(option["value"]) if option else None

    def ticks(self, block: str) -> tuple[str, ...]:
        return tuple(option["value"] for option in self._state(block).get("selected_options") or ())

    def user(self, block: str) -> UserId | None:
        found = self._state(block).get("selected_user")
        return UserId(found) if found else None

    def instant(self, block: str) -> datetime:
        return datetime.fromtimestamp(int(self._state(block)["selected_date_time"]), UTC)

    def day(self, block: str) -> date | None:
        found = self._state(block).get("selected_date")
        return date.fromisoformat(found) if found else None

    def _state(self, block: str) -> Mapping[str, Any]:
        elements = self.values.get(block) or {}
        return next(iter(elements.values()), {})


Submit = Callable[[Context, Submitted], Awaitable[Content | None]]
"""Carries a form out; what it returns is told to the person in a message."""


async def declare(context: Context, form: Submitted) -> Content | None:
    playbook = context.playbook.current
    title, severity, service = one_line(form.text("title")), form.choice("severity"), form.choice("service")
    if not title:
        raise FieldError("title", "Say what is broken, in a few words.")
    if severity not in playbook.severities:
        raise FieldError("severity", "This severity is no longer in the playbook. Choose another one.")
    if service is not None and service not in playbook.services:
        raise FieldError("service", "This service is no longer in the playbook. Choose another one, or none.")
    incident = await declare_incident(
        context,
        Declare(
            severity=severity,
            title=title,
            act=form.act,
            service=service,
            private="private" in form.ticks("private"),
            origin=json.loads(form.private)["origin"],
        ),
    )
    # Sent twice, it was declared, and told, the first time.
    return answers.declared(incident) if incident.declared_at == form.act.at else None


async def post_update(context: Context, form: Submitted) -> Content | None:
    text = form.text("text")
    if not text:
        raise FieldError("text", "Say where things stand.")
    await changes.post_update(context, form.number, text, form.act, one_line(form.text("eta")))
    return None


async def change(context: Context, form: Submitted) -> Content | None:
    severity, status = form.choice("severity") or "", Status(form.choice("status") or "")
    if severity not in context.playbook.current.severities:
        raise FieldError("severity", "This severity is no longer in the playbook. Choose another one.")
    await changes.change_both(context, form.number, severity, status, form.act)
    return None


async def give_role(context: Context, form: Submitted) -> Content | None:
    role, user = form.choice("role"), form.user("user")
    if role is None:
        raise FieldError("role", "Which role? A free one is taken with its button.")
    holder = user or form.act.by
    await changes.take_role(context, form.number, role, holder, form.act, claimed=False)
    return None


async def page(context: Context, form: Submitted) -> Content | None:
    user, target = form.user("user"), form.choice("target")
    targets = [context.directory.name_of(user) or f"user:{user}"] if user else []
    if target is not None:
        targets.append(target)
    if not targets:
        raise FieldError("user", "Whom? Choose somebody, or a path below.")
    await calling.page(context, form.number, targets, form.act)
    return None


async def resolve(context: Context, form: Submitted) -> Content | None:
    summary = form.text("summary")
    if not summary:
        raise FieldError("summary", "Say what fixed it, in a few words.")
    known = Resolution(
        summary, form.text("root_cause"), form.choice("detection") or "", form.ticks("verified")
    )
    await changes.resolve(context, form.number, known, form.act)
    return None


async def add_note(context: Context, form: Submitted) -> Content | None:
    text = form.text("text")
    if not text:
        raise FieldError("text", "Write the note.")
    await changes.add_note(context, form.number, text, form.act)
    return None


async def rename(context: Context, form: Submitted) -> Content | None:
    title = one_line(form.text("title"))
    if not title:
        raise FieldError("title", "A title has at least one word.")
    await changes.rename(context, form.number, title, form.act)
    return None


async def cancel(context: Context, form: Submitted) -> Content | None:
    await changes.cancel(context, form.number, form.act)
    return None


async def edit_entry(context: Context, form: Submitted) -> Content | None:
    number, seq = json.loads(form.private)
    text = form.text("text") if "text" in form.values else None
    if text == "":
        raise FieldError("text", "Write something. To take a message out, remove its mark.")
    if form.instant("at") > form.act.at:
        raise FieldError("at", "That time is in the future.")
    await timeline.edit_entry(context, Number(number), seq, text, form.instant("at"), form.act)
    return None


async def add_to_timeline(context: Context, form: Submitted) -> Content | None:
    text, source = modals.marked(form.private)
    number = Number(int(form.choice("incident") or 0))
    message = timeline.Message(text, source)
    try:
        incident = await timeline.add(context, message, f"shortcut:{form.act.by}", form.act, number)
    except timeline.NoIncidentThere:
        raise UserError(f"There is no INC-{number}.") from None
    return plainly(f"Added to the timeline of {incident.name}.")


FORMS: tuple[tuple[str, Submit], ...] = (
    (modals.DECLARE, declare),
    (modals.UPDATE, post_update),
    (modals.CHANGE, change),
    (modals.ROLE, give_role),
    (modals.PAGE, page),
    (modals.RESOLVE, resolve),
    (modals.NOTE, add_note),
    (modals.RENAME, rename),
    (modals.CANCEL, cancel),
    (modals.EDIT_ENTRY, edit_entry),
    (modals.ADD_TO_TIMELINE, add_to_timeline),
)
