"""Declaring in one line: `/incident sev1 Checkout returns 500s service:checkout private`."""

import re

from bot.context import Context
from bot.errors import UserError
from bot.incidents.cards import answers
from bot.incidents.service.declare import Declare
from bot.incidents.service.declare import declare as declare_incident
from bot.mrkdwn import one_line, plain
from bot.playbook import Playbook
from handlers.asked import Answer, Asked

_SERVICE = re.compile(r"(?:^|\s)service:(\S+)", re.IGNORECASE)
_PRIVATE = re.compile(r"^private(?=\s|$)|(?:^|\s)private$", re.IGNORECASE)


def severity(playbook: Playbook, word: str) -> str | None:
    """The playbook's name of a severity however it is spelt; None for another word."""
    try:
        return playbook.severity(word)[0]
    except KeyError:
        return None


def severities(playbook: Playbook) -> list[tuple[str, str]]:
    return [(name, each.means) for name, each in playbook.severities.items()]


async def declare(context: Context, asked: Asked, word: str, rest: str) -> Answer:
    """Raises UserError for an empty title or an unknown service."""
    name, _ = context.playbook.current.severity(word)
    text = plain(rest)
    service = _SERVICE.search(text)
    text = _SERVICE.sub("", text)
    private = _PRIVATE.search(text.strip()) is not None
    title = one_line(_PRIVATE.sub("", text.strip()))
    if not title:
        raise UserError(f"Say what is broken, for example: /incident {word} Checkout returns 500s")
    incident = await declare_incident(
        context,
        Declare(
            severity=name,
            title=title,
            act=asked.act,
            service=service.group(1) if service else None,
            private=private,
        ),
    )
    return answers.declared(incident)
