"""How asking for cover reads, to each of those it concerns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import UserId
from bot.oncall import request_cards as cards
from bot.oncall.cover import CoverId
from bot.oncall.request import CoverRequest, RequestId, RequestState
from bot.slack.blocks import Content
from simulator.blocks import check_message_blocks, check_view
from tests.reading import lines

SIX = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
REQUEST = CoverRequest(
    id=RequestId(3),
    schedule="primary",
    start=SIX,
    end=SIX + timedelta(hours=4),
    person="ana",
    user=UserId("U01ANA"),
    asked=("bo", "chen"),
    made_at=SIX - timedelta(hours=5),
    expires_at=SIX,
)
WHEN = "on *primary* from 11-20 18:00 to 11-20 22:00."


def shown(name: str) -> str:
    return f"@{name}"


def reads(content: Content) -> list[str]:
    check_message_blocks([dict(each) for each in content.blocks])
    return lines(content)


def ended(state: RequestState, taken_by: str | None = None) -> CoverRequest:
    return replace(REQUEST, state=state, taken_by=taken_by, ended_at=SIX, cover=CoverId(5))


def test_while_it_is_open_it_can_be_taken_and_withdrawn() -> None:
    assert reads(cards.for_the_asked(REQUEST, "bo", shown)) == [
        ":wave: *@ana asks for cover*",
        WHEN,
        "[Take it]",
        "Asked: @bo, @chen. The first who takes it has it; @ana is on call until then.",
    ]
    assert reads(cards.for_the_asker(REQUEST, shown)) == [
        f"You asked for cover {WHEN}",
        "[Withdraw]",
        "Asked: @bo, @chen. Until somebody takes it you are on call.",
    ]
    assert reads(cards.asked(REQUEST, shown)) == [
        f"I ask @bo, @chen to cover you {WHEN} I tell you when somebody takes it;"
        " if nobody has by 11-20 18:00, I say so loudly."
    ]


@pytest.mark.parametrize(
    ("request_", "reader", "says"),
    [
        (ended(RequestState.TAKEN, "bo"), "bo", f"You have taken @ana's watch {WHEN}"),
        (ended(RequestState.TAKEN, "bo"), "chen", f"Taken by @bo: @ana's watch {WHEN}"),
        (ended(RequestState.TAKEN, "bo"), "ana", f"Taken by @bo: your watch {WHEN}"),
        (ended(RequestState.WITHDRAWN), "bo", f"Withdrawn: @ana asks for cover no more {WHEN}"),
        (ended(RequestState.EXPIRED), "bo", f"Nobody took it: @ana is on call {WHEN}"),
        (ended(RequestState.MOOT), "ana", f"Not needed any more: @ana had asked for cover {WHEN}"),
        (ended(RequestState.RETURNED, "bo"), "chen", f"Taken back by @bo: @ana is on call {WHEN}"),
    ],
)
def test_how_it_ended_takes_the_place_of_the_buttons(request_: CoverRequest, reader: str, says: str) -> None:
    asks = reader == request_.person
    shows = cards.for_the_asker(request_, shown) if asks else cards.for_the_asked(request_, reader, shown)
    assert reads(shows) == [says]


def test_both_are_told_and_the_taker_has_the_way_back() -> None:
    taken, returned = ended(RequestState.TAKEN, "bo"), ended(RequestState.RETURNED, "bo")
    assert reads(cards.confirmed(taken, "ana", shown)) == [f":white_check_mark: @bo stands in for you {WHEN}"]
    assert reads(cards.confirmed(taken, "bo", shown)) == [
        f":white_check_mark: You stand in for @ana {WHEN}",
        "[Take it back]",
    ]
    assert reads(cards.confirmed(returned, "bo", shown)) == [f"Taken back: @ana is on call {WHEN}"]
    assert reads(cards.given_back(returned, shown)) == [
        f":warning: @bo took the cover back: you are on call {WHEN} Ask again with /oncall ask-cover."
    ]


def test_nobody_took_it() -> None:
    expired = ended(RequestState.EXPIRED)
    assert reads(cards.expired(expired, "ana", shown)) == [
        f":warning: Nobody took your watch, so you are on call {WHEN}"
    ]
    assert reads(cards.expired(expired, "", shown)) == [
        f":warning: *Nobody took @ana's watch* {WHEN} @ana asked for cover and is still on call."
        " Whoever can stand in: /oncall cover"
    ]


def test_the_form_is_taken() -> None:
    check_view(cards.ask_form(["primary", "secondary"], "secondary", SIX, SIX + timedelta(hours=1)), None)
