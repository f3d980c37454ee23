"""`/incident …`: which subcommand is meant, or a declaration in one line."""

import difflib

from bot.context import Context
from bot.errors import UserError
from bot.incidents.cards import answers, modals
from bot.incidents.model.incident import Number, parse_number
from bot.incidents.service import queries, rooms
from bot.incidents.service.work import NoSuchIncident
from bot.mrkdwn import escape, plain, said
from bot.playbook import Playbook
from bot.slack.blocks import Content, View, help_text, section
from handlers.asked import Answer, Asked, Form, split_word
from handlers.incident import acting, asking, declaring
from handlers.incident.subcommand import Subcommand, WhichIncident

COMMANDS: tuple[Subcommand, ...] = (*asking.COMMANDS, *acting.COMMANDS)

# Words people put before a declaration; alone, `open` asks for what is open.
_DECLARING = ("declare", "new", "create", "open")
# A shorter word is a typing mistake for too many others.
MISTYPED = 3

_BY_WORD: dict[str, Subcommand] = {}
for _each in COMMANDS:
    for _word in (_each.name, *_each.aliases):
        if _word in _BY_WORD:
            raise RuntimeError(f"two subcommands of /incident are called {_word}")
        _BY_WORD[_word] = _each


async def answer(context: Context, asked: Asked) -> Answer:
    """Carry out `/incident TEXT`. Raises UserError with the sentence to show."""
    playbook = context.playbook.current
    word, rest = _meant(playbook, asked.text)
    if not word:
        return Form(declare_form(playbook))
    if word.lower() in ("help", "?", "-h", "--help"):
        return helped(playbook)
    subcommand = _BY_WORD.get(word.lower())
    if subcommand is not None:
        return await carry_out(context, asked, subcommand, rest)
    if declaring.severity(playbook, word) is not None:
        return await declaring.declare(context, asked, word, rest)
    if parse_number(word) is not None and not rest:
        return await carry_out(context, asked, _BY_WORD["show"], word)
    raise UserError(_unknown(playbook, word, rest))


def _meant(playbook: Playbook, text: str) -> tuple[str, str]:
    """The deciding word and what follows it, however they were arranged."""
    word, rest = split_word(text)
    if word.lower() in _DECLARING:
        if not rest:
            return ("list", "") if word.lower() == "open" else ("", "")
        word, rest = split_word(rest)
    for _ in range(2):  # private and service:NAME may stand before the severity
        if rest and declaring.is_modifier(word):
            word, rest = split_word(f"{rest} {word}")
    level, more = split_word(rest)
    if word.lower() == "sev" and more and declaring.severity(playbook, word + level):
        return word + level, more
    return word, rest


async def carry_out(context: Context, asked: Asked, subcommand: Subcommand, rest: str) -> Answer:
    """Run a subcommand; where it is not clear which incident is meant, offer those it may be."""
    try:
        return await subcommand.run(context, asked, rest)
    except WhichIncident as unclear:
        message, before, after = "Which incident do you mean?", "", unclear.rest
    except NoSuchIncident as unknown:
        if await rooms.found_in(context, asked.channel, asked.user):
            return await carry_out(context, asked, subcommand, rest)
        message = str(unknown)
        before, after = _around(rest, unknown.number)
    find = queries.ended_incidents if subcommand.on_ended else queries.open_incidents
    found = await find(context, asked.user)
    again = answers.Again(subcommand.name, subcommand.named_usage, before, after)
    return answers.which_one(message, found, again)


def _around(text: str, number: Number) -> tuple[str, str]:
    """What stands before and after the word that names this incident: one of the first two."""
    first, rest = split_word(text)
    second, more = split_word(rest)
    if parse_number(first) == number:
        return "", rest
    return (first, more) if parse_number(second) == number else ("", text)


async def carry_out_picked(context: Context, asked: Asked, word: str, text: str) -> Answer:
    """The person picked the incident a command of theirs was meant for; `text` names it now."""
    return await _BY_WORD[word].run(context, asked, text)


def declare_form(playbook: Playbook) -> View:
    return modals.declare_form(declaring.severities(playbook), list(playbook.services))


def helped(playbook: Playbook) -> Answer:
    first = next(iter(playbook.severities))
    usages = [
        ("/incident", "opens a form to declare one"),
        (f"/incident {first} What is broken", "declares one; `service:NAME` and `private` go anywhere"),
        *((f"/incident {each.usage}", each.does) for each in COMMANDS),
    ]
    spelt = [
        (" = ".join([name, *severity.also]), severity.means) for name, severity in playbook.severities.items()
    ]
    shown = help_text("Incidents", usages)
    where = "In an incident's room its number is implied; elsewhere name it: `/incident update INC-7 TEXT`"
    levels = help_text("Severities", spelt)
    return Content("What /incident can do", (*shown.blocks, section(where), *levels.blocks))


def _unknown(playbook: Playbook, word: str, rest: str) -> str:
    """What is said to a word nobody knows: the nearest one, with all that was typed, ready to be sent."""
    word = plain(word)
    meant = declaring.nearest_severity(playbook, word)
    names = ", ".join(playbook.severities)
    if meant is not None:
        title = plain(rest) or "What is broken"
        return (
            f"Nothing is declared yet: there is no severity “{said(word, 100)}”, only {escape(names)}."
            f" Did you mean: /incident {escape(meant)} {said(title, 300)}"
        )
    words = [each for each in _BY_WORD if len(each) > MISTYPED]
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.7)
    if close:
        again = f"/incident {close[0]} {plain(rest)}".strip()
        return f"I don't know “{said(word, 100)}”. Did you mean: {said(again, 300)}"
    line = f"/incident {next(iter(playbook.severities))} {word} {plain(rest)}"
    return (
        f"To declare an incident, start with how bad it is ({escape(names)}). For example: "
        f"{said(line, 300)}\nFor everything else: /incident help"
    )
