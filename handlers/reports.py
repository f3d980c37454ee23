"""`/ops report`: reports so far, the last ones, and what their figures were made of."""

import re

from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import escape, plain, said
from bot.reports import cards, service
from bot.slack.blocks import plainly
from handlers.asked import Answer, Asked, split_word

# As people on a phone write them.
_QUOTED = re.compile(r"[\"“”„«»'](?P<words>[^\"“”„«»']+)[\"“”„«»']\s*(?P<rest>.*)")
_PERIOD = re.compile(r"\d{4}-(?:W\d{2}|\d{2})", re.IGNORECASE)

USAGE = 'report weekly [last] | why "uptime" | list'


async def report(context: Context, asked: Asked) -> Answer:
    """`report NAME [last | again] [2026-W46]`, `report why "FIGURE" [2026-W46]`, `report list`."""
    _, rest = split_word(asked.text)
    word, more = split_word(plain(rest))
    match word.lower():
        case "" | "list":
            return await _list(context)
        case "why":
            return await _why(context, more)
        case "again":
            name, period = split_word(more)
            return await _again(context, asked, _named(context, name), period)
    return await _one(context, asked, _named(context, word), more)


async def _list(context: Context) -> Answer:
    found = await service.made(context)
    names = list(context.playbook.current.reports)
    if not found and names:
        return cards.nothing_yet(names[0])
    if not found:
        raise UserError("There are no reports yet. Add `reports` to the playbook and run /ops reload")
    return cards.overview(found)


async def _why(context: Context, text: str) -> Answer:
    quoted = _QUOTED.fullmatch(text.strip())
    words, rest = (quoted["words"], quoted["rest"]) if quoted else (text, "")
    period = next((each.group().upper() for each in _PERIOD.finditer(rest if quoted else text)), "")
    if not quoted and period:
        words = _PERIOD.sub("", text)
    if not words.strip():
        raise UserError('Why what? Give a figure\'s name, for example: /ops report why "Incidents sev1"')
    traced = await service.trace(context, words.strip(), period)
    return cards.traced(traced.report, traced.figures)


async def _again(context: Context, asked: Asked, name: str, period: str) -> Answer:
    before = await service.ask_again(context, name, period.upper(), asked.act)
    return plainly(
        f"The {escape(name)} report of {before.report.period.name} is being made anew, and is posted as"
        f" edition {before.report.edition + 1} where the one before was. That one stays as it is."
    )


async def _one(context: Context, asked: Asked, name: str, more: str) -> Answer:
    which = more.strip()
    if not which:
        await service.ask(context, name, asked.act)
        return plainly(f"The {escape(name)} report up to now is being made: it comes as a direct message.")
    if which.lower() == "again":
        return await _again(context, asked, name, "")
    if which.lower() != "last" and not _PERIOD.fullmatch(which):
        raise UserError(
            f"Which one is “{said(which, 50)}”? Try: /ops report {escape(name)} last, or"
            f" /ops report {escape(name)} 2026-W46"
        )
    saved = await service.find(context, name, "" if which.lower() == "last" else which.upper())
    await service.send(context, saved, asked.act)
    return cards.screen(saved.report, "All of it comes as a direct message.")


def _named(context: Context, word: str) -> str:
    """The playbook's name of a report; “week” and “WEEKLY” mean weekly. What is unknown stays as it is."""
    names = list(context.playbook.current.reports)
    lower = word.lower()
    close = [name for name in names if name.lower() == lower] or [
        name for name in names if lower and name.lower().startswith(lower)
    ]
    return close[0] if close else word
