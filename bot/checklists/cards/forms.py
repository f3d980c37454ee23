"""Forms: a reason, a value, a problem, somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.checklists.model import NO_ITEM, Kind, Run
from bot.model import UserId
from bot.mrkdwn import said
from bot.slack.blocks import (
    Block,
    Option,
    View,
    date_picker,
    datetime_picker,
    input_,
    modal,
    section,
    select,
    text_input,
    users_select,
)

SKIP_FORM = "checklist.skip_form"
WRITE_FORM = "checklist.write_form"
PROBLEM_FORM = "checklist.problem_form"
HAND_OVER_FORM = "checklist.hand_over_form"

NOTE_IT = "note"
FOLLOW_UP = "followup"
LONGEST_TEXT = 2000


def skip_form(run: Run, item: int) -> View:
    blocks = [
        _about(run, item),
        input_("Why is it skipped?", text_input("reason", focus=True, max_length=LONGEST_TEXT), "reason"),
    ]
    return modal(SKIP_FORM, "Skip", "Skip it", blocks, private=f"{run.id}:{item}")


def write_form(run: Run, item: int) -> View:
    """A text or a number; or a choice, where they are too many for a menu in the message."""
    asked = run.items[item]
    is_number = asked.kind is Kind.NUMBER
    hint = "A number, such as 42 or 3.5" if is_number else ""
    element = text_input("value", multiline=not is_number, focus=True, max_length=LONGEST_TEXT)
    if asked.kind is Kind.CHOICE:
        element = select("value", "Choose", [Option(each, str(n)) for n, each in enumerate(asked.choices)])
    blocks = [_about(run, item), input_("Answer", element, "value", hint=hint)]
    return modal(WRITE_FORM, "Answer", "Save", blocks, private=f"{run.id}:{item}")


@dataclass(frozen=True)
class Suggested:
    """What the form begins with: when it was seen, whose a follow-up is, and by when."""

    seen_at: datetime
    owner: UserId
    due: date


def problem_form(run: Run, item: int, severities: Sequence[tuple[str, str]], suggested: Suggested) -> View:
    """`severities`: names and meanings, the gravest first."""
    options = [Option("Just note it", NOTE_IT), Option("Open a follow-up", FOLLOW_UP)]
    options += [Option(f"Open an incident: {name}", name, means) for name, means in severities]
    blocks = [
        _about(run, item),
        input_(
            "What did you see?",
            text_input("text", multiline=True, focus=True, max_length=LONGEST_TEXT),
            "text",
        ),
        input_("When?", datetime_picker("seen_at", initial=int(suggested.seen_at.timestamp())), "seen_at"),
        input_(
            "What did you do about it?",
            text_input("action", multiline=True, max_length=LONGEST_TEXT),
            "action",
            optional=True,
        ),
        input_("And now?", select("then", "Choose", options, initial=NOTE_IT), "then"),
        input_(
            "If a follow-up: whose?",
            users_select("owner", "Choose somebody", initial=suggested.owner),
            "owner",
            optional=True,
        ),
        input_(
            "If a follow-up: due",
            date_picker("due", initial=suggested.due),
            "due",
            optional=True,
            hint="The day is that of whoever does it.",
        ),
    ]
    return modal(PROBLEM_FORM, "Something odd", "Save", blocks, private=f"{run.id}:{item}")


def hand_over_form(run: Run) -> View:
    blocks = [input_("Who takes it?", users_select("user", "Choose somebody"), "user")]
    return modal(HAND_OVER_FORM, "Hand over", "Hand over", blocks, private=f"{run.id}:{NO_ITEM}")


def _about(run: Run, item: int) -> Block:
    words = run.title if item == NO_ITEM else run.items[item].text
    return section(f"*{said(words, 1000).replace('*', '∗')}*")
