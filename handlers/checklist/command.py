"""The subcommands of `/checklist`."""

from bot.checklists.cards import answers
from bot.checklists.model import Run, Scope
from bot.checklists.service import queries, start
from bot.context import Context
from bot.errors import UserError
from bot.model import ChannelId, UserId
from bot.mrkdwn import channel, plain, said, user
from bot.slack.blocks import help_text
from handlers.asked import Answer, Asked, mentioned, split_word
from handlers.subcommand import Subcommand, unknown


async def answer(context: Context, asked: Asked) -> Answer:
    """Carry out `/checklist TEXT`. Raises UserError with the sentence to show."""
    word, rest = split_word(asked.text)
    word = word.lower()
    if word in ("help", "?"):
        return help_text("Checklists", [(f"/checklist {each.usage}", each.does) for each in COMMANDS])
    if not word:
        return await listed(context, asked, "")
    for command in COMMANDS:
        if word == command.name:
            return await command.run(context, asked, rest)
    names = {each.lower(): each for each in context.playbook.current.checklists}
    if word in names:
        raise UserError(
            f"To have it asked: /checklist start {said(names[word])}."
            f" To see its answers: /checklist show {said(names[word])}"
        )
    raise unknown("/checklist", word, [each.name for each in COMMANDS])


async def listed(context: Context, asked: Asked, rest: str) -> Answer:
    found = await queries.listed(context)
    return answers.listed([(each.name, each.title, each.next_at, each.waiting) for each in found])


async def begin(context: Context, asked: Asked, rest: str) -> Answer:
    """`start NAME [@who] [role:NAME]`, in any order after the name."""
    name, more = split_word(rest)
    if not name:
        raise UserError("Which one? Try: /checklist list")
    about, role = None, None
    for word in more.split():
        person = mentioned(word)
        if person is not None:
            about = person
        elif word.lower().startswith("role:"):
            role = plain(word).partition(":")[2].lower() or None
        else:
            about = _by_name(context, word)
    scope = Scope(_named(context, name), about, role)
    run = await start.by_hand(context, scope, asked.act, asked.channel)
    return answers.started(run, _where(context, run))


async def show(context: Context, asked: Asked, rest: str) -> Answer:
    """`show NUMBER`, or `show NAME` for the last one; a number after that is the page."""
    if not rest:
        raise UserError(
            "Which one? For example: /checklist show 17, or the last of one: /checklist show morning"
        )
    which, page, *_ = [*plain(rest).split(), "1"]
    run = await queries.show(context, _named(context, which), asked.user)
    return answers.whole(run, int(page) if page.isdecimal() else 1, lambda person: _shown(context, person))


async def history(context: Context, asked: Asked, rest: str) -> Answer:
    """`history [NAME] [WORDS]`: the last ones, or those in which the words occur."""
    words = plain(rest).split()
    name = None
    if words and _named(context, words[0]) in context.playbook.current.checklists:
        name, words = _named(context, words[0]), words[1:]
    found = await queries.history(context, name, words, asked.user)
    title = " ".join(
        ["History", *((f"of {name}",) if name else ()), *((f"with {' '.join(words)}",) if words else ())]
    )
    return answers.history([(past.at, past.run) for past in found], title)


def _named(context: Context, word: str) -> str:
    """The playbook's spelling of a checklist's name, in whatever case it was typed."""
    wanted = plain(word)
    spelt = {each.lower(): each for each in context.playbook.current.checklists}
    return spelt.get(wanted.lower(), wanted)


def _by_name(context: Context, word: str) -> UserId:
    name = plain(word).lstrip("@")
    found = context.directory.known_user(name) or context.directory.known_user(name.lower())
    if found is None:
        raise UserError(
            f"I don't understand “{said(name, 80)}”."
            " For example: /checklist start onboarding @new role:developer"
        )
    return found


def _where(context: Context, run: Run | None) -> str:
    if run is None:
        return ""
    if run.prompted:
        return "in a direct message to " + ", ".join(_shown(context, each) for each in run.prompted)
    if run.channel is None:
        return "as soon as it is known who is in the user group"
    is_id = not run.channel.startswith("#")
    return f"in {channel(ChannelId(run.channel)) if is_id else said(run.channel)}"


def _shown(context: Context, person: str) -> str:
    known = person in context.playbook.current.people
    return context.directory.shown(person) if known else user(UserId(person))


COMMANDS: tuple[Subcommand, ...] = (
    Subcommand("list", "list", "every checklist, and when it is asked next", listed),
    Subcommand("start", "start NAME [@who] [role:NAME]", "asks one now, for somebody if named", begin),
    Subcommand("show", "show 17", "all answers of one; a NAME shows its last", show),
    Subcommand(
        "history", "history [NAME] [WORDS]", "the last ones, or those with these words in them", history
    ),
)
