"""Subcommands that look and change nothing."""

from bot.context import Context
from bot.incidents.cards import answers
from bot.incidents.cards.card import incident_card
from bot.incidents.service import queries
from handlers.asked import Answer, Asked
from handlers.incident.subcommand import Subcommand, named


async def list_open(context: Context, asked: Asked, rest: str) -> Answer:
    return answers.open_list(await queries.open_incidents(context, asked.user))


async def show(context: Context, asked: Asked, rest: str) -> Answer:
    number, _ = await named(context, asked, rest)
    told = await queries.told(context, number, asked.user, newest=5)
    means = queries.means(context, told.incident)
    return incident_card(told.incident, means=means, newest=told.entries, merged=told.merged)


async def timeline(context: Context, asked: Asked, rest: str) -> Answer:
    number, more = await named(context, asked, rest, takes_number=True)
    told = await queries.told(context, number, asked.user)
    page = int(more[:9]) if more.strip().isdecimal() else 1
    return answers.timeline(told.incident, told.entries, page)


COMMANDS: tuple[Subcommand, ...] = (
    Subcommand("list", "list", "the open incidents", list_open, ("ls",)),
    Subcommand("show", "show", "where one stands", show, ("info",)),
    Subcommand("timeline", "timeline", "what happened when; entries can be edited", timeline, ("log",)),
)
