"""`/ops record`: figures that no machine knows."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import cut, one_line, plain, said
from bot.records import cards, service
from bot.records.model import TIMES_A_MONTH, Entry, Kind
from bot.walltime import wall
from handlers.asked import Answer, Asked, split_word
from handlers.oncall.times import planned

_NUMBER = r"\d{1,15}(?:\.\d{1,6})?"
_IN_USE = re.compile(rf"([\w.-]{{1,80}})\s*[=:]\s*({_NUMBER})\s*(?:%|/\s*({_NUMBER}))[\s,;]*")
_COST = re.compile(
    rf"[$€£]?\s*({_NUMBER})(?:\s+of\s+[$€£]?\s*({_NUMBER}))?(?:\s+for\s+(\d{{4}}-(?:0[1-9]|1[0-2])))?",
    re.IGNORECASE,
)
_TOIL = re.compile(
    r"""["“”„']?(?P<task>.{1,200}?)["“”']?\s+(?P<each>\d{1,4})\s*(?P<unit>m|min|minutes?|h|hours?)\s+"""
    rf"(?P<often>{'|'.join(TIMES_A_MONTH)})"
    r"(?:\s+automate\s+(?P<effort>\d{1,4})\s*(?P<of>m|min|minutes?|h|hours?|d|days?))?",
    re.IGNORECASE,
)
_GONE = re.compile(r"""["“”„']?(?P<task>.{1,200}?)["“”']?\s+gone""", re.IGNORECASE)
# Longer than that is a project, and farther away a slip of the year.
LONGEST_CHANGE, FARTHEST_CHANGE = timedelta(days=14), timedelta(days=366)
LONGEST_CHANGE_TITLE = 200
# Minutes; a day of work has eight hours.
_MINUTES = {"m": 1, "h": 60, "d": 480}


async def record(context: Context, asked: Asked) -> Answer:
    """`record capacity|cost|toil|change …`, `record undo`, or what was entered last."""
    _, rest = split_word(asked.text)
    word, text = split_word(one_line(plain(rest)))
    if not word:
        return cards.overview(await service.latest(context))
    if word.lower() == "undo":
        return cards.undone(await service.undo(context, asked.act))
    if word.lower() == Kind.CHANGE:
        entry = change(text, asked.act.at, await zone_of(context, asked.user))
        await service.enter(context, [entry], asked.act)
        return cards.entered([entry])
    parse = _KINDS.get(word.lower())
    if parse is None:
        raise UserError(
            f"I cannot record “{said(word, 50)}”, only {', '.join(Kind)}. Try: /ops record capacity cpu=45%"
        )
    # What was spent is spent in the month that clocks here show.
    month = f"{wall(asked.act.at, context.playbook.current.zone):%Y-%m}"
    entries = parse(text, month)
    await service.enter(context, entries, asked.act)
    return cards.entered(entries)


def capacity(text: str, _: str) -> list[Entry]:
    """`cpu=45% connections=120/200`. Raises UserError."""
    found, end = [], 0
    while end < len(text) and (match := _IN_USE.match(text, end)):
        name, value, of = match.groups()
        if of is not None and not float(of):
            raise UserError(f"Of nothing, nothing can be in use: {said(match[0], 100)}")
        share = float(value) if of else float(value) / 100
        found.append(Entry(Kind.CAPACITY, name.lower(), share, float(of) if of else None))
        end = match.end()
    if not found or end < len(text):
        raise UserError(
            f"I don't understand “{said(text[end:] or 'nothing', 100)}”. "
            "Try: /ops record capacity cpu=45% connections=120/200"
        )
    return found


def cost(text: str, month: str) -> list[Entry]:
    """`1234 of 2000`, `1,234.50`, `980 of 2000 for 2026-10`. Raises UserError."""
    match = _COST.fullmatch(re.sub(r"(?<=\d),(?=\d{3}\b)", "", text))
    if match is None:
        raise UserError(
            f"I don't understand “{said(text or 'nothing', 100)}”. "
            "Try: /ops record cost 1234 of 2000, or /ops record cost 1234 of 2000 for 2026-10"
        )
    spent, budget, other = match.groups()
    return [Entry(Kind.COST, other or month, float(spent), float(budget) if budget else None)]


def toil(text: str, _: str) -> list[Entry]:
    """`"Log rotation" 15m daily automate 2d`, `"Log rotation" gone`. Raises UserError."""
    if gone := _GONE.fullmatch(text):
        return [Entry(Kind.TOIL, gone["task"].strip(), 0.0, None, "daily")]
    match = _TOIL.fullmatch(text)
    if match is None or not int(match["each"]):
        raise UserError(
            f"I don't understand “{said(text or 'nothing', 100)}”. "
            f'Try: /ops record toil "Log rotation" 15m daily (or {", ".join(list(TIMES_A_MONTH)[1:])})'
        )
    effort = int(match["effort"]) * _MINUTES[match["of"][0].lower()] if match["effort"] else None
    minutes = int(match["each"]) * _MINUTES[match["unit"][0].lower()]
    return [Entry(Kind.TOIL, match["task"].strip(), float(minutes), effort, match["often"].lower())]


def change(text: str, now: datetime, zone: ZoneInfo) -> Entry:
    """`2026-11-24 02:00 2h Upgrade the database`, on the clock of `zone`. Raises UserError."""
    found = planned(text, now, zone)
    if found is None or not found.says_start or not found.words:
        raise UserError(
            f"I don't understand “{said(text or 'nothing', 100)}”. When, how long, what: "
            "/ops record change tomorrow 02:00 2h Upgrade the database"
        )
    length = found.end - found.start
    if found.end <= now:
        raise UserError("That time is over: a change that is planned can begin now or later.")
    if not timedelta(0) < length <= LONGEST_CHANGE:
        raise UserError(f"A change takes from a minute to {LONGEST_CHANGE.days} days. Enter its first steps.")
    if found.start > now + FARTHEST_CHANGE:
        raise UserError("That is more than a year away. Is the year right?")
    minutes = length.total_seconds() / 60
    return Entry(Kind.CHANGE, cut(found.words, LONGEST_CHANGE_TITLE), minutes, begins_at=found.start)


_KINDS: Mapping[str, Callable[[str, str], list[Entry]]] = {"capacity": capacity, "cost": cost, "toil": toil}
