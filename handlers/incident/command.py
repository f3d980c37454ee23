"""`/incident …`: which subcommand is meant, or a declaration in one line."""

import difflib

from bot.context import Context
from bot.errors import UserError
from bot.incidents.cards import answers, modals
from bot.incidents.service import queries
from bot.incidents.service.work import NoSuchIncident
from bot.mrkdwn import escape, plain
from bot.playbook import Playbook
from bot.slack.blocks import View, help_text
from handlers.asked import Answer, Asked, Form, split_word
from handlers.incident import acting, asking, declaring
from handlers.incident.subcommand import Subcommand, WhichIncident

COMMANDS: tuple[Subcommand, ...] = (*asking.COMMANDS, *acting.COMMANDS)

_BY_WORD: dict[str, Subcommand] = {}
for _each in COMMANDS:
    for _word in (_each.name, *_each.aliases):
        if _word in _BY_WORD:
            raise RuntimeError(f"two subcommands of /incident are called {_word}")
        _BY_WORD[_word] = _each


async def answer(context: Context, asked: Asked) -> Answer:
    """Carry out `/incident TEXT`. Raises UserError with the sentence to show."""
    word, rest = split_word(asked.text)
    if not word:
        return Form(declare_form(context.playbook.current))
    if word.lower() in ("help", "?", "-h", "--help"):
        return helped(context.playbook.current)
    subcommand = _BY_WORD.get(word.lower())
    if subcommand is not None:
        return await carry_out(context, asked, subcommand, rest)
    if declaring.severity(context.playbook.current, word) is not None:
        return await declaring.declare(context, asked, word, rest)
    raise UserError(_unknown(context.playbook.current, word, rest))


async def carry_out(context: Context, asked: Asked, subcommand: Subcommand, rest: str) -> Answer:
    """Run a subcommand; where it is not clear which incident is meant, offer the open ones."""
    try:
        return await subcommand.run(context, asked, rest)
    except WhichIncident as unclear:
        message, rest = f"Which incident? Here, name it: /incident {subcommand.usage}", unclear.rest
    except NoSuchIncident as unknown:
        message, (_, rest) = str(unknown), split_word(rest)
    found = await queries.open_incidents(context, asked.user)
    return answers.which_one(message, found, subcommand.name, rest)


async def carry_out_picked(context: Context, asked: Asked, word: str, number: int, rest: str) -> Answer:
    """The person picked the incident a command of theirs was meant for."""
    return await _BY_WORD[word].run(context, asked, f"INC-{number} {rest}")


def declare_form(playbook: Playbook) -> View:
    return modals.declare_form(declaring.severities(playbook), list(playbook.services))


def helped(playbook: Playbook) -> Answer:
    first = next(iter(playbook.severities))
    usages = [
        ("/incident", "opens a form to declare one"),
        (f"/incident {first} What is broken", "declares one; add service:NAME or private"),
        *((f"/incident {each.usage}", each.does) for each in COMMANDS),
    ]
    spelt = "; ".join(
        " = ".join([name, *severity.also]) + (f": {severity.means}" if severity.means else "")
        for name, severity in playbook.severities.items()
    )
    usages.append(("Severities", escape(spelt)))
    return help_text("Incidents. In an incident's room its number is implied.", usages)


def _unknown(playbook: Playbook, word: str, rest: str) -> str:
    words = [*_BY_WORD, *playbook.severity_words()]
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    shown = escape(plain(word))
    if close:
        meant = escape(plain(f"/incident {close[0]} {rest}".strip()))
        return f"I don't know “{shown}”. Did you mean: {meant}"
    first = next(iter(playbook.severities))
    names = ", ".join(playbook.severities)
    title = escape(plain(f"{word} {rest}".strip()))[:200]
    return (
        f"Start with a severity ({names}), for example: /incident {first} {title}\n"
        "Everything else is in: /incident help"
    )
