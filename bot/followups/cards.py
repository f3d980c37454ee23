"""Follow-ups, as people see them."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.followups.model import FollowUp, recipient, today
from bot.model import UserId
from bot.mrkdwn import bold, said, user, when_dated
from bot.slack.blocks import Block, Content, actions, button, context, plainly, section

DONE = "followup.done"

USAGE = (
    ("followup Fix the export @bo by 2026-12-01", "opens one; yours and a week on, unless you say so"),
    ("followup done 7", "it is done"),
    ("followup give 7 @bo", "somebody else does it, and is told"),
    ("followup move 7 friday", "it is due on another day"),
)
# What a phone shows in a few screens.
SHOWN = 40
A_SECTION = 10


def told(found: FollowUp, key: str, now: datetime) -> Content:
    """The message kept under `key`, as things are: to whoever was given it, or to whom it is due."""
    theirs = recipient(key)
    if found.done_at is not None and found.done_by is not None:
        by = "" if found.done_by == theirs else f" by {user(found.done_by)}"
        return plainly(f":white_check_mark: {_named(found)}: done{by} {when_dated(found.done_at)}")
    if found.owner != theirs:
        return plainly(f"{_named(found)} is {user(found.owner)}’s now.")
    if key.startswith("given:"):
        asking = f":pushpin: This is yours to follow up, {_due(found, now)}."
        # Whoever opened it is known; who gave it away after that is not kept.
        asking += "" if found.opened_by == theirs else f" {user(found.opened_by)} opened it."
    elif late := found.days_late(now):
        on = day(found.due, today(now, found.zone))
        asking = f":alarm_clock: A follow-up of yours was due {on}, {days(late)} ago."
    else:
        asking = f":alarm_clock: A follow-up of yours is {_due(found, now)}."
    blocks: list[Block] = [
        section(f"{asking}\n{_named(found)}{_from(found)}"),
        actions(button("Done", DONE, str(found.id), style="primary", spoken=f"Done: {found.title}")),
        context(f"More time: `/ops followup move {found.id} friday`\nNot yours: `{_give(found)}`"),
    ]
    return Content(f"{asking}\n{_named(found)}", tuple(blocks))


def _give(found: FollowUp) -> str:
    return f"/ops followup give {found.id} @who"


def opened(found: FollowUp, viewer: UserId, now: datetime) -> Content:
    ways = f"Another day: `/ops followup move {found.id} friday` · done: `/ops followup done {found.id}`"
    text = _whose(found, viewer, now)
    return Content(text, (section(text), context(ways)))


def done(found: FollowUp) -> Content:
    return plainly(f":white_check_mark: {_named(found)} is done.")


def given(found: FollowUp, viewer: UserId, now: datetime) -> Content:
    return plainly(_whose(found, viewer, now))


def moved(found: FollowUp, now: datetime) -> Content:
    return plainly(f"{_named(found)} is {_due(found, now)}.")


def overview(found: Sequence[FollowUp], now: datetime) -> Content:
    """What is to be done, in the order given, and how to deal with it."""
    usage = "\n".join(f"• `/ops {said(how)}`: {does}" for how, does in USAGE)
    lines = [line(each, now) for each in found[:SHOWN]]
    late = sum(bool(each.days_late(now)) for each in found)
    head = f"*Follow-ups:* {len(found)} open" + (f", {late} of them overdue" if late else "")
    blocks: list[Block] = [section(head if found else "*Follow-ups*\nNothing is to be followed up.")]
    blocks += [
        section("\n".join(lines[first : first + A_SECTION])) for first in range(0, len(lines), A_SECTION)
    ]
    if len(found) > SHOWN:
        blocks.append(context(f"… and {len(found) - SHOWN} more, due later."))
    return Content("Follow-ups", (*blocks, section(usage)))


def line(found: FollowUp, now: datetime) -> str:
    """One of several: what, whose, by when."""
    late = ":hourglass: " if found.days_late(now) else ""
    return f"{late}{found.name} · {bold(found.title, 150)} · {user(found.owner)} · {_due(found, now)}"


def _whose(found: FollowUp, viewer: UserId, now: datetime) -> str:
    whose, told = ("yours", "") if found.owner == viewer else (f"{user(found.owner)}’s", " They are told.")
    return f"{_named(found)} is {whose}, {_due(found, now)}{_from(found)}.{told}"


def _named(found: FollowUp) -> str:
    return f"{found.name} {bold(found.title)}"


def _from(found: FollowUp) -> str:
    if found.origin.run is not None:
        return f" (from {said(found.origin.title, 150)}, /checklist show {found.origin.run})"
    return f" (from INC-{found.origin.incident})" if found.origin.incident is not None else ""


def _due(found: FollowUp, now: datetime) -> str:
    on, first = day(found.due, today(now, found.zone)), today(now, found.zone)
    if found.due == first:
        return f"due today, {on}"
    late = found.days_late(now)
    return f"due {on}" + (f", *{days(late)} late*" if late else "")


def days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def day(on: date, seen_from: date) -> str:
    """`Tue 1 Dec`; of another year with that."""
    year = f" {on.year}" if on.year != seen_from.year else ""
    return f"{on:%a} {on.day} {on:%b}{year}"
