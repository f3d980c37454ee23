"""What people read of a silence."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model import UserId
from bot.silences import cards
from bot.silences.model import Held, Opening, Silence, SilenceId

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ANA, BO = UserId("U01ANA"), UserId("U02BO")
SILENCE = Silence(SilenceId(7), ("checkout",), AT, AT + 2 * HOUR, ANA, "Upgrading <it>")


def held(number: int, *, until: datetime | None = None) -> Held:
    return Held(f"probe-{number:02}", "fail", "x" * 500, AT + number * MINUTE, until)


def test_while_it_lasts_it_says_until_when_and_can_be_ended() -> None:
    shown = cards.told(SILENCE, None, AT + HOUR)
    assert shown.text.startswith(":no_bell: *checkout* is silenced until <!date^")
    assert shown.text.endswith("> · Upgrading &lt;it&gt; · <@U01ANA>")
    assert [each["action_id"] for each in shown.blocks[1]["elements"]] == [cards.END, cards.MORE]


def test_once_it_is_over_it_has_no_buttons_and_tells_who_ended_it() -> None:
    over = replace(SILENCE, ended_by=BO, ended_at=AT + HOUR)
    shown = cards.told(over, None, AT + HOUR)
    assert "*checkout* is heard again." in shown.text
    assert "ended by <@U02BO>" in shown.text
    assert "actions" not in {each["type"] for each in shown.blocks}


def test_what_another_silence_keeps_quiet_is_not_said_to_be_heard() -> None:
    over = replace(SILENCE, ended_by=BO, ended_at=AT + HOUR)
    other = Silence(SilenceId(8), ("all",), AT, AT + 5 * HOUR, BO)
    for text in (cards.told(over, other, AT + HOUR).text, cards.ended(over, other, AT + HOUR).text):
        assert "heard again" not in text
        assert "told now" not in text
        assert "another keeps quiet until" in text
        assert "/ops silence end 8" in text


def test_of_much_that_was_kept_back_what_still_fails_comes_first_and_none_is_cut() -> None:
    many = [
        *(held(number, until=AT + HOUR) for number in range(10)),
        *(held(number) for number in range(10, 15)),
    ]
    shown = cards.told(replace(SILENCE, held=tuple(many)), None, AT + HOUR)
    _, title, *lists = (each["text"]["text"] for each in shown.blocks if each["type"] == "section")
    lines = "\n".join(lists).splitlines()
    assert title == "*Kept back so far*"
    assert [line.split("*")[1] for line in lines[:6]] == [
        f"probe-{number}" for number in (*range(10, 15), "00")
    ]
    assert len(lines) == 10
    small = [text["text"] for each in shown.blocks if each["type"] == "context" for text in each["elements"]]
    assert small[0] == "… and 5 more: /ops checks"
    assert all(len(each) < 3000 for each in lists)


def test_a_hundred_names_are_a_few_and_a_number() -> None:
    many = replace(SILENCE, names=tuple(f"service-{number}" for number in range(100)))
    shown = cards.told(many, None, AT)
    assert "*service-5* and 94 more are silenced" in shown.text
    assert len(json.dumps(shown.blocks)) < 3000


def test_the_times_of_a_window_stand_in_one_line() -> None:
    daily = [
        Opening("nightly", (), AT + timedelta(days=day), AT + timedelta(days=day, minutes=90))
        for day in range(7)
    ]
    [line] = cards.opening_lines(daily)
    assert line.count("<!date^") == 3
    assert line.endswith(" and 4 times more, 90 min: maintenance window *nightly*, silences nothing")
