"""Which way a page goes next, and when to look whether anybody took it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.model import Priority
from bot.model import UserId
from bot.paging.model import Page, PageId, Subject
from bot.paging.notice import (
    PATIENCE,
    Notice,
    NoticeId,
    NoticeState,
    ahead,
    is_missed,
    line,
    look_at,
    send,
)

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WAITING, ACCEPTED, FAILED = NoticeState.WAITING, NoticeState.ACCEPTED, NoticeState.FAILED
OFF = NoticeState.CALLED_OFF


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def notice(
    method: str, seconds: float, state: NoticeState = WAITING, *, page: int = 1, held: bool = False
) -> Notice:
    accepted = at(seconds) if state is ACCEPTED else None
    number = NoticeId(page * 100 + len(method))
    made = Notice(number, PageId(page), method, START, at(seconds), held, state)
    return replace(made, accepted_at=accepted)


def page(number: int, seconds: float = 0) -> Page:
    subject = Subject("INC-1", "sev1", "Down")
    return Page(PageId(number), subject, "ana", UserId("U1"), "asked", UserId("U2"), at(seconds))


# Slack at once, push after two minutes, then a call and a text message together after four.
RULE = [notice("slack", 0), notice("push", 120), notice("voice", 240), notice("sms", 240)]


def with_states(*states: NoticeState) -> list[Notice]:
    return [replace(each, state=state) for each, state in zip(RULE, states, strict=True)]


@pytest.mark.parametrize(
    ("states", "seconds", "missed", "next_ones"),
    [
        ((WAITING, WAITING, WAITING, WAITING), 29, False, ["push"]),
        ((WAITING, WAITING, WAITING, WAITING), 30, True, ["push"]),
        ((FAILED, WAITING, WAITING, WAITING), 1, True, ["push"]),
        ((ACCEPTED, WAITING, WAITING, WAITING), 60, False, ["push"]),
        ((ACCEPTED, WAITING, WAITING, WAITING), 149, False, ["voice", "sms"]),
        ((ACCEPTED, WAITING, WAITING, WAITING), 150, True, ["voice", "sms"]),
        ((WAITING, ACCEPTED, WAITING, WAITING), 200, False, ["voice", "sms"]),
        ((ACCEPTED, ACCEPTED, FAILED, WAITING), 241, False, []),
        ((ACCEPTED, ACCEPTED, FAILED, FAILED), 241, True, []),
        ((ACCEPTED, ACCEPTED, FAILED, ACCEPTED), 400, False, []),
    ],
)
def test_a_step_that_nobody_took_brings_the_next_one_forward(
    states: tuple[NoticeState, ...], seconds: float, missed: bool, next_ones: list[str]
) -> None:
    standing = with_states(*states)
    assert is_missed(standing, at(seconds)) is missed
    assert [each.method for each in ahead(standing, at(seconds))] == next_ones


def test_before_the_first_step_nothing_is_missed() -> None:
    later = [notice("slack", 60), notice("sms", 120)]
    assert not is_missed(later, at(0))
    assert look_at(later, at(0), has_spare=False) == at(90)


def test_quiet_hours_are_not_broken_into() -> None:
    standing = [notice("slack", 0), notice("sms", 7200, held=True)]
    assert is_missed(standing, at(30))
    assert ahead(standing, at(30)) == []
    assert look_at(standing, at(0), has_spare=False) is None


@pytest.mark.parametrize(
    ("states", "now", "has_spare", "expected"),
    [
        ((WAITING, WAITING, WAITING, WAITING), 0, False, 30),
        ((ACCEPTED, WAITING, WAITING, WAITING), 1, False, 150),
        ((ACCEPTED, ACCEPTED, WAITING, WAITING), 121, False, None),
        ((ACCEPTED, ACCEPTED, WAITING, WAITING), 121, True, None),
        ((WAITING, FAILED, WAITING, WAITING), 121, False, 150),
        ((WAITING, WAITING, WAITING, WAITING), 241, False, None),
        ((WAITING, WAITING, WAITING, WAITING), 241, True, 270),
    ],
)
def test_a_look_comes_when_it_would_change_something(
    states: tuple[NoticeState, ...], now: float, has_spare: bool, expected: float | None
) -> None:
    found = look_at(with_states(*states), at(now), has_spare=has_spare)
    assert found == (at(expected) if expected is not None else None)


def test_what_an_earlier_page_still_has_to_send_stands_for_the_later_one() -> None:
    earlier = [
        notice("slack", 0),  # never taken by Slack so far
        notice("push", 30, ACCEPTED),
        notice("sms", 400),
        notice("voice", 20, OFF),
    ]
    later = [notice("push", 420, page=2)]
    standing = line([*earlier, *later], page(2, 300))
    assert [(each.method, each.page, each.due_at) for each in standing] == [
        ("slack", 1, at(300)),
        ("sms", 1, at(400)),
        ("push", 2, at(420)),
    ]
    assert not is_missed(standing, at(329))
    assert is_missed(standing, at(330))
    assert [each.method for each in ahead(standing, at(330))] == ["sms"]


def test_a_way_refused_for_the_earlier_page_is_not_waited_for_again() -> None:
    standing = line([notice("slack", 0, FAILED), notice("push", 420, page=2)], page(2, 300))
    assert is_missed(standing, at(300))
    assert [each.method for each in ahead(standing, at(300))] == ["push"]


def test_slack_has_the_page_s_own_message_and_the_others_a_lane_each() -> None:
    by_slack, by_sms = send(RULE[0]), send(RULE[3])
    assert (by_slack.lane, by_slack.priority, by_slack.not_before) == ("page:1", Priority.PAGE, START)
    assert by_sms.lane == by_sms.key == f"notice:{RULE[3].id}"
    assert (by_sms.priority, by_sms.not_before) == (Priority.NOTICE, at(240))


states = st.sampled_from([WAITING, ACCEPTED, FAILED, OFF])
lines = st.lists(
    st.builds(
        lambda number, seconds, state, held: replace(
            notice("sms", seconds, state, held=held), id=NoticeId(number), method=f"way-{number}"
        ),
        st.integers(1, 9),
        st.integers(0, 900),
        states,
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


@given(lines, st.integers(0, 1200), st.booleans())
def test_a_look_is_always_ahead_and_never_needed_where_all_is_taken(
    found: list[Notice], now: int, has_spare: bool
) -> None:
    standing = line(found, page(1))
    look = look_at(standing, at(now), has_spare=has_spare)
    assert look is None or look > at(now)
    # Somebody waits who could come sooner, and what began last is not yet lost: it is looked at in time.
    waiting = ahead(standing, at(now))
    begun = [each for each in standing if each.due_at <= at(now)]
    newest = [each for each in begun if each.due_at == max(one.due_at for one in begun)]
    is_taken = any(each.state is ACCEPTED for each in newest)
    if waiting and newest and not is_taken and not is_missed(standing, at(now)):
        assert look is not None
        assert look <= newest[0].due_at + PATIENCE
