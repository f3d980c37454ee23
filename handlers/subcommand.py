"""A subcommand of `/oncall` or `/checklist`. Those of `/incident` know more: see handlers/incident."""

import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import plain, said
from handlers.asked import Answer, Asked


@dataclass(frozen=True)
class Subcommand:
    """`run` is given the rest of the line."""

    name: str
    usage: str
    does: str
    run: Callable[[Context, Asked, str], Awaitable[Answer]]


def unknown(command: str, word: str, names: Iterable[str]) -> UserError:
    """What to raise where `word` is none of a command's, with the nearest of those that are."""
    close = difflib.get_close_matches(word, names, n=1)
    meant = f"Did you mean: {command} {close[0]}" if close else f"Try: {command} help"
    return UserError(f"I don't know “{said(plain(word), 50)}”. {meant}")
