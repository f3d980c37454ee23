"""`/oncall me`, `/oncall load` and `/oncall gaps`: how people are reached, and what it costs them."""

from datetime import timedelta

from bot.contacts import cards, service, typed
from bot.contacts.model import SLACK, Rule, Step
from bot.contacts.service import Reach
from bot.contacts.trial import TrialId
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import escape, plain
from bot.oncall.feed import feed_url
from bot.oncall.service import shifts_ahead
from bot.paging import asked as questions
from bot.paging.gap_cards import gaps_card, load_card
from bot.playbook.gravest import grave_ones
from bot.slack.blocks import Content, plainly
from handlers.asked import Answer, Asked, Form
from handlers.buttons import Outcome, Press, Pressed
from handlers.forms import FieldError, Submit, Submitted
from handlers.oncall.times import span
from handlers.oncall.who import own_name

# Long enough for the next turn in a rotation of a dozen.
SHIFTS_AHEAD = timedelta(weeks=26)
LOAD_PAST = timedelta(days=30)
LONGEST_PAST = timedelta(days=92)
SAVED = "Saved. A page now reaches you like this: "


async def me(context: Context, asked: Asked, rest: str) -> Answer:
    """My shifts, and how a page reaches me."""
    return await _card(context, own_name(context, asked.user))


async def _card(context: Context, person: str) -> Content:
    reach = await service.reach(context, person)
    return cards.me_card(
        await shifts_ahead(context, person, SHIFTS_AHEAD),
        reach.methods,
        reach.rule,
        await questions.last_of(context, person),
        chosen=reach.chosen,
        grave=grave_ones(context.playbook.current.severities),
        calendar=feed_url(context.links, person=person),
    )


async def load(context: Context, asked: Asked, rest: str) -> Answer:
    """`load [30d]`"""
    past = span(plain(rest)) if rest else LOAD_PAST
    if not timedelta(hours=1) <= past <= LONGEST_PAST:
        raise UserError(f"From an hour to {LONGEST_PAST.days} days. Try: /oncall load 90d")
    return load_card(await questions.load(context, past), past, context.directory.shown)


async def gaps(context: Context, asked: Asked, rest: str) -> Answer:
    return gaps_card(await questions.gaps(context), context.directory.shown)


async def show_me(context: Context, pressed: Pressed) -> Outcome:
    return Form(cards.me_form(await _card(context, own_name(context, pressed.user))))


async def try_out(context: Context, pressed: Pressed) -> Outcome:
    person = own_name(context, pressed.user)
    await service.try_out(context, person, pressed.value, pressed.act)
    if pressed.channel.startswith("D"):
        return None  # where its message appears
    notice = f"A test page by {escape(pressed.value)} is on its way. Our direct messages tell the rest."
    if pressed.view is not None:
        return Form(cards.me_form(await _card(context, person), notice))
    return plainly(notice)


async def arrived(context: Context, pressed: Pressed) -> Outcome:
    await service.confirm(context, TrialId(int(pressed.value)), pressed.act, arrived=True)
    return None


async def missing(context: Context, pressed: Pressed) -> Outcome:
    await service.confirm(context, TrialId(int(pressed.value)), pressed.act, arrived=False)
    return None


async def change(context: Context, pressed: Pressed) -> Outcome:
    reach = await service.reach(context, own_name(context, pressed.user))
    return Form(cards.change_form(reach.methods, reach.rule))


async def reset(context: Context, pressed: Pressed) -> Outcome:
    person = own_name(context, pressed.user)
    await service.forget(context, person)
    if pressed.view is not None:
        return Form(cards.me_form(await _card(context, person), "The playbook's word counts again."))
    return _shown(await service.reach(context, person), "The playbook's word counts again. ")


async def changed(context: Context, form: Submitted) -> Content | None:
    person = own_name(context, form.act.by)
    reach = await service.reach(context, person)
    steps: dict[timedelta, list[str]] = {}
    for name in (method.name for method in reach.methods):
        block = cards.method_block(name)
        try:
            after = typed.delay(form.text(block))
        except UserError as mistake:
            raise FieldError(block, str(mistake)) from mistake
        if after is not None or name == SLACK:
            steps.setdefault(after or timedelta(), []).append(name)
    try:
        quiet = typed.quiet(form.text("quiet"))
    except UserError as mistake:
        raise FieldError("quiet", str(mistake)) from mistake
    try:
        zone = typed.zone(form.text("zone"), service.zone_of_playbook(context.playbook.current, person))
    except UserError as mistake:
        raise FieldError("zone", str(mistake)) from mistake
    rule = Rule(tuple(Step(after, tuple(steps[after])) for after in sorted(steps)), quiet, zone)
    await service.choose(context, person, rule)
    return _shown(await service.reach(context, person), SAVED)


def _shown(reach: Reach, before: str) -> Content:
    quiet = reach.rule.quiet
    hours = f" Quiet from {quiet.start:%H:%M} to {quiet.end:%H:%M}, {reach.rule.zone.key}." if quiet else ""
    return plainly(f"{before}{cards.sentence(reach.rule, reach.methods)}{hours}")


BUTTONS: tuple[tuple[str, Press], ...] = (
    (cards.ME, show_me),
    (cards.TRY, try_out),
    (cards.ARRIVED, arrived),
    (cards.MISSING, missing),
    (cards.CHANGE, change),
    (cards.RESET, reset),
)
FORMS: tuple[tuple[str, Submit], ...] = ((cards.CHANGE_FORM, changed),)
