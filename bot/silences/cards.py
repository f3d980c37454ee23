"""Silences, as people see them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import WATCHBILL
from bot.mrkdwn import bold, said, user, when_dated
from bot.silences.model import ALL, Held, Opening, Silence
from bot.slack.blocks import Block, Content, actions, button, context, listed, plainly, section

END = "silence.end"
MORE = "silence.more"

USAGE = (
    ("silence checkout 2h Upgrading the database", "a service or a probe is quiet from now on"),
    ("silence site-up,checkout tomorrow 02:00 2h", "several, and later"),
    ("silence all until 04:00", "every probe"),
    ("silence end 7", "before its time; what fails on is told"),
    ("silence more 7 1h", "longer than was meant"),
)
_WORDS = {"fail": "failing", "warn": "out of bounds", "unknown": "without an answer"}
# What a phone shows in a few screens.
SHOWN = 20
TIMES_SHOWN = 3
NAMES_SHOWN = 6
HELD_SHOWN = 10


def told(silence: Silence, other: Silence | None, now: datetime) -> Content:
    """Its message, from when it begins. `other`: what keeps the same quiet beside it."""
    if silence.is_over(now):
        early = f", ended by {user(silence.ended_by)}" if silence.ended_by else ""
        since = f"from {when_dated(silence.starts_at)} to {when_dated(silence.over_at)}"
        head = f":bell: {_heard_again(silence, other)} Silenced {since}{early}{_why(silence)}"
        return Content(head, tuple(_blocks(head, silence, "Kept back meanwhile")))
    head = f":no_bell: {_are(silence)} silenced until {when_dated(silence.ends_at)}{_why(silence)}"
    number = str(silence.id)
    buttons = actions(
        button("End it now", END, number, spoken=f"End silence {number} now"),
        button("30 min more", MORE, number, spoken=f"30 minutes more for silence {number}"),
    )
    note = "Asked on as ever. What still fails at the end is told then; what people declare is told at once."
    return Content(head, (*_blocks(head, silence, "Kept back so far"), buttons, context(note)))


def _heard_again(silence: Silence, other: Silence | None) -> str:
    if other is None:
        return f"{_are(silence)} heard again."
    until = f"until {when_dated(other.over_at)} (`/ops silence end {other.id}`)"
    return f"This silence of {names(silence.names)} is over, but another keeps quiet {until}."


def _are(silence: Silence) -> str:
    is_one = len(silence.names) == 1 and ALL not in silence.names
    return f"{names(silence.names)} {'is' if is_one else 'are'}"


def _blocks(head: str, silence: Silence, title: str) -> list[Block]:
    # What still fails comes first: it is what people have to look at.
    held = sorted(silence.held, key=lambda each: (each.until is not None, each.since))
    lines = listed([f"• {_held(each)}" for each in held], ": /ops checks", HELD_SHOWN)
    return [section(head), *([section(f"*{title}*"), *lines] if lines else [])]


def _held(held: Held) -> str:
    until = f" until {when_dated(held.until)}" if held.until is not None else ""
    times = f", {held.times} times" if held.times > 1 else ""
    word = _WORDS.get(held.verdict, held.verdict)
    since = f"{word} since {when_dated(held.since)}{until}{times}"
    return f"{bold(held.check, 80)} {since}: {said(held.evidence, 150)}"


def made(silence: Silence, now: datetime) -> Content:
    """To whoever made it."""
    until = f"until {when_dated(silence.ends_at)}"
    if silence.has_begun(now):
        return plainly(f"{_are(silence)} silenced {until}. {_early(silence)}")
    times = f"from {when_dated(silence.starts_at)} {until}"
    return plainly(
        f"{_are(silence)} silenced {times}. The handoff notes before tell of it. {_early(silence)}"
    )


def _early(silence: Silence) -> str:
    return f"To end it before: `/ops silence end {silence.id}`"


def ended(silence: Silence, other: Silence | None, now: datetime) -> Content:
    if silence.has_begun(now):
        return plainly(f"{_heard_again(silence, other)}{'' if other else ' What fails on is told now.'}")
    taken_back = f"Taken back: {names(silence.names)}, silenced from {when_dated(silence.starts_at)}"
    return plainly(f"{taken_back}{_why(silence)}")


def prolonged(silence: Silence, now: datetime) -> Content:
    return plainly(f"Silenced {line(silence, now)}")


def overview(found: Sequence[Silence], windows: Sequence[Opening], now: datetime) -> Content:
    """What is silenced now and what will be, maintenance windows included, and how to change it."""
    usage = "\n".join(f"• `/ops {how}`: {does}" for how, does in USAGE)
    lines = [f"{each.id} · {line(each, now)}" for each in found] + opening_lines(windows)
    head = "*Silences*" if lines else "*Silences*\nNothing is silenced, now or later."
    blocks = [section(head), *listed(lines, most=SHOWN)]
    return Content("Silences", (*blocks, section(usage)))


def line(silence: Silence, now: datetime) -> str:
    """One of several: from when until when, what, why, by whom."""
    if silence.has_begun(now):
        times = f"until {when_dated(silence.ends_at)}"
    else:
        times = f"{when_dated(silence.starts_at)}, {length(silence.ends_at - silence.starts_at)}"
    return f"{times}: {names(silence.names)}{_why(silence)}"


def opening_lines(found: Sequence[Opening]) -> list[str]:
    """A line for each maintenance window, with the times at which it will be open."""
    by_window: dict[str, list[Opening]] = {}
    for opening in found:
        by_window.setdefault(opening.window, []).append(opening)
    return [_opening_line(each) for each in by_window.values()]


def _opening_line(openings: Sequence[Opening]) -> str:
    first = openings[0]
    times = ", ".join(when_dated(each.starts_at) for each in openings[:TIMES_SHOWN])
    more = f" and {len(openings) - TIMES_SHOWN} times more" if len(openings) > TIMES_SHOWN else ""
    quiet = f"silences {names(first.names)}" if first.names else "silences nothing"
    long = length(first.ends_at - first.starts_at)
    return f"{times}{more}, {long}: maintenance window {bold(first.window, 80)}, {quiet}"


def _why(silence: Silence) -> str:
    window = f"maintenance window {said(silence.window, 80)}" if silence.window else ""
    by = user(silence.by) if silence.by != WATCHBILL else ""
    return "".join(f" · {each}" for each in (said(silence.reason, 200), window, by) if each)


def names(found: Sequence[str]) -> str:
    if ALL in found:
        return "all probes"
    more = f" and {len(found) - NAMES_SHOWN} more" if len(found) > NAMES_SHOWN else ""
    return ", ".join(bold(each, 80) for each in found[:NAMES_SHOWN]) + more


def length(span: timedelta) -> str:
    """`90 min`, `2 h`, `3 d`."""
    minutes = int(span.total_seconds() // 60)
    if minutes % 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours // 24} d" if hours % 24 == 0 and hours > 24 else f"{hours} h"
