"""Who is on call, as people see it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.mrkdwn import bold, escape, said, when, when_dated
from bot.oncall.cover import Cover, Watch
from bot.oncall.model import Shift
from bot.slack.blocks import (
    Block,
    Content,
    Option,
    View,
    actions,
    button,
    context,
    datetime_picker,
    input_,
    listed,
    modal,
    plainly,
    section,
    select,
    users_select,
)

COVER_FORM = "oncall.cover_form"
TAKE_BACK = "oncall.take_back"
# What a phone shows of a calendar without losing the reader.
SHIFTS_SHOWN = 40
ONE_SCHEDULE = ": /oncall schedule NAME shows one."

Shown = Callable[[str], str]
"""Turns a playbook name into a mention."""


def lines(watches: Sequence[Watch], shown: Shown) -> list[str]:
    """One line a schedule: who, until when, who is next."""
    found = []
    for watch in watches:
        until = f", until {when_dated(watch.until)}" if watch.until else ""
        then = f", then {_names(watch.then, shown)}" if watch.until else ""
        found.append(f"{bold(watch.schedule)}: {_names(watch.people, shown)}{until}{then}")
    return found


def on_now(watches: Sequence[Watch], shown: Shown) -> Content:
    if not watches:
        return plainly("There are no schedules yet. Add `schedules` to the playbook and run /ops reload")
    return Content("Who is on call", tuple(listed(lines(watches, shown), ONE_SCHEDULE)))


def calendar(schedule: str, shifts: Sequence[Shift], shown: Shown, feed: str | None = None) -> Content:
    """The shifts to come, in the reader's own zone. `feed`: where a calendar can subscribe to them."""
    blocks: list[Block] = [section(f"*{said(schedule)}*")]
    rows = [
        f"{when_dated(each.start)} – {when_dated(each.end)}: {_names(each.people, shown)}" for each in shifts
    ]
    blocks += listed(rows, "; ask for fewer weeks.", SHIFTS_SHOWN)
    if feed is not None:
        blocks.append(context(f"In your calendar: subscribe to {escape(feed)} (whoever has it can read it)"))
    return Content(f"Shifts of {said(schedule)}", tuple(blocks))


def at_instant(
    at: datetime,
    answers: Sequence[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]],
    shown: Shown,
) -> Content:
    """`answers`: schedule, who was on, who would have been without covers, who was held to be on then."""
    rows = []
    for schedule, people, planned, believed in answers:
        cover = f" (a cover; planned was {_names(planned, shown)})" if people != planned else ""
        late = f"; entered late: until then it was {_names(believed, shown)}" if believed != people else ""
        rows.append(f"{bold(schedule)}: {_names(people, shown)}{cover}{late}")
    head = f"On call at {when_dated(at)}"
    return Content(head, tuple(listed([f"*{head}*", *rows])))


def covered(cover: Cover, changed: Sequence[Shift], shown: Shown) -> Content:
    """A cover is entered: whose time it takes, and the way back."""
    who, wanted = _names(cover.override.by, shown), cover.override
    relieved = list(dict.fromkeys(person for shift in changed for person in shift.people))
    if wanted.instead_of:
        relieved = [wanted.instead_of]
    instead = f" instead of {_names(relieved, shown)}" if relieved else ", where nobody was"
    text = (
        f"{who} is on call on {bold(cover.schedule)}{instead}"
        f" from {when_dated(wanted.start)} to {when_dated(wanted.end)}."
    )
    back = button("Take it back", TAKE_BACK, str(cover.id))
    return Content(text, (section(text), actions(back)))


def taken_back(cover: Cover, shown: Shown) -> Content:
    until = f"until {when(cover.override.end, '{date_short_pretty} at {time}')}"
    return plainly(
        f"The cover by {_names(cover.override.by, shown)} on {bold(cover.schedule)} {until} is taken back."
    )


def cover_form(schedules: Sequence[str], start: datetime, end: datetime) -> View:
    """Whose time, which time, and who takes it."""
    options = [Option(name, name) for name in schedules]
    blocks = [
        input_("Schedule", select("schedule", "Which?", options, initial=schedules[0]), "schedule"),
        input_("From", datetime_picker("start", initial=int(start.timestamp())), "start"),
        input_("To", datetime_picker("end", initial=int(end.timestamp())), "end"),
        input_("Who takes it", users_select("by", "You"), "by", optional=True, hint="Empty: you."),
        input_(
            "Instead of",
            users_select("instead_of", "Whoever is on call"),
            "instead_of",
            optional=True,
            hint="Empty: everybody who is on call then.",
        ),
    ]
    return modal(COVER_FORM, "Cover a shift", "Cover", blocks)


def _names(people: Sequence[str], shown: Shown) -> str:
    return ", ".join(shown(person) for person in people) or "*nobody*"
