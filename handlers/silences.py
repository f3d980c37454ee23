"""`/ops silence`, and the buttons of its messages."""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.contacts.service import zone_of
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import one_line, plain, said
from bot.silences import cards, service
from bot.silences.model import MORE, SilenceId
from handlers.asked import Answer, Asked, split_word
from handlers.buttons import Outcome, Press, Pressed
from handlers.oncall.times import planned, span

USAGE = "silence checkout 2h [why]"

_NUMBER = re.compile(r"#?(\d{1,18})")
_EXAMPLES = (
    "/ops silence checkout 2h Upgrading the database, /ops silence site-up tomorrow 02:00 2h, "
    "/ops silence all until 04:00"
)


async def silence(context: Context, asked: Asked) -> Answer:
    """`silence`, `silence NAME[,NAME] [WHEN] LENGTH [WHY]`, `silence end|more 7 …`. Raises UserError."""
    _, rest = split_word(asked.text)
    word, more = split_word(one_line(plain(rest)))
    if word.lower() in ("", "list"):
        coming = await service.coming(context)
        return cards.overview(coming.silences, coming.windows, asked.act.at)
    act = _ACTS.get(word.lower())
    return await (act(context, asked, more) if act is not None else _make(context, asked, rest))


async def _make(context: Context, asked: Asked, rest: str) -> Answer:
    typed = re.sub(r"\s*,\s*", ",", one_line(plain(rest)))
    names, when = split_word(typed)
    found = planned(when, asked.act.at, await zone_of(context, asked.user))
    if found is None:
        # Whoever mistyped the name as well is told of that first.
        for name in _listed(names):
            service.known(context.playbook.current, name)
        raise UserError(f"For how long? “{said(when or 'nothing', 100)}” is no time. Try: {_EXAMPLES}")
    wanted = service.Wanted(_listed(names), found.start, found.end, found.words)
    return cards.made(await service.make(context, wanted, asked.act), asked.act.at)


def _listed(names: str) -> list[str]:
    return [name for each in names.split(",") if (name := each.strip("`"))]


async def _end(context: Context, asked: Asked, more: str) -> Answer:
    number, _ = _numbered(more, "end 7")
    silence, other = await service.end(context, number, asked.act)
    return cards.ended(silence, other, asked.act.at)


async def _more(context: Context, asked: Asked, more: str) -> Answer:
    number, text = _numbered(more, "more 7 1h")
    more_time = span(text.removeprefix("for ")) if text else MORE
    return cards.prolonged(await service.prolong(context, number, more_time, asked.act), asked.act.at)


_ACTS: Mapping[str, Callable[[Context, Asked, str], Awaitable[Answer]]] = {"end": _end, "more": _more}


def _numbered(text: str, usage: str) -> tuple[SilenceId, str]:
    """The number a command begins with, and what follows it. Raises UserError."""
    word, more = split_word(text)
    match = _NUMBER.fullmatch(word)
    if match is None:
        raise UserError(f"Which one? Try: /ops silence {usage}. Their numbers: /ops silence")
    return SilenceId(int(match[1])), more


async def end_now(context: Context, pressed: Pressed) -> Outcome:
    """That it is over shows in the message."""
    await service.end(context, SilenceId(int(pressed.value)), pressed.act)
    return None


async def longer(context: Context, pressed: Pressed) -> Outcome:
    await service.prolong(context, SilenceId(int(pressed.value)), MORE, pressed.act)
    return None


BUTTONS: tuple[tuple[str, Press], ...] = ((cards.END, end_now), (cards.MORE, longer))
