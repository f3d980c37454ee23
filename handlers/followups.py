"""`/ops followup`, and the button of its messages."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.followups import cards, service
from bot.followups.model import FollowUpId, Origin, today
from bot.incidents.service import queries
from bot.model import UserId
from bot.mrkdwn import blank, one_line, plain, said
from handlers.asked import Answer, Asked, mentioned, split_word
from handlers.buttons import Outcome, Press, Pressed
from handlers.incident.subcommand import person
from handlers.oncall.times import span

USAGE = "followup WHAT [@who] [by friday]"

_NUMBER = re.compile(r"(?:FU-?|#)?(\d{1,18})", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«](?P<title>[^\"“”„«»]+)[\"”“»]\s*(?P<more>.*)", re.DOTALL)
_BY = re.compile(r"(?P<before>.*?)\s*\b(?:by|due|until)\s+(?P<day>\S+)", re.IGNORECASE | re.DOTALL)
_IN = re.compile(r"(?P<before>.*?)\s*\bin\s+(?P<day>\d+\s*[a-z]+)", re.IGNORECASE | re.DOTALL)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {"today": 0, "tomorrow": 1}
_EXAMPLES = "Try: 2026-12-01, friday, tomorrow, 3d or 2w"


async def followup(context: Context, asked: Asked) -> Answer:
    """`followup`, `followup WHAT [@who] [by DAY]`, `followup done|give|move 7 …`. Raises UserError."""
    _, rest = split_word(asked.text)
    word, more = split_word(rest)
    if word.lower() in ("", "list"):
        return cards.overview(await service.open_ones(context, asked.user), asked.act.at)
    act = _ACTS.get(word.lower())
    return await (act(context, asked, more) if act is not None else _open(context, asked, rest))


async def _open(context: Context, asked: Asked, text: str) -> Answer:
    typed = await _typed(context, asked, text)
    # What is asked for in the room of an incident is about that one.
    incident = await queries.in_channel(context, asked.channel)
    origin = Origin(incident.number) if incident is not None else Origin()
    wanted = service.Wanted(typed.title, typed.owner, typed.due, origin)
    return cards.opened(await service.by_hand(context, wanted, asked.act), asked.user, asked.act.at)


async def _done(context: Context, asked: Asked, more: str) -> Answer:
    number, _ = _numbered(more, "done 7")
    return cards.done(await service.done(context, number, asked.act))


async def _give(context: Context, asked: Asked, more: str) -> Answer:
    number, who = _numbered(more, "give 7 @bo")
    if not who:
        raise UserError(f"To whom? Try: /ops followup give {number} @bo")
    owner = person(context, who.removeprefix("to ").strip())
    return cards.given(await service.give(context, number, owner, asked.act), asked.user, asked.act.at)


async def _move(context: Context, asked: Asked, more: str) -> Answer:
    number, text = _numbered(more, "move 7 friday")
    found = await service.look_at(context, number, asked.user)
    words = re.sub(r"^(?:to|by|in)\s+", "", plain(text).strip(), flags=re.IGNORECASE)
    if not words:
        raise UserError(f"To which day? {_EXAMPLES}")
    due = day(words, today(asked.act.at, found.zone))
    return cards.moved(await service.move(context, number, due, asked.act), asked.act.at)


_ACTS: Mapping[str, Callable[[Context, Asked, str], Awaitable[Answer]]] = {
    "done": _done,
    "give": _give,
    "move": _move,
}


def _numbered(text: str, usage: str) -> tuple[FollowUpId, str]:
    """The number a command begins with, and what follows it. Raises UserError."""
    word, more = split_word(text)
    match = _NUMBER.fullmatch(plain(word))
    if match is None:
        raise UserError(
            f"Which one? Try: /ops followup {usage}. To open one whose title begins with this word, put the"
            ' title in quotes: /ops followup "…"'
        )
    return FollowUpId(int(match[1])), more


@dataclass(frozen=True)
class _Typed:
    title: str
    owner: UserId | None
    due: date | None


async def _typed(context: Context, asked: Asked, text: str) -> _Typed:
    """The title, and after it, in any order, whose it is and by when; a name may stand first, too.

    What is in quotes is title, whatever it says. Raises UserError.
    """
    quoted = _QUOTED.fullmatch(text)
    title, rest = (quoted["title"], quoted["more"]) if quoted else ("", text)
    rest, day_first = _without_day(rest)
    rest, owner = _without_owner(context, rest)
    rest, day_last = _without_day(rest) if not day_first else (rest, "")
    if quoted and rest:
        raise UserError(f"I don't understand “{said(plain(rest), 80)}”. Try: by friday, in 3d, @bo")
    title = one_line(plain(title or rest, context.directory.name_of))
    if blank(title):
        raise UserError("What is to be done? Try: /ops followup Fix the export @bo by friday")
    typed = day_first or day_last
    zone = await zone_of(context, owner or asked.user)
    return _Typed(title, owner, day(typed, today(asked.act.at, zone)) if typed else None)


def _without_day(text: str) -> tuple[str, str]:
    """What stands before a day at the end, and the day; “used by finance” names none."""
    for pattern in (_BY, _IN):
        match = pattern.fullmatch(text.strip())
        if match is not None and _is_meant(match["day"]):
            return match["before"].strip(), match["day"]
    return text.strip(), ""


def _is_meant(word: str) -> bool:
    """Whether it is a day, or was meant to be one: a number with points or strokes in it."""
    try:
        day(word, date.min)
    except UserError:
        return re.fullmatch(r"\d+[-./]\d[\d./-]*", word) is not None
    return True


def _without_owner(context: Context, text: str) -> tuple[str, UserId | None]:
    """What is left without the name at its end or beginning, and whose it is. Raises UserError."""
    before, _, last = text.rpartition(" ")
    if last.startswith(("@", "<@")):
        return before.strip(), person(context, last)
    first, _, after = text.partition(" ")
    found = mentioned(first)
    return (after.strip(), found) if found is not None else (text, None)


def day(text: str, first: date) -> date:
    """`2026-12-01`, `today`, `friday` (the next after `first`), `3d`, `2w`, as a day. Raises UserError."""
    word = text.strip().lower().rstrip(".,")
    weekday = next((n for n, name in enumerate(_WEEKDAYS) if len(word) > 2 and name.startswith(word)), None)
    try:
        if word in _DAYS:
            return first + timedelta(days=_DAYS[word])
        if weekday is not None:
            return first + timedelta(days=(weekday - first.weekday() - 1) % 7 + 1)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
            return date.fromisoformat(word)
        ahead = span(word)
        if ahead >= timedelta(days=1):
            return first + ahead
    except (UserError, ValueError, OverflowError):
        pass
    raise UserError(f"I don't understand the day “{said(plain(text), 50)}”. {_EXAMPLES}")


async def done(context: Context, pressed: Pressed) -> Outcome:
    """That it is done shows in the message."""
    await service.done(context, FollowUpId(int(pressed.value)), pressed.act)
    return None


BUTTONS: tuple[tuple[str, Press], ...] = ((cards.DONE, done),)
