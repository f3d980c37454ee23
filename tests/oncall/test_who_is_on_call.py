import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest

from bot.oncall.model import (
    Every,
    Hours,
    Override,
    Rotation,
    Schedule,
    Shift,
    Unit,
    shifts,
    until,
    who,
)
from bot.walltime import instant

CHICAGO = "America/Chicago"
ALL_DAYS = frozenset(range(7))
ANA_BO_CHEN = (("ana",), ("bo",), ("chen",))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def layer(
    starts: str,
    count: int,
    unit: Unit,
    people: tuple[tuple[str, ...], ...] = ANA_BO_CHEN,
    hours: tuple[Hours, ...] = (),
) -> Rotation:
    return Rotation(people, Every(count, unit), datetime.fromisoformat(starts), hours)


def schedule(zone: str, *layers: Rotation) -> Schedule:
    return Schedule("primary", ZoneInfo(zone), layers)


def window(start: str, end: str, days: frozenset[int] = ALL_DAYS) -> Hours:
    return Hours(days, clock_time.fromisoformat(start), clock_time.fromisoformat(end))


def cover(
    start: str,
    end: str,
    by: str,
    instead_of: str | None = None,
    *,
    made: str = "2025-12-01",
    removed: str | None = None,
) -> Override:
    return Override(
        utc(start), utc(end), (by,), instead_of, utc(made), utc(removed) if removed is not None else None
    )


# The wall clock


@pytest.mark.parametrize(
    ("local", "zone", "start", "end"),
    [
        ("2018-07-01 01:30", CHICAGO, "2018-07-01 06:30", "2018-07-01 06:30"),
        ("2018-11-04 01:30", CHICAGO, "2018-11-04 06:30", "2018-11-04 07:30"),
        ("2018-11-04 02:00", CHICAGO, "2018-11-04 08:00", "2018-11-04 08:00"),
        ("2018-03-11 02:30", CHICAGO, "2018-03-11 08:00", "2018-03-11 08:00"),
        ("2018-03-11 02:00", CHICAGO, "2018-03-11 08:00", "2018-03-11 08:00"),
        ("2018-03-11 02:59:59.999999", CHICAGO, "2018-03-11 08:00", "2018-03-11 08:00"),
        ("2018-03-11 03:00", CHICAGO, "2018-03-11 08:00", "2018-03-11 08:00"),
        # Lord Howe moves its clocks by half an hour, Apia once left out a whole day.
        ("2023-10-01 02:15", "Australia/Lord_Howe", "2023-09-30 15:30", "2023-09-30 15:30"),
        ("2023-04-02 01:45", "Australia/Lord_Howe", "2023-04-01 14:45", "2023-04-01 15:15"),
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 10:00", "2011-12-30 10:00"),
        # An offset of seconds: until 1937 Amsterdam was 19 min 32 s ahead.
        ("1930-01-01 12:00", "Europe/Amsterdam", "1930-01-01 11:40:28", "1930-01-01 11:40:28"),
        ("2026-01-01 00:00", "Asia/Kathmandu", "2025-12-31 18:15", "2025-12-31 18:15"),
    ],
)
def test_a_wall_clock_time_becomes_one_instant(local: str, zone: str, start: str, end: str) -> None:
    naive = datetime.fromisoformat(local)

    assert instant(naive, ZoneInfo(zone)) == utc(start)
    assert instant(naive, ZoneInfo(zone), end=True) == utc(end)


def test_a_time_with_a_zone_of_its_own_is_not_a_wall_clock_time() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant(utc("2026-01-01"), ZoneInfo(CHICAGO))


# Rotations


def test_daily_handoffs_keep_their_wall_clock_time_and_take_the_first_of_two() -> None:
    daily = schedule(CHICAGO, layer("2020-10-30 01:30", 1, "days"))

    turns = shifts(daily, utc("2020-10-30 06:30"), utc("2020-11-03"))

    assert [each.start for each in turns[1:]] == [
        utc("2020-10-31 06:30"),
        utc("2020-11-01 06:30"),
        utc("2020-11-02 07:30"),
    ]
    assert [each.people for each in turns] == [("ana",), ("bo",), ("chen",), ("ana",)]


@pytest.mark.parametrize(("starts", "hours"), [("2017-03-12 00:00", 2), ("2017-11-05 00:00", 4)])
def test_hours_follow_the_wall_clock_as_well(starts: str, hours: int) -> None:
    three_hours = schedule(CHICAGO, layer(starts, 3, "hours"))
    begin = instant(datetime.fromisoformat(starts), ZoneInfo(CHICAGO))

    assert until(three_hours, begin) == begin + timedelta(hours=hours)


def test_a_weekly_boundary_in_the_repeated_hour_is_one_instant() -> None:
    weekly = schedule("US/Central", layer("2016-10-30 01:30", 1, "weeks"))

    first, second = shifts(weekly, utc("2016-11-01"), utc("2016-11-08"))

    assert first.end == second.start == utc("2016-11-06 06:30")


def test_months_count_from_the_start_and_end_on_the_last_day() -> None:
    monthly = schedule("UTC", layer("2026-01-31 09:00", 1, "months"))

    turns = shifts(monthly, utc("2026-01-31 09:00"), utc("2026-05-01"))

    assert [f"{each.start:%m-%d %H:%M}" for each in turns] == [
        "01-31 09:00",
        "02-28 09:00",
        "03-31 09:00",
        "04-30 09:00",
    ]


def test_months_in_steps_of_several_pass_the_turn_of_the_year() -> None:
    quarterly = schedule("UTC", layer("2024-11-30 00:00", 3, "months"))

    assert until(quarterly, utc("2024-12-01")) == utc("2025-02-28")
    assert who(quarterly, utc("2025-02-27 23:59")) == ("ana",)
    assert who(quarterly, utc("2025-02-28 00:00")) == ("bo",)


def test_before_the_first_handoff_nobody_is_on() -> None:
    weekly = schedule("UTC", layer("2026-01-05 09:00", 1, "weeks"))

    assert who(weekly, utc("2026-01-05 08:59:59")) == ()
    assert who(weekly, utc("2026-01-05 09:00")) == ("ana",)
    assert until(weekly, utc("2025-12-25")) == utc("2026-01-05 09:00")


def test_shifts_of_no_length_vanish() -> None:
    # 02:00 and 02:30, wherever the hourly watch puts a handoff inside the gap, are both 08:00Z.
    hourly = schedule(CHICAGO, layer("2018-03-11 00:00", 1, "hours"))

    turns = shifts(hourly, utc("2018-03-11 06:00"), utc("2018-03-11 10:00"))

    assert [(f"{each.start:%H:%M}", each.people) for each in turns] == [
        ("06:00", ("ana",)),
        ("07:00", ("bo",)),
        ("08:00", ("ana",)),
        ("09:00", ("bo",)),
    ]


def test_several_people_can_be_on_together() -> None:
    pairs = schedule("UTC", layer("2026-01-05", 1, "days", (("ana", "bo"), ("chen",))))

    assert who(pairs, utc("2026-01-05 12:00")) == ("ana", "bo")
    assert who(pairs, utc("2026-01-06 12:00")) == ("chen",)


def test_a_schedule_without_layers_or_people_has_nobody_forever() -> None:
    for nobody in (schedule("UTC"), schedule("UTC", layer("2026-01-01", 1, "days", ()))):
        assert who(nobody, utc("2026-06-01")) == ()
        assert until(nobody, utc("2026-06-01")) is None
        assert shifts(nobody, utc("2026-06-01"), utc("2026-06-02")) == [
            Shift(utc("2026-06-01"), utc("2026-06-02"), ())
        ]


def test_a_single_person_never_hands_off() -> None:
    alone = schedule("UTC", layer("2026-01-01", 1, "days", (("ana",),)))

    assert until(alone, utc("2026-01-02")) is None
    assert len(shifts(alone, utc("2026-01-02"), utc("2026-03-02"))) == 1


def test_an_empty_span_has_no_shifts() -> None:
    weekly = schedule("UTC", layer("2026-01-05", 1, "weeks"))

    assert shifts(weekly, utc("2026-02-01"), utc("2026-02-01")) == []
    assert shifts(weekly, utc("2026-02-01"), utc("2026-01-01")) == []


def test_the_answer_is_the_same_whatever_zone_the_question_is_asked_in() -> None:
    weekly = schedule(CHICAGO, layer("2026-01-05 09:00", 1, "weeks"))
    at = utc("2026-02-02 15:00")
    there = at.astimezone(ZoneInfo("Asia/Tokyo"))

    assert who(weekly, there) == who(weekly, at)
    assert until(weekly, there) == until(weekly, at)
    assert shifts(weekly, there, there + timedelta(days=9)) == shifts(weekly, at, at + timedelta(days=9))


def test_a_rotation_begun_long_ago_is_answered_as_fast_as_a_new_one() -> None:
    old = schedule(CHICAGO, layer("1970-01-01", 1, "hours"))
    began = time.process_time()

    for hour in range(200):
        who(old, utc("2026-06-01") + timedelta(hours=hour))

    # Half a million handoffs have passed: counting them would take minutes.
    assert time.process_time() - began < 1.0


# Hours and layers


@pytest.mark.parametrize(
    ("start", "end", "on_from", "on_until"),
    [
        ("01:30", "05:00", "2018-11-04 06:30", "2018-11-04 11:00"),
        ("00:30", "01:30", "2018-11-04 05:30", "2018-11-04 07:30"),
    ],
)
def test_a_window_holds_all_of_the_repeated_hour(start: str, end: str, on_from: str, on_until: str) -> None:
    night = schedule(CHICAGO, layer("2018-01-01", 1, "weeks", (("ana",),), (window(start, end),)))
    sunday = shifts(night, utc("2018-11-04 05:00"), utc("2018-11-05 05:00"))

    assert [each for each in sunday if each.people] == [Shift(utc(on_from), utc(on_until), ("ana",))]


def test_a_window_inside_a_gap_vanishes() -> None:
    short = schedule(CHICAGO, layer("2018-01-01", 1, "weeks", (("ana",),), (window("02:10", "02:50"),)))

    assert [each.people for each in shifts(short, utc("2018-03-11 06:00"), utc("2018-03-12 05:00"))] == [()]


def test_a_window_past_midnight_belongs_to_the_day_it_began() -> None:
    friday = window("18:00", "09:00", frozenset({4}))
    nights = schedule("UTC", layer("2026-01-01", 1, "weeks", (("ana",),), (friday,)))

    # 2026-01-09 is a Friday.
    assert who(nights, utc("2026-01-09 08:59")) == ()
    assert who(nights, utc("2026-01-09 18:00")) == ("ana",)
    assert who(nights, utc("2026-01-10 08:59")) == ("ana",)
    assert who(nights, utc("2026-01-10 09:00")) == ()


def test_a_window_that_ends_when_it_begins_lasts_a_day() -> None:
    saturday = window("00:00", "00:00", frozenset({5}))
    weekend = schedule("UTC", layer("2026-01-01", 1, "weeks", (("ana",),), (saturday,)))

    on = [each for each in shifts(weekend, utc("2026-01-05"), utc("2026-01-12")) if each.people]

    assert on == [Shift(utc("2026-01-10"), utc("2026-01-11"), ("ana",))]


def test_a_clock_set_back_over_midnight_does_not_end_the_new_days_window() -> None:
    # In St John's clocks went from 00:01 back to 23:01 the day before.
    sunday = window("00:00", "12:00", frozenset({6}))
    st_johns = schedule("America/St_Johns", layer("2010-01-01", 1, "weeks", (("ana",),), (sunday,)))

    on = [each for each in shifts(st_johns, utc("2010-11-06"), utc("2010-11-09")) if each.people]

    assert on == [Shift(utc("2010-11-07 02:30"), utc("2010-11-07 15:30"), ("ana",))]


def test_the_later_layer_wins_where_both_are_on() -> None:
    base = layer("2026-01-01", 1, "weeks", (("ana",),))
    day = layer("2026-01-01", 1, "weeks", (("dee",),), (window("10:00", "18:00"),))

    assert [
        each.people for each in shifts(schedule("UTC", base, day), utc("2026-02-02"), utc("2026-02-03"))
    ] == [
        ("ana",),
        ("dee",),
        ("ana",),
    ]
    assert who(schedule("UTC", day, base), utc("2026-02-02 12:00")) == ("ana",)


# Covers

ALWAYS_ANA = schedule("UTC", layer("2026-01-01", 1, "weeks", (("ana",),)))
ANA_AND_BO = schedule("UTC", layer("2026-01-01", 1, "weeks", (("ana", "bo"),)))
NOON = utc("2026-02-02 12:00")


def test_a_cover_stands_in_for_its_time_only() -> None:
    bo = cover("2026-02-02 08:30", "2026-02-02 08:45", "bo", "ana")

    assert shifts(ALWAYS_ANA, utc("2026-02-02 08:00"), utc("2026-02-02 10:00"), [bo]) == [
        Shift(utc("2026-02-02 08:00"), utc("2026-02-02 08:30"), ("ana",)),
        Shift(utc("2026-02-02 08:30"), utc("2026-02-02 08:45"), ("bo",)),
        Shift(utc("2026-02-02 08:45"), utc("2026-02-02 10:00"), ("ana",)),
    ]


@pytest.mark.parametrize(
    ("on", "covers", "expected"),
    [
        pytest.param(ALWAYS_ANA, [("chen", "bo")], ("ana",), id="of someone not on call"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("chen", "ana")], ("chen",), id="the newest wins"),
        pytest.param(ALWAYS_ANA, [("bo", None), ("chen", None)], ("chen",), id="the newest for everybody"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("dee", "bo")], ("dee",), id="a cover can be covered"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("ana", "bo")], ("ana",), id="and handed back"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("dee", "bo"), ("eli", "ana")], ("eli",), id="or replaced"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("dee", "chen")], ("bo",), id="a stranger is a stranger"),
        pytest.param(ANA_AND_BO, [("chen", "bo")], ("ana", "chen"), id="one of two"),
        pytest.param(ANA_AND_BO, [("bo", "ana")], ("bo",), id="nobody is on twice"),
        pytest.param(ALWAYS_ANA, [("bo", "ana"), ("chen", "ana"), ("dee", "bo")], ("chen",), id="bo is free"),
        pytest.param(
            ANA_AND_BO,
            [("bo", "ana"), ("dee", "ana"), ("chen", "bo")],
            ("dee", "chen"),
            id="not of who came in",
        ),
        pytest.param(ANA_AND_BO, [("chen", None)], ("chen",), id="for everybody"),
        pytest.param(
            ANA_AND_BO,
            [("chen", None), ("dee", "ana")],
            ("dee", "chen"),
            id="of one, after one for everybody",
        ),
        pytest.param(
            ANA_AND_BO, [("chen", None), ("dee", "chen")], ("dee",), id="of whoever is on for everybody"
        ),
        pytest.param(ANA_AND_BO, [("chen", None), ("ana", "ana")], ("ana", "chen"), id="back, one of two"),
        pytest.param(schedule("UTC"), [("chen", None)], ("chen",), id="for everybody, where nobody was"),
        pytest.param(schedule("UTC"), [("chen", "ana")], (), id="for a person, where nobody was"),
    ],
)
def test_of_covers_at_the_same_time(
    on: Schedule, covers: list[tuple[str, str | None]], expected: tuple[str, ...]
) -> None:
    made = [
        cover("2026-02-02", "2026-02-03", by, instead_of, made=f"2025-12-0{n + 1}")
        for n, (by, instead_of) in enumerate(covers)
    ]

    assert who(on, NOON, made) == expected
    assert who(on, NOON, made[::-1]) == expected, "the order in which they are given does not matter"


def test_whoever_is_written_down_twice_in_a_group_is_one_person() -> None:
    twice = schedule("UTC", layer("2026-01-01", 1, "weeks", (("ana", "ana"), ("bo",))))
    [first, *_] = shifts(twice, utc("2026-01-01"), utc("2026-02-01"))
    assert who(twice, utc("2026-01-01")) == first.people == ("ana",)


def test_a_layer_that_begins_in_years_ends_the_time_without_anybody() -> None:
    later = schedule("UTC", layer("2040-01-05 09:00", 1, "weeks", (("ana",), ("bo",))))
    slow = schedule("UTC", layer("2026-01-05 09:00", 40, "months", (("ana",), ("bo",))))
    assert until(later, utc("2026-01-01")) == utc("2040-01-05 09:00")
    assert until(slow, utc("2026-02-01")) == utc("2029-05-05 09:00")


def test_the_slowest_rotation_there_can_be_does_not_run_into_the_end_of_the_calendar() -> None:
    slowest = schedule("UTC", layer("2200-01-05 09:00", 1000, "months", (("ana",), ("bo",))))
    assert until(slowest, utc("2201-01-01")) is None
    assert who(slowest, utc("2999-12-31")) == ("bo",)
    assert len(shifts(slowest, utc("2000-01-01"), utc("3000-01-01"))) == 11


def test_several_people_can_stand_in_and_one_of_them_be_covered() -> None:
    together = Override(utc("2026-02-02"), utc("2026-02-03"), ("bo", "dee"), "ana", utc("2025-12-01"))

    assert who(ALWAYS_ANA, NOON, [together]) == ("bo", "dee")
    eli = cover("2026-02-02", "2026-02-03", "eli", "bo", made="2025-12-02")
    assert who(ALWAYS_ANA, NOON, [together, eli]) == ("eli", "dee")


def test_what_was_believed_then_is_still_known() -> None:
    bo = cover("2026-02-02", "2026-02-03", "bo", "ana", made="2026-01-20", removed="2026-01-25")

    assert who(ALWAYS_ANA, NOON, [bo], as_known_at=utc("2026-01-19")) == ("ana",)
    assert who(ALWAYS_ANA, NOON, [bo], as_known_at=utc("2026-01-20")) == ("bo",)
    assert who(ALWAYS_ANA, NOON, [bo], as_known_at=utc("2026-01-25")) == ("ana",)
    assert who(ALWAYS_ANA, NOON, [bo]) == ("ana",)


def test_a_cover_taken_back_halfway_was_in_force_until_then() -> None:
    bo = cover("2026-02-02 08:00", "2026-02-02 16:00", "bo", "ana", removed="2026-02-02 10:00")

    assert [each.people for each in shifts(ALWAYS_ANA, utc("2026-02-02"), utc("2026-02-03"), [bo])] == [
        ("ana",),
        ("bo",),
        ("ana",),
    ]
    assert who(ALWAYS_ANA, utc("2026-02-02 09:59"), [bo]) == ("bo",)
    assert who(ALWAYS_ANA, utc("2026-02-02 10:00"), [bo]) == ("ana",)


def test_a_cover_entered_afterwards_and_taken_back_leaves_no_trace_before_it_was_made() -> None:
    mistake = cover(
        "2026-02-02 08:00",
        "2026-02-02 16:00",
        "bo",
        "ana",
        made="2026-02-02 14:00",
        removed="2026-02-02 14:05",
    )

    assert who(ALWAYS_ANA, utc("2026-02-02 09:00"), [mistake]) == ("ana",)
    assert who(ALWAYS_ANA, utc("2026-02-02 14:03"), [mistake]) == ("bo",)
