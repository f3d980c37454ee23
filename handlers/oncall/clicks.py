"""Buttons and forms of `/oncall`."""

from bot.context import Context
from bot.errors import UserError
from bot.model import UserId
from bot.oncall import cards, service
from bot.oncall.cover import CoverId
from bot.slack.blocks import Content
from handlers.buttons import Outcome, Press, Pressed
from handlers.forms import FieldError, Submit, Submitted


async def take_back(context: Context, pressed: Pressed) -> Outcome:
    cover = await service.take_back(context, CoverId(int(pressed.value)), pressed.act)
    return cards.taken_back(cover, context.directory.shown)


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


BUTTONS: tuple[tuple[str, Press], ...] = ((cards.TAKE_BACK, take_back),)
FORMS: tuple[tuple[str, Submit], ...] = ((cards.COVER_FORM, cover),)
