"""Declaring in one line: `/incident sev1 Checkout returns 500s service:checkout private`."""

import difflib
import re
from collections.abc import Iterable

from bot.context import Context
from bot.emergency.service import declare as declare_incident
from bot.errors import UserError
from bot.incidents.cards import answers
from bot.incidents.service.declare import Declare
from bot.mrkdwn import blank, escape, one_line, plain, said
from bot.playbook import Playbook
from handlers.asked import Answer, Asked

_SERVICE = re.compile(r"(?:^|\s)service:(\S+)", re.IGNORECASE)
_PRIVATE = re.compile(r"^private(?=\s|$)|(?:^|\s)private$", re.IGNORECASE)
_MODIFIER = re.compile(r"private|service:\S+", re.IGNORECASE)
# What looks like a severity, known or not: sev5, P0, S-2.
_LEVEL = re.compile(r"(?:sev|severity|s|p|prio)?[-_]?(\d{1,3})", re.IGNORECASE)


def severity(playbook: Playbook, word: str) -> str | None:
    """The playbook's name of a severity however it is spelt; None for another word."""
    for spelling in (word, word.rstrip(":,.-"), word.replace("-", "")):
        try:
            return playbook.severity(spelling)[0]
        except KeyError:
            continue
    return None


def severities(playbook: Playbook) -> list[tuple[str, str]]:
    return [(name, each.means) for name, each in playbook.severities.items()]


def nearest_severity(playbook: Playbook, word: str) -> str | None:
    """The severity somebody who wrote `sev5` or `critcal` most likely meant; None for any other word."""
    level = _LEVEL.fullmatch(word)
    if level is not None:
        numbered = [
            (abs(int(found.group(1)) - int(level.group(1))), name)
            for name, each in playbook.severities.items()
            for spelling in (name, *each.also)
            if (found := _LEVEL.fullmatch(spelling))
        ]
        # The first of those equally near: the playbook begins with the worst.
        return min(numbered, key=lambda each: each[0])[1] if numbered else None
    close = difflib.get_close_matches(word.lower(), playbook.severity_words(), n=1, cutoff=0.75)
    return severity(playbook, close[0]) if close else None


def is_modifier(word: str) -> bool:
    """`private` or `service:NAME`: they may stand before the severity, too."""
    return _MODIFIER.fullmatch(word) is not None


async def declare(context: Context, asked: Asked, word: str, rest: str) -> Answer:
    """`word` is a severity, `rest` all else. Raises UserError for an empty title or an unknown service."""
    playbook = context.playbook.current
    name = severity(playbook, word) or word
    title, services, private = taken_apart(plain(rest))
    line = f"/incident {name} {title}" + (" private" if private else "")
    if blank(title):
        raise UserError(f"Say what is broken, for example: /incident {escape(word)} Checkout returns 500s")
    incident = await declare_incident(
        context,
        Declare(
            severity=name,
            title=title,
            act=asked.act,
            service=_service(playbook, services, line),
            private=private,
        ),
    )
    return answers.declared(incident)


def taken_apart(text: str) -> tuple[str, list[str], bool]:
    """What follows the severity: the title, the services named anywhere in it, and whether it is private."""
    services = _SERVICE.findall(text)
    title = one_line(_SERVICE.sub("", text))
    private = _PRIVATE.search(title) is not None
    return one_line(_PRIVATE.sub("", title)), services, private


def _service(playbook: Playbook, named: Iterable[str], line: str) -> str | None:
    """The service meant. `line` is what was typed without it, to be shown as it should be typed."""
    spelt = {name.lower(): name for name in playbook.services}
    wanted = list(dict.fromkeys(each.lower().rstrip(",.") for each in named))
    if not wanted:
        return None
    if len(wanted) > 1:
        raise UserError(f"Nothing is declared yet: name one service, not {len(wanted)}.")
    if wanted[0] in spelt:
        return spelt[wanted[0]]
    unknown = f"Nothing is declared yet: I don't know the service “{said(wanted[0], 200)}”."
    if not spelt:
        raise UserError(f"{unknown} The playbook names none. Type: {said(line, 500)}")
    close = difflib.get_close_matches(wanted[0], spelt, n=1, cutoff=0.5)
    if close:
        raise UserError(f"{unknown} Did you mean: {said(line, 500)} service:{escape(spelt[close[0]])}")
    raise UserError(f"{unknown} Services: {escape(', '.join(playbook.services))}.")
