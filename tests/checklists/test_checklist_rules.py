"""The rules of checklists: numbers as people write them, where a prompt goes that cannot be shown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.checklists.model import Item, Kind, Run, RunId, Scope, State, elsewhere, number
from bot.errors import UserError
from bot.model import WATCHBILL, UserId

RUN = Run(
    id=RunId(1),
    scope=Scope("morning"),
    title="Morning",
    items=(Item("One"), Item("Two", Kind.TEXT, optional=True)),
    state=State.OPEN,
    started_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    started_by=WATCHBILL,
    due_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    channel="#prod-alerts",
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("42", "42"),
        (" 3,5 ", "3.5"),
        ("-0.25", "-0.25"),
        ("99.9 %", "99.9"),
        ("1,234,567.8", "1234567.8"),
        ("1,234.5", "1234.5"),
        ("12 000", "12000"),
    ],
)
def test_a_number_is_taken_as_people_write_it(typed: str, kept: str) -> None:
    assert number(typed) == kept


@pytest.mark.parametrize("typed", ["", "many", "1.2.3", "nan", "inf", "1,234", "5 to 7", "1,2,3"])
def test_what_is_no_number_or_could_be_two_is_asked_again(typed: str) -> None:
    with pytest.raises(UserError):
        number(typed)


def test_a_prompt_that_cannot_be_shown_goes_to_somebody_else_rather_than_nobody() -> None:
    # A channel that Slack refuses: to whoever started it, but a clock has no direct messages.
    assert elsewhere(RUN, None, "#alerts") is None
    by_hand = elsewhere(replace(RUN, started_by=UserId("U01ANA")), None, "#alerts")
    assert by_hand is not None
    assert (by_hand.channel, by_hand.prompted) == (None, ("U01ANA",))
    # A person whom Slack does not know: the others have it, and after the last it goes where warnings go.
    direct = replace(RUN, channel=None, people=("ana", "bo"), prompted=("ana", "bo"))
    one_left = elsewhere(direct, "ana", "#alerts")
    assert one_left is not None
    assert (one_left.channel, one_left.prompted, one_left.people) == (None, ("bo",), ("bo",))
    nobody = elsewhere(one_left, "bo", "#alerts")
    assert nobody is not None
    assert (nobody.channel, nobody.prompted) == ("#alerts", ())
