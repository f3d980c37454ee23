"""Buttons and forms of `/oncall`."""

from bot.context import Context
from bot.errors import UserError
from bot.model import UserId
from bot.oncall import asking, cards, request_cards, service
from bot.oncall.cover import CoverId
from bot.oncall.request import RequestId, RequestState
from bot.slack.blocks import Content, plainly
from handlers.buttons import Outcome, Press, Pressed
from handlers.forms import FieldError, Submit, Submitted


async def take_back(context: Context, pressed: Pressed) -> Outcome:
    cover = await service.take_back(context, CoverId(int(pressed.value)), pressed.act)
    return cards.taken_back(cover, context.directory.shown)


async def take(context: Context, pressed: Pressed) -> Outcome:
    """What came of it shows in the messages of everybody asked."""
    request = await asking.take(context, RequestId(int(pressed.value)), pressed.act)
    if request.state is RequestState.MOOT:
        return plainly(f"{context.directory.shown(request.person)} is not on call then any more.")
    return None


async def withdraw(context: Context, pressed: Pressed) -> Outcome:
    await asking.withdraw(context, RequestId(int(pressed.value)), pressed.act)
    return None


async def ask_cover(context: Context, form: Submitted) -> Content | None:
    by = _name(context, "schedule", form.act.by)
    stretch = form.instant("start"), form.instant("end")
    try:
        await asking.ask(context, form.choice("schedule") or "", stretch, by, form.act)
    except UserError as mistake:
        raise FieldError("end", str(mistake)) from mistake
    # Whoever asked sees it in their own message, with the way to withdraw it.
    return None


async def cover(context: Context, form: Submitted) -> Content | None:
    by = _name(context, "by", form.user("by") or form.act.by)
    whom = form.user("instead_of")
    wanted = service.Wanted(
        form.choice("schedule") or "",
        form.instant("start"),
        form.instant("end"),
        by,
        _name(context, "instead_of", whom) if whom else None,
    )
    try:
        made, changed = await service.cover(context, wanted, form.act)
    except UserError as mistake:
        raise FieldError("end", str(mistake)) from mistake
    return cards.covered(made, changed, context.directory.shown)


def _name(context: Context, block: str, user: UserId) -> str:
    name = context.directory.name_of(user)
    if name is None:
        raise FieldError(block, "Not in the playbook, so on no schedule. Choose somebody else.")
    return name


BUTTONS: tuple[tuple[str, Press], ...] = (
    (request_cards.TAKE, take),
    (request_cards.WITHDRAW, withdraw),
    (cards.TAKE_BACK, take_back),
)
FORMS: tuple[tuple[str, Submit], ...] = (
    (request_cards.ASK_FORM, ask_cover),
    (cards.COVER_FORM, cover),
)
