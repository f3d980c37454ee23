"""Buttons and forms of checklists."""

from dataclasses import dataclass

from bot.checklists.cards import forms, messages, prompt
from bot.checklists.model import NO_ITEM, Kind, Run, RunId, Verb, must_be_free, must_take_answers, number
from bot.checklists.service import answering
from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.followups.model import must_be_ahead, usual_day
from bot.slack.blocks import Content
from handlers.asked import Form
from handlers.buttons import Outcome, Press, Pressed
from handlers.forms import FieldError, Submit, Submitted
from handlers.incident import declaring


@dataclass(frozen=True)
class Meant:
    """The run and item that a button or form is about; `choice`: which of the item's."""

    run: RunId
    item: int
    choice: int = 0


def meant(value: str) -> Meant:
    run, item, *choice = (int(part) for part in value.split(":"))
    return Meant(RunId(run), item, *choice)


async def ok(context: Context, pressed: Pressed) -> Outcome:
    wanted = meant(pressed.value)
    await answering.answer(context, wanted.run, wanted.item, Verb.OK, pressed.act)
    return None


async def choose(context: Context, pressed: Pressed) -> Outcome:
    wanted = meant(pressed.value)
    await answering.choose(context, wanted.run, wanted.item, wanted.choice, pressed.act)
    return None


async def run_again(context: Context, pressed: Pressed) -> Outcome:
    wanted = meant(pressed.value)
    await answering.check_again(context, wanted.run, wanted.item, pressed.act)
    return None


async def change(context: Context, pressed: Pressed) -> Outcome:
    wanted = meant(pressed.value)
    await answering.take_back(context, wanted.run, wanted.item, pressed.act)
    return None


async def take(context: Context, pressed: Pressed) -> Outcome:
    """The next in line takes it over."""
    await answering.hand_over(context, meant(pressed.value).run, pressed.user, pressed.act)
    return None


async def skip(context: Context, pressed: Pressed) -> Outcome:
    run, item = await _free(context, pressed)
    return Form(forms.skip_form(run, item))


async def write(context: Context, pressed: Pressed) -> Outcome:
    run, item = await _free(context, pressed)
    return Form(forms.write_form(run, item))


async def problem(context: Context, pressed: Pressed) -> Outcome:
    run, item = await _free(context, pressed)
    severities = [(name, each.means) for name, each in context.playbook.current.severities.items()]
    at = pressed.act.at
    due = usual_day(at, await zone_of(context, pressed.user))
    return Form(forms.problem_form(run, item, severities, forms.Suggested(at, pressed.user, due)))


async def hand_over(context: Context, pressed: Pressed) -> Outcome:
    run = await answering.look_at(context, meant(pressed.value).run)
    must_take_answers(run)
    return Form(forms.hand_over_form(run))


async def opened(context: Context, pressed: Pressed) -> Outcome:
    """The button is a link; Slack tells of the click all the same."""
    return None


async def _free(context: Context, pressed: Pressed) -> tuple[Run, int]:
    wanted = meant(pressed.value)
    run = await answering.look_at(context, wanted.run)
    if wanted.item == NO_ITEM:
        must_take_answers(run)
    else:
        must_be_free(run, wanted.item)
    return run, wanted.item


async def skipped(context: Context, form: Submitted) -> Content | None:
    wanted, reason = meant(form.private), form.text("reason")
    if not reason:
        raise FieldError("reason", "Say why, in a few words.")
    await answering.answer(context, wanted.run, wanted.item, Verb.SKIPPED, form.act, reason)
    return None


async def written(context: Context, form: Submitted) -> Content | None:
    wanted, value = meant(form.private), form.text("value")
    chosen = form.choice("value")
    if chosen is not None:
        await answering.choose(context, wanted.run, wanted.item, int(chosen), form.act)
        return None
    if not value:
        raise FieldError("value", "Write an answer.")
    run = await answering.look_at(context, wanted.run)
    if run.items[wanted.item].kind is Kind.NUMBER:
        try:
            number(value)
        except UserError as mistake:
            raise FieldError("value", str(mistake)) from mistake
    await answering.answer(context, wanted.run, wanted.item, Verb.VALUE, form.act, value)
    return None


async def reported(context: Context, form: Submitted) -> Content | None:
    wanted, text, then = meant(form.private), form.text("text"), form.choice("then")
    if not text:
        raise FieldError("text", "Say what you saw.")
    severity = None if then in (None, forms.NOTE_IT, forms.FOLLOW_UP) else then
    if severity is not None and declaring.severity(context.playbook.current, severity) is None:
        raise FieldError("then", "This severity is no longer in the playbook. Choose another one.")
    followed_up = await _followed_up(context, form) if then == forms.FOLLOW_UP else None
    found = answering.Problem(text, form.text("action"), form.instant("seen_at"), severity, followed_up)
    await answering.report(context, wanted.run, wanted.item, found, form.act)
    return None


async def _followed_up(context: Context, form: Submitted) -> answering.FollowedUp:
    owner, due = form.user("owner"), form.day("due")
    if due is not None:
        try:
            must_be_ahead(due, form.act.at, await zone_of(context, owner or form.act.by))
        except UserError as mistake:
            raise FieldError("due", str(mistake)) from mistake
    return answering.FollowedUp(owner, due)


async def handed_over(context: Context, form: Submitted) -> Content | None:
    user = form.user("user")
    if user is None:
        raise FieldError("user", "To whom?")
    await answering.hand_over(context, meant(form.private).run, user, form.act)
    return None


BUTTONS: tuple[tuple[str, Press], ...] = (
    (prompt.OK, ok),
    (prompt.PROBLEM, problem),
    (prompt.SKIP, skip),
    (prompt.WRITE, write),
    (prompt.CHOOSE, choose),
    (prompt.AGAIN, run_again),
    (prompt.CHANGE, change),
    (prompt.HAND_OVER, hand_over),
    (prompt.NOTE, problem),
    (messages.TAKE, take),
    (messages.OPEN, opened),
)
FORMS: tuple[tuple[str, Submit], ...] = (
    (forms.SKIP_FORM, skipped),
    (forms.WRITE_FORM, written),
    (forms.PROBLEM_FORM, reported),
    (forms.HAND_OVER_FORM, handed_over),
)
