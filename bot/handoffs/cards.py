"""The change of watch, as people see it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.handoffs.model import LATE, NUDGE_EVERY, NUDGES, Change, Handoff, HandoffState, Part
from bot.handoffs.part_cards import LINES_SHOWN, count, incident_line
from bot.incidents.model.incident import Incident
from bot.model import ChannelId
from bot.mrkdwn import bold, channel, said, user, when, when_dated
from bot.slack.blocks import (
    LIST_CHARACTERS,
    Block,
    Content,
    View,
    actions,
    button,
    context,
    input_,
    listed,
    modal,
    plainly,
    section,
    text_input,
)

TAKE = "handoff.take"
WRITE = "handoff.write"
WORDS_FORM = "handoff.words"
WORDS_LONGEST = 2000
# What of the note is for people's own words.
ALL_WORDS = 5000

Shown = Callable[[str], str]
"""Turns a playbook name into a mention."""


# The note


def note(handoff: Handoff, parts: Sequence[Part], now: datetime, shown: Shown) -> Content:
    """`now`: when it was posted, which is told where that was late."""
    change = handoff.change
    outgoing, incoming = _names(change.outgoing, shown), _names(change.incoming, shown)
    head = f"The watch on {bold(handoff.schedule)} goes from {outgoing} to {incoming}"
    until = f"On call until {when_dated(change.until)}." if change.until else ""
    stays = (
        f" {outgoing} can still be asked until {when(handoff.stays_until)}." if handoff.stays_until else ""
    )
    goes = f":handshake: *Handoff on {said(handoff.schedule)}:* {outgoing} → {incoming}"
    blocks: list[Block] = [section(f"{goes}\n{until}{stays}".strip())]
    writers = [name for name in dict.fromkeys([*change.outgoing, *handoff.words]) if name in handoff.words]
    words = [said(handoff.words[name], min(2500, ALL_WORDS // len(writers))) for name in writers]
    blocks += [section(f"*From {shown(name)}*\n{text}") for name, text in zip(writers, words, strict=True)]
    rows = [[f"*{part.title}*", *part.lines] for part in parts if part.lines]
    rooms = _rooms([sum(len(row) + 1 for row in each) for each in rows], sum(len(text) for text in words))
    blocks += [block for each, room in zip(rows, rooms, strict=True) for block in listed(each, room=room)]
    quiet = " ".join(part.nothing for part in parts if not part.lines)
    if quiet:
        blocks.append(context(quiet))
    blocks += _confirmation(handoff, incoming)
    if now - change.at > LATE:
        blocks.append(context(f"Told late: the watch changed at {when_dated(change.at)}."))
    return Content(head, tuple(blocks))


def _rooms(sizes: Sequence[int], taken: int) -> list[int]:
    """How many characters each part may have, so that Slack takes the note: the short ones all they need, the
    others the rest in equal shares.
    """
    rooms, left = [0] * len(sizes), LIST_CHARACTERS - taken
    for rank, index in enumerate(sorted(range(len(sizes)), key=lambda index: sizes[index])):
        rooms[index] = min(sizes[index], left // (len(sizes) - rank))
        left -= rooms[index]
    return rooms


def _confirmation(handoff: Handoff, incoming: str) -> list[Block]:
    match handoff.state:
        case HandoffState.TAKEN:
            return [context(_has_it(handoff))]
        case HandoffState.PASSED_ON:
            gone = when_dated(handoff.ended_at) if handoff.ended_at else "since"
            return [context(f"Nobody confirmed it; the watch went on, {gone}.")]
        case _:
            return [
                actions(button("I have the watch", TAKE, str(handoff.id), style="primary")),
                context(f"For {incoming}. Pages follow the schedule, pressed or not."),
            ]


def _has_it(handoff: Handoff) -> str:
    who = user(handoff.taken_by) if handoff.taken_by else "Somebody"
    at = f" since {when(handoff.ended_at)}" if handoff.ended_at else ""
    return f":white_check_mark: {who} has the watch{at}"


# What whoever goes is asked


def ask(handoff: Handoff, person: str, shown: Shown) -> Content:
    """Before the change, what the next should know; after it, what was said and who has the watch now."""
    change, schedule = handoff.change, bold(handoff.schedule)
    incoming = _names(change.incoming, shown)
    if handoff.state is HandoffState.DROPPED or person not in change.outgoing:
        return plainly(f"You hand over nothing on {schedule} now: the rotation or a cover changed.")
    words = handoff.words.get(person)
    stays = f" Stay within reach until {when(handoff.stays_until)}." if handoff.stays_until else ""
    if handoff.state is HandoffState.PLANNED:
        text = f"Your watch on {schedule} goes to {incoming} at {when(change.at)}."
        # Stars within stars would end the bold.
        head = f"*Your watch on {said(handoff.schedule)} goes to {incoming} at {when(change.at)}.*"
        asking = f"{head}\nWhat should they know? It goes into the handoff note.{stays}"
    else:
        text = f"Your watch on {schedule} went to {incoming} at {when(change.at)}."
        asking = f"{text}{stays}"
    blocks: list[Block] = [section(asking)]
    if words:
        blocks.append(section(f"*You wrote*\n{said(words, 2500)}"))
    blocks.append(actions(button("Change it" if words else "Write it", WRITE, str(handoff.id))))
    if handoff.state is HandoffState.TAKEN:
        blocks.append(context(f"{_has_it(handoff)}."))
    return Content(text, tuple(blocks))


def words_form(handoff: Handoff, words: str) -> View:
    """`words`: what was written before."""
    field = text_input("words", multiline=True, initial=words, max_length=WORDS_LONGEST, focus=True)
    hint = "What is odd, half done, or likely to ring. Everybody reads it in the handoff note."
    return modal(
        WORDS_FORM,
        "Handoff",
        "Save",
        [input_("What should the next know?", field, "words", optional=True, hint=hint)],
        private=str(handoff.id),
    )


# What whoever comes on is asked and told


def nudge(handoff: Handoff, place: ChannelId | None) -> Content:
    """`place`: where the note stands, if it does."""
    schedule, at = bold(handoff.schedule), when(handoff.change.at)
    if handoff.state is HandoffState.TAKEN:
        return plainly(f"{_has_it(handoff)} on {schedule}.")
    if handoff.state is not HandoffState.POSTED:
        return plainly(f"The watch on {schedule} has gone on to somebody else.")
    text = f"You are on call on {schedule} since {at}. Do you have the watch?"
    where = f" The handoff note is in {channel(place)}." if place else ""
    return Content(
        text,
        (
            section(f"{text}{where}"),
            actions(button("I have the watch", TAKE, str(handoff.id), style="primary")),
            context("Pages come to you already, pressed or not."),
        ),
    )


def unheard(handoff: Handoff, shown: Shown) -> Content:
    """Loud, to everybody and to whoever went: nobody has said that they have the watch."""
    change = handoff.change
    if handoff.state is HandoffState.TAKEN:
        return plainly(f"{_has_it(handoff)} on {bold(handoff.schedule)}.")
    if handoff.state is not HandoffState.POSTED:
        return plainly(f"The watch on {bold(handoff.schedule)} has gone on since.")
    waited = int((NUDGE_EVERY * (NUDGES + 1)).total_seconds() // 60)
    return plainly(
        f":warning: *The watch on {said(handoff.schedule)} is not confirmed:*"
        f" {_names(change.incoming, shown)} was asked {NUDGES} times in {waited} min."
        f" Pages go there all the same, since {when(change.at)}."
        f" Please make sure that somebody is there; before, it was {_names(change.outgoing, shown)}."
    )


def reminder(
    schedule: str,
    change: Change,
    stays_until: datetime | None,
    recent: Sequence[Incident],
    shown: Shown,
) -> Content:
    """To whoever comes on: what to prepare. `recent`: incidents of the last days, none of them private."""
    until = f", until {when_dated(change.until)}" if change.until else ""
    text = f"Your watch on {bold(schedule)} begins {when_dated(change.at)}{until}."
    before = _names(change.outgoing, shown)
    stays = f"\n{before} can still be asked until {when(stays_until)}." if stays_until and before else ""
    preparing = "\n".join(
        (
            "*Before it begins*",
            "• Access: sign in now to everything you would need at 3 a.m.",
            "• Your phone: test a page with /oncall me",
            "• Rollback: know how the last change is undone",
            "• Recent incidents: "
            + (count(len(recent), "incident") + " below" if recent else "none this week"),
            "• Runbooks: current, and you know where they are",
        )
    )
    blocks: list[Block] = [section(f":bell: {text}{stays}"), section(preparing)]
    if recent:
        blocks.append(section("\n".join(incident_line(each) for each in recent[:LINES_SHOWN])))
    blocks.append(context("You cannot? /oncall ask-cover asks the others."))
    return Content(text, tuple(blocks))


def not_yours(schedule: str, begins: datetime) -> Content:
    """In place of a reminder that came too early."""
    return plainly(
        f"The watch on {bold(schedule)} that begins {when_dated(begins)} is not yours any more:"
        " the rotation or a cover changed."
    )


def _names(people: Sequence[str], shown: Shown) -> str:
    return " and ".join(shown(person) for person in people) or "nobody"
