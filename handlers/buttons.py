"""Buttons: each parses its value, calls one use case, and leaves the showing to delivery."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.context import Context
from bot.errors import UserError
from bot.home import cards as home_cards
from bot.incidents.cards import answers, card, messages, modals
from bot.incidents.model.incident import Number, Status
from bot.incidents.service import changes, queries, silence
from bot.incidents.service.timeline import EDITABLE
from bot.model import Act, ChannelId, Ts, UserId
from bot.paging import cards as paging_cards
from bot.paging.model import PageId
from bot.slack.blocks import Content, plainly
from handlers.asked import Asked, Form
from handlers.incident import command, declaring

Outcome = Content | Form | None
"""What the person gets: something for their eyes only, a form, or only what changed before them."""


@dataclass(frozen=True)
class Pressed:
    """A click. `value` is the button's, or the overflow's choice; `view` the form or home tab it was in, if
    any, else `channel` and `thread` are where the `message` stands.
    """

    act: Act
    value: str
    channel: ChannelId | UserId
    trigger: str
    view: Mapping[str, Any] | None
    thread: Ts | None = None
    message: Ts | None = None

    @property
    def user(self) -> UserId:
        return self.act.by

    @property
    def number(self) -> Number:
        return Number(int(self.value.rpartition(":")[2]))


Press = Callable[[Context, Pressed], Awaitable[Outcome]]


async def acknowledge(context: Context, pressed: Pressed) -> Outcome:
    await changes.acknowledge(context, pressed.number, pressed.act)
    return None


async def acknowledge_page(context: Context, pressed: Pressed) -> Outcome:
    await changes.acknowledge_page(context, PageId(pressed.number), pressed.act)
    return None


async def declare(context: Context, pressed: Pressed) -> Outcome:
    return Form(command.declare_form(context.playbook.current))


async def decline_page(context: Context, pressed: Pressed) -> Outcome:
    await changes.decline_page(context, PageId(pressed.number), pressed.act)
    return None


async def escalate(context: Context, pressed: Pressed) -> Outcome:
    await changes.escalate(context, PageId(pressed.number), pressed.act)
    return None


async def post_update(context: Context, pressed: Pressed) -> Outcome:
    return Form(modals.update_form(await queries.open_one(context, pressed.number, pressed.user)))


async def change(context: Context, pressed: Pressed) -> Outcome:
    incident = await queries.open_one(context, pressed.number, pressed.user)
    return Form(modals.change_form(incident, declaring.severities(context.playbook.current)))


async def take_role(context: Context, pressed: Pressed) -> Outcome:
    incident = await queries.open_one(context, pressed.number, pressed.user)
    roles = {name: role.duties for name, role in context.playbook.current.incident_roles.items()}
    return Form(modals.role_form(incident, roles))


async def claim(context: Context, pressed: Pressed) -> Outcome:
    """The form then shows who holds what; whoever came second reads who was first."""
    number, role = json.loads(pressed.value)
    notice = ""
    try:
        await changes.take_role(context, Number(number), role, pressed.user, pressed.act, claimed=True)
    except UserError as mistake:
        notice = str(mistake)
    incident = await queries.look_at(context, Number(number), pressed.user)
    roles = {name: each.duties for name, each in context.playbook.current.incident_roles.items()}
    return Form(modals.role_form(incident, roles, notice=notice))


async def page(context: Context, pressed: Pressed) -> Outcome:
    incident = await queries.open_one(context, pressed.number, pressed.user)
    playbook = context.playbook.current
    return Form(modals.page_form(incident, [*playbook.escalation, *playbook.schedules]))


async def resolve(context: Context, pressed: Pressed) -> Outcome:
    return Form(modals.resolve_form(await queries.open_one(context, pressed.number, pressed.user)))


async def reopen(context: Context, pressed: Pressed) -> Outcome:
    await changes.reopen(context, pressed.number, pressed.act)
    return None


async def show(context: Context, pressed: Pressed) -> Outcome:
    told = await queries.told(context, pressed.number, pressed.user, newest=5)
    means = queries.means(context, told.incident)
    return card.incident_card(told.incident, means=means, newest=told.entries, merged=told.merged)


async def more(context: Context, pressed: Pressed) -> Outcome:
    choice, number = pressed.value.split(":")[0], pressed.number
    if choice == "timeline":
        told = await queries.told(context, number, pressed.user)
        return answers.timeline(told.incident, told.entries, 1)
    incident = await queries.open_one(context, number, pressed.user)
    forms = {"note": modals.note_form, "rename": modals.rename_form, "cancel": modals.cancel_form}
    return Form(forms[choice](incident))


async def snooze(context: Context, pressed: Pressed) -> Outcome:
    await changes.snooze_updates(context, pressed.number, pressed.act)
    return None


async def stop_nudges(context: Context, pressed: Pressed) -> Outcome:
    await changes.stop_updates(context, pressed.number, pressed.act)
    return None


async def all_clear(context: Context, pressed: Pressed) -> Outcome:
    await changes.give_all_clear(context, pressed.number, pressed.act)
    return None


async def keep_watching(context: Context, pressed: Pressed) -> Outcome:
    await changes.keep_watching(context, pressed.number, pressed.act)
    return None


async def not_fixed(context: Context, pressed: Pressed) -> Outcome:
    await changes.set_status(context, pressed.number, Status.INVESTIGATING, pressed.act)
    return None


async def still_there(context: Context, pressed: Pressed) -> Outcome:
    await silence.still_there(context, pressed.number, int(pressed.value.split(":")[0]), pressed.act)
    return None


async def hand_on(context: Context, pressed: Pressed) -> Outcome:
    await silence.hand_on(context, pressed.number, int(pressed.value.split(":")[0]), pressed.act)
    return None


async def edit_entry(context: Context, pressed: Pressed) -> Outcome:
    number, seq = json.loads(pressed.value)
    entry = await queries.entry(context, Number(number), seq, pressed.user)
    if entry is None:
        return plainly("This entry is gone: somebody removed it from the timeline.")
    return Form(modals.entry_form(entry, words_change=entry.kind in EDITABLE))


async def pick(context: Context, pressed: Pressed) -> Outcome:
    """The incident a command was meant for: the command is carried out on it."""
    meant = json.loads(pressed.value)
    asked = Asked("/incident", meant["rest"], ChannelId(pressed.channel), pressed.trigger, pressed.act)
    return await command.carry_out_picked(context, asked, meant["word"], meant["rest"])


BUTTONS: tuple[tuple[str, Press], ...] = (
    (home_cards.DECLARE, declare),
    (paging_cards.ACKNOWLEDGE, acknowledge_page),
    (paging_cards.DECLINE, decline_page),
    (paging_cards.ESCALATE, escalate),
    (card.ACKNOWLEDGE, acknowledge),
    (card.UPDATE, post_update),
    (card.CHANGE, change),
    (card.ROLE, take_role),
    (modals.CLAIM, claim),
    (card.PAGE, page),
    (card.RESOLVE, resolve),
    (card.REOPEN, reopen),
    (card.SHOW, show),
    (card.MORE, more),
    (messages.SNOOZE, snooze),
    (messages.STOP, stop_nudges),
    (messages.ALL_CLEAR, all_clear),
    (messages.KEEP_WATCHING, keep_watching),
    (messages.NOT_FIXED, not_fixed),
    (messages.REOPEN_NOW, reopen),
    (messages.STILL_THERE, still_there),
    (messages.HAND_ON, hand_on),
    (answers.EDIT_ENTRY, edit_entry),
    (answers.PICK, pick),
)
