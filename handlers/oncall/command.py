"""The subcommands of `/oncall`."""

from datetime import timedelta

from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import plain
from bot.oncall import asking, cards, request_cards, service
from bot.oncall.feed import feed_url
from bot.slack.blocks import help_text
from handlers.asked import Answer, Asked, Form, mentioned, split_word
from handlers.oncall.me import gaps, load, me
from handlers.oncall.page import page
from handlers.oncall.times import point, span, stretch
from handlers.oncall.who import own_name
from handlers.subcommand import Subcommand, unknown

LONGEST_CALENDAR = timedelta(weeks=26)
# Where the form for asking looks for somebody's next watch.
LOOK_FOR_WATCH = timedelta(weeks=8)


async def answer(context: Context, asked: Asked) -> Answer:
    """Carry out `/oncall TEXT`. Raises UserError with the sentence to show."""
    word, rest = split_word(asked.text)
    word = word.lower()
    if word in ("", "now", "who"):
        return cards.on_now(await service.on_now(context), context.directory.shown)
    if word in ("help", "?"):
        usages = [("/oncall", "who is on call now, until when, and who is next")]
        return help_text("On call", [*usages, *((f"/oncall {each.usage}", each.does) for each in COMMANDS)])
    for command in COMMANDS:
        if word == command.name:
            return await command.run(context, asked, rest)
    raise unknown("/oncall", word, [each.name for each in COMMANDS])


async def calendar(context: Context, asked: Asked, rest: str) -> Answer:
    """`schedule [NAME] [2w]`, in either order."""
    schedules, ahead = list(context.playbook.current.schedules), timedelta(weeks=2)
    name = schedules[0] if schedules else ""
    for word in plain(rest).split():
        if word in schedules or not word[:1].isdigit():
            name = word
        else:
            ahead = min(span(word), LONGEST_CALENDAR)
    now = asked.act.at
    shifts = await service.calendar(context, name, now, now + ahead)
    return cards.calendar(name, shifts, context.directory.shown, feed_url(context.links, schedule=name))


async def cover(context: Context, asked: Asked, rest: str) -> Answer:
    """`cover [SCHEDULE] [@who] TIME`: the one who types stands in."""
    playbook = context.playbook.current
    if not playbook.schedules:
        raise UserError("There are no schedules yet. Add `schedules` to the playbook and run /ops reload")
    now = asked.act.at
    if not rest:
        return Form(cards.cover_form(list(playbook.schedules), now, now + timedelta(hours=8)))
    schedule, instead_of = next(iter(playbook.schedules)), None
    word, more = split_word(rest)
    if word in playbook.schedules:
        schedule, (word, more), rest = word, split_word(more), more
    if (found := _person(context, word)) is not None:
        instead_of, rest = found, more
    start, end = stretch(plain(rest), now, await zone_of(context, asked.user))
    wanted = service.Wanted(schedule, start, end, own_name(context, asked.user), instead_of)
    made, changed = await service.cover(context, wanted, asked.act)
    return cards.covered(made, changed, context.directory.shown)


async def ask_cover(context: Context, asked: Asked, rest: str) -> Answer:
    """`ask-cover [SCHEDULE] TIME`: the others of the rotation are asked; without a time it opens a form."""
    playbook, person = context.playbook.current, own_name(context, asked.user)
    word, more = split_word(rest)
    named = word if word in playbook.schedules else None
    if named is not None:
        rest = more
    now = asked.act.at
    if not rest:
        found = await asking.next_watch(context, person, named, now, now + LOOK_FOR_WATCH)
        if found is None:
            raise UserError("You are not on call there in the next eight weeks: there is nothing to cover.")
        schedule, shift = found
        return Form(request_cards.ask_form(list(playbook.schedules), schedule, shift.start, shift.end))
    start, end = stretch(plain(rest), now, await zone_of(context, asked.user))
    schedules = list(playbook.schedules)
    if named is None and (found := await asking.next_watch(context, person, None, start, end)) is not None:
        named = found[0]
    made = await asking.ask(context, named or next(iter(schedules), ""), (start, end), person, asked.act)
    return request_cards.asked(made, context.directory.shown)


async def at(context: Context, asked: Asked, rest: str) -> Answer:
    """`at TIME`: who was on, or will be."""
    if not rest:
        raise UserError("At what time? Try: /oncall at 2026-11-20 03:00")
    instant = point(plain(rest), asked.act.at, await zone_of(context, asked.user))
    found = await service.at(context, instant)
    rows = [(each.schedule, each.people, each.planned, each.believed) for each in found]
    return cards.at_instant(instant, rows, context.directory.shown)


def _person(context: Context, word: str) -> str | None:
    """The playbook's name for `@bo`, `bo` or a mention; None for any other word."""
    found = mentioned(word)
    if found is not None:
        name = context.directory.name_of(found)
        if name is None:
            raise UserError("They are not in the playbook, so they are on no schedule.")
        return name
    bare = plain(word).lstrip("@").lower()
    return bare if bare in context.playbook.current.people else None


COMMANDS: tuple[Subcommand, ...] = (
    Subcommand("schedule", "schedule [NAME] [2w]", "the shifts to come", calendar),
    Subcommand("cover", "cover [NAME] [@bo] 18:00 to 22:00", "you stand in; alone it opens a form", cover),
    Subcommand(
        "ask-cover", "ask-cover [NAME] tomorrow 18:00 to 22:00", "ask the rotation to stand in", ask_cover
    ),
    Subcommand("page", "page @bo Can you look?", "pages people, a schedule or a path with your words", page),
    Subcommand("at", "at 2026-11-20 03:00", "who was on then, and whether a cover changed it", at),
    Subcommand("me", "me", "your shifts, and how a page reaches you: try it, change it", me),
    Subcommand("load", "load [30d]", "pages, nights and interruptions of each person", load),
    Subcommand("gaps", "gaps", "what would keep a page from reaching anybody, for 90 days", gaps),
)
