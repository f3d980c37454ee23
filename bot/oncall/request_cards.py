"""Asking for cover, as people see it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.mrkdwn import bold, when_dated
from bot.oncall.cards import TAKE_BACK
from bot.oncall.request import CoverRequest, RequestState
from bot.slack.blocks import (
    Content,
    Element,
    Option,
    View,
    actions,
    button,
    confirm,
    context,
    datetime_picker,
    input_,
    modal,
    plainly,
    section,
    select,
)

ASK_FORM = "oncall.ask_form"
TAKE = "oncall.take"
WITHDRAW = "oncall.withdraw"

Shown = Callable[[str], str]
"""Turns a playbook name into a mention."""


def for_the_asked(request: CoverRequest, person: str, shown: Shown) -> Content:
    """What everybody who was asked sees: a button while it is open, then how it ended."""
    asker = shown(request.person)
    if not request.is_open:
        return plainly(f"{_outcome(request, person, shown)} {_what(request)}")
    text = f"{asker} asks for cover {_what(request)}"
    everybody = ", ".join(shown(each) for each in request.asked)
    blocks = (
        section(f":wave: *{asker} asks for cover*\n{_what(request)}"),
        actions(button("Take it", TAKE, str(request.id), style="primary")),
        context(f"Asked: {everybody}. The first who takes it has it; {asker} is on call until then."),
    )
    return Content(text, blocks)


def for_the_asker(request: CoverRequest, shown: Shown) -> Content:
    if not request.is_open:
        return plainly(f"{_outcome(request, request.person, shown)} {_what(request)}")
    text = f"You asked for cover {_what(request)}"
    everybody = ", ".join(shown(each) for each in request.asked)
    blocks = (
        section(text),
        actions(button("Withdraw", WITHDRAW, str(request.id))),
        context(f"Asked: {everybody}. Until somebody takes it you are on call."),
    )
    return Content(text, blocks)


def asked(request: CoverRequest, shown: Shown) -> Content:
    """The answer to whoever asks."""
    everybody = ", ".join(shown(each) for each in request.asked)
    return plainly(
        f"I ask {everybody} to cover you {_what(request)} I tell you when somebody takes it;"
        f" if nobody has by {when_dated(request.expires_at)}, I say so loudly."
    )


def confirmed(request: CoverRequest, person: str, shown: Shown) -> Content:
    """To both: who is on call then. The taker has the way back."""
    if request.state is RequestState.RETURNED:
        return plainly(f"Taken back: {shown(request.person)} is on call {_what(request)}")
    if person == request.person:
        return plainly(
            f":white_check_mark: {shown(request.taken_by or '')} stands in for you {_what(request)}"
        )
    text = f":white_check_mark: You stand in for {shown(request.person)} {_what(request)}"
    return Content(text, (section(text), actions(_take_back(request))))


def given_back(request: CoverRequest, shown: Shown) -> Content:
    return plainly(
        f":warning: {shown(request.taken_by or '')} took the cover back: you are on call {_what(request)}"
        " Ask again with /oncall ask-cover."
    )


def expired(request: CoverRequest, person: str, shown: Shown) -> Content:
    """`person`: the asker, or empty for everybody."""
    asker = shown(request.person)
    if person:
        return plainly(f":warning: Nobody took your watch, so you are on call {_what(request)}")
    return plainly(
        f":warning: *Nobody took {asker}'s watch* {_what(request)} {asker} asked for cover and is still on"
        " call. Whoever can stand in: /oncall cover"
    )


def ask_form(schedules: Sequence[str], chosen: str, start: datetime, end: datetime) -> View:
    """Which watch of theirs, and which time of it."""
    options = [Option(name, name) for name in schedules]
    blocks = [
        section("Everybody else in the rotation is asked. The first who takes it has it."),
        input_("Schedule", select("schedule", "Which?", options, initial=chosen), "schedule"),
        input_("From", datetime_picker("start", initial=int(start.timestamp())), "start"),
        input_("To", datetime_picker("end", initial=int(end.timestamp())), "end"),
    ]
    return modal(ASK_FORM, "Ask for cover", "Ask", blocks)


def _what(request: CoverRequest) -> str:
    return f"on {bold(request.schedule)} from {when_dated(request.start)} to {when_dated(request.end)}."


def _outcome(request: CoverRequest, reader: str, shown: Shown) -> str:
    asker, taker = shown(request.person), shown(request.taken_by or "")
    match request.state:
        case RequestState.TAKEN:
            mine, whose = request.taken_by == reader, "your" if request.person == reader else f"{asker}'s"
            return f"You have taken {whose} watch" if mine else f"Taken by {taker}: {whose} watch"
        case RequestState.WITHDRAWN:
            return f"Withdrawn: {asker} asks for cover no more"
        case RequestState.EXPIRED:
            return f"Nobody took it: {asker} is on call"
        case RequestState.MOOT:
            return f"Not needed any more: {asker} had asked for cover"
        case RequestState.RETURNED:
            return f"Taken back by {taker}: {asker} is on call"
        case RequestState.OPEN:
            return f"{asker} asks for cover"


def _take_back(request: CoverRequest) -> Element:
    sure = confirm("Take it back?", "Whoever asked is on call again, and is told.", "Take it back", "Keep it")
    return button("Take it back", TAKE_BACK, str(request.cover), confirm=sure)
