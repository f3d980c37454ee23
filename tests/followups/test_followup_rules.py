"""What a follow-up is, when it is late, who is told, and how it looks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.followups import cards
from bot.followups.model import (
    FollowUp,
    FollowUpId,
    Origin,
    come_due,
    done,
    must_be_ahead,
    opened,
    today,
    usual_day,
)
from bot.followups.model import given as handed
from bot.followups.model import moved as put_off
from bot.model import UserId
from handlers.followups import day
from simulator.blocks.check import check_message_blocks

ANA, BO = UserId("U01ANA"), UserId("U02BO")
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
# A Friday; in Tokyo it is Saturday already.
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
DUE = date(2026, 11, 27)
EXPORT = FollowUp(FollowUpId(7), "Fix the <export>", BO, DUE, BERLIN, ANA, NOW)


def mrkdwn(value: Any) -> str:
    """All that is to be read in blocks."""
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, (mrkdwn(each) for each in value)))
    if not isinstance(value, dict):
        return ""
    own = value["text"] if isinstance(value.get("text"), str) else ""
    return own + "".join(mrkdwn(each) for each in value.values())


def test_its_day_is_that_of_whoever_does_it() -> None:
    assert today(NOW, TOKYO) == date(2026, 11, 21)
    assert usual_day(NOW, TOKYO) == date(2026, 11, 28)
    assert EXPORT.tell_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    last_minute = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)
    assert EXPORT.days_late(last_minute) == 0
    assert EXPORT.days_late(last_minute + timedelta(minutes=1)) == 1
    assert replace(EXPORT, zone=TOKYO).days_late(last_minute) == 1


def test_whoever_is_given_something_by_somebody_else_is_told() -> None:
    assert opened(EXPORT).told == ("given:U02BO:1",)
    assert opened(replace(EXPORT, owner=ANA)).told == ()
    back = handed(handed(opened(EXPORT), ANA, TOKYO, BO), BO, BERLIN, ANA)
    assert back.told == ("given:U02BO:1", "given:U01ANA:2", "given:U02BO:3")
    assert handed(opened(EXPORT), ANA, TOKYO, ANA).told == ("given:U02BO:1",)
    with pytest.raises(UserError, match="FU-7 is <@U02BO>’s already"):
        handed(EXPORT, BO, BERLIN, ANA)


def test_the_day_is_told_once_and_not_before() -> None:
    assert come_due(EXPORT, EXPORT.tell_at - timedelta(seconds=1)) is None
    told = come_due(EXPORT, EXPORT.tell_at)
    assert told is not None
    assert told.told == ("due:U02BO:2026-11-27",)
    assert come_due(told, EXPORT.tell_at + timedelta(hours=1)) is None
    assert come_due(done(EXPORT, BO, NOW), EXPORT.tell_at) is None
    # Put off, it is told again on its new day.
    later = put_off(told, DUE + timedelta(days=3), EXPORT.tell_at)
    assert come_due(later, EXPORT.tell_at) is None
    again = come_due(later, later.tell_at)
    assert again is not None
    assert len(again.told) == 2


def test_what_is_done_stays_done_and_says_by_whom() -> None:
    over = done(EXPORT, BO, NOW)
    changes: tuple[Callable[[], FollowUp], ...] = (
        lambda: done(over, ANA, NOW),
        lambda: put_off(over, DUE, NOW),
        lambda: handed(over, ANA, TOKYO, ANA),
    )
    for change in changes:
        with pytest.raises(UserError, match="FU-7 was done already by <@U02BO>"):
            change()


def test_a_day_is_ahead_and_not_in_another_age() -> None:
    must_be_ahead(today(NOW, BERLIN), NOW, BERLIN)
    with pytest.raises(UserError, match=r"2026-11-19 is past\. Choose 2026-11-20 or a later day"):
        must_be_ahead(date(2026, 11, 19), NOW, BERLIN)
    with pytest.raises(UserError, match="Is the year right"):
        must_be_ahead(date(2062, 11, 19), NOW, BERLIN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", "2026-11-20"),
        ("Tomorrow", "2026-11-21"),
        ("friday", "2026-11-27"),
        ("sat", "2026-11-21"),
        ("Thurs.", "2026-11-26"),
        ("3d", "2026-11-23"),
        ("2 weeks", "2026-12-04"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_days_are_typed_as_people_say_them(typed: str, meant: str) -> None:
    assert day(typed, date(2026, 11, 20)) == date.fromisoformat(meant)


@pytest.mark.parametrize("typed", ["2026-02-30", "1.12.", "2h", "soon", "", "f"])
def test_what_is_no_day_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UserError, match="Try: 2026-12-01, friday"):
        day(typed, date(2026, 11, 20))


def test_a_message_tells_what_has_become_of_it() -> None:
    asked = cards.told(EXPORT, "due:U02BO:2026-11-27", EXPORT.tell_at)
    assert "is due today, Fri 27 Nov" in asked.text
    assert "Fix the &lt;export&gt;" in asked.text
    assert "Done" in mrkdwn(asked.blocks)
    late = cards.told(EXPORT, "due:U02BO:2026-11-27", EXPORT.tell_at + timedelta(days=2))
    assert "was due Fri 27 Nov, 2 days ago" in late.text
    assert "due Fri 27 Nov, *2 days late*" in cards.line(EXPORT, EXPORT.tell_at + timedelta(days=2))
    given_away = cards.told(replace(EXPORT, owner=ANA), "given:U02BO:1", NOW)
    assert given_away.text.endswith("is <@U01ANA>’s now.")
    over = cards.told(done(EXPORT, ANA, NOW), "given:U02BO:1", NOW)
    assert "done by <@U01ANA>" in over.text
    assert "Done" not in mrkdwn(over.blocks).replace("done by", "")


@given(st.text(min_size=1, max_size=200), st.integers(1, 120))
def test_slack_takes_every_list_and_message(title: str, count: int) -> None:
    found = [
        replace(EXPORT, id=FollowUpId(n), title=title, origin=Origin(run=3, title=title))
        for n in range(count)
    ]
    check_message_blocks(list(cards.overview(found, NOW).blocks))
    for key in ("given:U02BO:1", "due:U02BO:2026-11-27"):
        check_message_blocks(list(cards.told(found[0], key, NOW).blocks))
    check_message_blocks(list(cards.opened(found[0], ANA, NOW).blocks))
