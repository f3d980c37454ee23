"""Who is on call, as it reads: whole lines, however many schedules there are."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.home.cards import home_tab
from bot.oncall import cards
from bot.oncall.cover import Watch
from bot.oncall.model import Shift
from bot.slack.blocks import Block
from simulator.blocks import check_message_blocks, check_view
from tests.reading import lines

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def shown(name: str) -> str:
    return f"<@U0000{name.upper()}>"


def schedules(count: int) -> list[Watch]:
    return [
        Watch(f"schedule-{number:03}", ("ana",), NINE + timedelta(hours=number), ("bo",))
        for number in range(count)
    ]


def told(blocks: tuple[Block, ...] | list[Block]) -> list[str]:
    """The lines about schedules, and what is said of those that are left out."""
    texts = [
        block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        for block in blocks
        if block["type"] in ("section", "context")
    ]
    return [line for text in texts for line in text.splitlines() if "schedule-" in line or "more" in line]


def test_the_line_says_who_is_on_until_when_and_who_is_next() -> None:
    [line] = lines(cards.on_now([Watch("primary", ("ana",), NINE, ("bo", "chen"))], lambda name: f"@{name}"))
    assert line == "*primary*: @ana, until 11-20 09:00, then @bo, @chen"


@pytest.mark.parametrize(("until", "then"), [(NINE, ""), (None, "")])
def test_nobody_is_next_is_said_only_where_something_changes(until: datetime | None, then: str) -> None:
    [line] = lines(cards.on_now([Watch("primary", ("ana",), until)], lambda name: f"@{name}"))
    assert line == "*primary*: @ana" + (", until 11-20 09:00, then *nobody*" if until else "")


@pytest.mark.parametrize("count", [1, 20, 40])
def test_every_schedule_has_its_whole_line(count: int) -> None:
    answer = cards.on_now(schedules(count), shown)
    check_message_blocks([dict(each) for each in answer.blocks])
    found = told(answer.blocks)
    assert len(found) == count
    assert all(line.endswith(", then <@U0000BO>") for line in found)


def test_what_a_message_cannot_hold_is_counted() -> None:
    answer = cards.on_now(schedules(300), shown)
    check_message_blocks([dict(each) for each in answer.blocks])
    *rows, more = told(answer.blocks)
    assert all(line.endswith(", then <@U0000BO>") for line in rows)
    assert len(rows) > 40
    assert more == f"… and {300 - len(rows)} more: /oncall schedule NAME shows one."


@pytest.mark.parametrize("count", [20, 40, 300])
def test_the_home_tab_shows_them_likewise(count: int) -> None:
    tab = home_tab([], [], cards.lines(schedules(count), shown))
    check_view(dict(tab), "home")
    assert told(tab["blocks"][3:]) == told(cards.on_now(schedules(count), shown).blocks)


def test_an_instant_and_a_calendar_keep_whole_lines_as_well() -> None:
    people = tuple(f"person{number:02}" for number in range(12))
    answer = cards.at_instant(
        NINE, [(f"schedule-{n:03}", people, ("ana",), people) for n in range(30)], shown
    )
    check_message_blocks([dict(each) for each in answer.blocks])
    assert all(line.endswith(")") or "more" in line for line in told(answer.blocks))

    week = [Shift(NINE + timedelta(days=n), NINE + timedelta(days=n + 1), people) for n in range(60)]
    calendar = cards.calendar("primary", week, shown)
    check_message_blocks([dict(each) for each in calendar.blocks])
    *rows, more = [line for block in calendar.blocks[1:] for line in _text(block).splitlines()]
    assert all(line.endswith("<@U0000PERSON11>") for line in rows)
    assert more == f"… and {60 - len(rows)} more; ask for fewer weeks."


def _text(block: Block) -> str:
    return str(block["text"]["text"] if "text" in block else block["elements"][0]["text"])
