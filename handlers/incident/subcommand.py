"""What a subcommand is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.context import Context
from bot.errors import UserError
from bot.incidents.model.incident import Incident, Number, parse_number
from bot.incidents.service import queries
from bot.model import UserId
from handlers.asked import Answer, Asked, mentioned, split_word


class WhichIncident(UserError):
    """No incident was named, and this is no incident's room."""

    def __init__(self, rest: str) -> None:
        super().__init__("Which incident?")
        self.rest = rest


@dataclass(frozen=True)
class Subcommand:
    """`usage` is what follows `/incident`, `does` what the help says of it."""

    name: str
    usage: str
    does: str
    run: Callable[[Context, Asked, str], Awaitable[Answer]]
    aliases: tuple[str, ...] = ()


async def named(context: Context, asked: Asked, rest: str) -> tuple[Number, str]:
    """The incident a command is about, and what is left of its text.

    In a room its incident is implied, and only `INC-7` names another; elsewhere a bare number will do.
    Raises WhichIncident.
    """
    word, more = split_word(rest)
    number = parse_number(word)
    if number is not None and not word.isdigit():
        return number, more
    here = await queries.in_channel(context, asked.channel)
    if here is not None:
        return here.number, rest
    if number is not None:
        return number, more
    raise WhichIncident(rest)


async def seen(context: Context, asked: Asked, rest: str) -> tuple[Incident, str]:
    """As `named`, with the incident itself. Raises NoSuchIncident as well."""
    number, more = await named(context, asked, rest)
    return await queries.look_at(context, number, asked.user), more


def wanted(text: str, sentence: str) -> str:
    """Raises UserError where nothing was said."""
    if not text.strip():
        raise UserError(sentence)
    return text


def person(context: Context, word: str) -> UserId:
    """`<@U02BO|bo>`, `@bo` or `bo` → the Slack user. Raises UserError."""
    found = mentioned(word) or context.directory.known_user(word.lstrip("@"))
    if found is None:
        raise UserError(f"I don't know who “{word.lstrip('@')}” is. Name them with @, as Slack offers it.")
    return found
