"""What a subcommand is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.context import Context
from bot.errors import UserError
from bot.incidents.model.incident import Number, parse_number
from bot.incidents.service import queries
from bot.model import UserId
from bot.mrkdwn import plain, said
from handlers.asked import Answer, Asked, mentioned, split_word


class WhichIncident(UserError):
    """No incident was named, and this is no incident's room."""

    def __init__(self, rest: str) -> None:
        super().__init__("Which incident?")
        self.rest = rest


@dataclass(frozen=True)
class Subcommand:
    """`usage` is what follows `/incident` in a room, `does` what the help says of it."""

    name: str
    usage: str
    does: str
    run: Callable[[Context, Asked, str], Awaitable[Answer]]
    aliases: tuple[str, ...] = ()
    on_ended: bool = False  # it is for incidents that ended

    @property
    def named_usage(self) -> str:
        """The usage where no room implies the incident."""
        return f"{self.name} INC-8{self.usage.removeprefix(self.name)}"


async def named(
    context: Context, asked: Asked, rest: str, *, takes_number: bool = False
) -> tuple[Number, str]:
    """The incident a command is about, and what is left of its text.

    In a room its incident is implied, and `INC-7`, or a number with nothing after it, names another:
    `resolve 7` must not end the incident whose room it is typed in. `takes_number`: for this command such a
    number is something else. Elsewhere a bare number will do. Raises WhichIncident.
    """
    word, more = split_word(rest)
    number = parse_number(word)
    if number is not None and (not word.isdecimal() or not (more or takes_number)):
        return number, more
    here = await queries.in_channel(context, asked.channel)
    if here is not None:
        return here.number, rest
    if number is not None:
        return number, more
    raise WhichIncident(rest)


def wanted(text: str, sentence: str) -> str:
    """Raises UserError where nothing was said."""
    if not text.strip():
        raise UserError(sentence)
    return text


def person(context: Context, word: str) -> UserId:
    """`<@U02BO|bo>`, `@bo` or `bo` → the Slack user. Raises UserError."""
    name, known = plain(word).lstrip("@"), context.directory.known_user
    found = mentioned(word) or known(name) or known(name.lower())
    if found is None:
        raise UserError(f"I don't know who “{said(name, 100)}” is. Name them with @, as Slack offers it.")
    return found
