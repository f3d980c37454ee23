"""Buttons and the form of a change of watch."""

from bot.context import Context
from bot.handoffs import cards, service
from bot.handoffs.model import HandoffId
from bot.slack.blocks import Content
from handlers.asked import Form
from handlers.buttons import Outcome, Press, Pressed
from handlers.forms import Submit, Submitted


async def take(context: Context, pressed: Pressed) -> Outcome:
    """That somebody has the watch shows in the note, and wherever else it was asked for."""
    await service.take(context, HandoffId(int(pressed.value)), pressed.act)
    return None


async def write(context: Context, pressed: Pressed) -> Outcome:
    handoff, words = await service.words(context, HandoffId(int(pressed.value)), pressed.act)
    return Form(cards.words_form(handoff, words))


async def keep_words(context: Context, form: Submitted) -> Content | None:
    await service.say(context, HandoffId(int(form.private)), form.text("words"), form.act)
    return None


BUTTONS: tuple[tuple[str, Press], ...] = ((cards.TAKE, take), (cards.WRITE, write))
FORMS: tuple[tuple[str, Submit], ...] = ((cards.WORDS_FORM, keep_words),)
