"""The calendar of a watch: what is in it, that it stays itself, and that calendars can read it."""

# ruff: noqa: DTZ001  Wall-clock times carry no zone.

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.links import Links
from bot.oncall.feed import AHEAD, BACK, Duty, calendar, duties, feed_url, is_feed
from bot.oncall.model import Every, Hours, Override, Rotation, Schedule, who

NOW = datetime(2026, 11, 20, 21, 14, 3, 77, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
WEEKLY = Rotation((("ana",), ("bo",), ("chen", "dee")), Every(1, "weeks"), datetime(2026, 1, 5, 9))
PRIMARY = Schedule("primary", NEW_YORK, (WEEKLY,))


def cover(start: datetime, hours: float, by: str, **more: datetime) -> Override:
    return Override(start, start + timedelta(hours=hours), (by,), None, more.pop("made_at", NOW), **more)


def events(document: bytes) -> list[dict[str, str]]:
    """Each event as the text that stands in the file."""
    parsed = Calendar.from_ical(document)
    assert isinstance(parsed, Calendar)
    return [
        {
            key: value.to_ical().decode() if hasattr(value, "to_ical") else str(value)
            for key, value in each.items()
        }
        for each in parsed.walk("VEVENT")
    ]


def made(covers: list[Override] | None = None, now: datetime = NOW) -> bytes:
    return calendar("On call: primary", duties(PRIMARY, covers or [], now), now)


def test_it_is_a_calendar_as_google_and_outlook_want_it() -> None:
    text = made([cover(NOW, 3, "eli"), cover(NOW + timedelta(days=9), 3, "a very; long, name" * 9)])

    assert text.endswith(b"END:VCALENDAR\r\n")
    lines = text.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert max(map(len, lines)) <= 75
    for needed in (
        b"VERSION:2.0",
        b"METHOD:PUBLISH",
        b"CALSCALE:GREGORIAN",
        b"X-WR-CALNAME:On call: primary",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
    ):
        assert needed in lines
    assert any(line.startswith(b"PRODID:") for line in lines)
    for event in events(text):
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "LAST-MODIFIED"} <= event.keys()
        for key in ("DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"):
            assert event[key].endswith("Z"), "UTC instants need no zone table"
            assert "TZID" not in event[key]
        assert event["TRANSP"] == "TRANSPARENT"


def test_uids_are_unlike_each_other_and_the_same_tomorrow() -> None:
    today, tomorrow = events(made()), events(made(now=NOW + timedelta(days=1)))
    ids = [event["UID"] for event in today]
    assert len(set(ids)) == len(ids)
    assert set(ids[1:]) <= {event["UID"] for event in tomorrow}


def test_an_unchanged_watch_is_the_same_to_the_byte_all_day() -> None:
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    assert len({made(now=midnight + timedelta(minutes=each)) for each in range(0, 1440, 97)}) == 1


def test_it_reaches_a_month_back_and_half_a_year_ahead() -> None:
    found = duties(PRIMARY, [], NOW)
    assert found[0].start <= NOW - BACK < found[0].end
    assert found[-1].start <= NOW + AHEAD < found[-1].end + timedelta(days=1)
    assert found[0].start == datetime(2026, 10, 19, 13, tzinfo=UTC), "a shift begins where it begins"


def test_both_clock_changes_are_in_the_instants() -> None:
    starts = [duty.start for duty in duties(PRIMARY, [], NOW)]
    assert datetime(2026, 10, 26, 13, tzinfo=UTC) in starts, "nine o'clock in summer"
    assert datetime(2026, 11, 2, 14, tzinfo=UTC) in starts, "nine o'clock in winter"
    assert datetime(2027, 3, 15, 13, tzinfo=UTC) in starts


def test_a_cover_moves_the_end_of_the_event_it_cuts_and_raises_its_sequence() -> None:
    before = {event["UID"]: event for event in events(made())}
    after = {event["UID"]: event for event in events(made([cover(NOW, 3, "eli")]))}

    (cut,) = [each for uid, each in after.items() if uid in before and each["DTEND"] != before[uid]["DTEND"]]
    assert cut["DTEND"] == "20261120T211403Z"
    assert int(cut["SEQUENCE"]) > int(before[cut["UID"]]["SEQUENCE"])
    assert cut["LAST-MODIFIED"] == cut["DTSTAMP"] == "20261120T211403Z"
    (covered,) = [each for each in after.values() if "eli" in each["SUMMARY"]]
    assert covered["DESCRIPTION"] == "On call for primary: eli. A cover\\; planned was ana."
    unmoved = [each for uid, each in after.items() if uid in before and each is not cut]
    assert all(each == before[each["UID"]] for each in unmoved)


def test_taking_a_cover_back_raises_the_sequence_again_and_never_lowers_it() -> None:
    entered = cover(NOW, 3, "eli")
    back = Override(entered.start, entered.end, ("eli",), None, NOW, NOW + timedelta(minutes=5))
    sequences = []
    for covers in ([], [entered], [back]):
        (event,) = [each for each in events(made(covers)) if each["DTSTART"] == "20261116T140000Z"]
        sequences.append(int(event["SEQUENCE"]))
    assert sequences == sorted(set(sequences))


def test_people_on_together_are_one_event_with_both_names() -> None:
    (first, *_) = [each for each in events(made()) if "chen" in each["SUMMARY"]]
    assert first["SUMMARY"] == "primary: chen\\, dee"


def test_ones_own_calendar_names_the_schedule() -> None:
    own = [duty for duty in duties(PRIMARY, [], NOW) if "ana" in duty.people]
    found = events(calendar("On call: ana", own, NOW, person="ana"))
    assert {event["SUMMARY"] for event in found} == {"On call: primary"}


def test_nobody_has_no_event_and_an_empty_calendar_is_one() -> None:
    later = Schedule("later", NEW_YORK, (Rotation((("ana",),), Every(1, "weeks"), datetime(2199, 1, 7, 9)),))
    assert duties(later, [], NOW) == []
    assert calendar("On call: later", [], NOW).startswith(b"BEGIN:VCALENDAR\r\n")


def test_a_watch_that_never_changes_has_one_event() -> None:
    always = Schedule(
        "always", NEW_YORK, (Rotation((("ana",),), Every(1, "weeks"), datetime(2020, 1, 6, 9)),)
    )
    (duty,) = duties(always, [], NOW)
    assert duty.start <= NOW - BACK
    assert duty.end >= NOW + AHEAD


OFFICE = Hours(frozenset(range(5)), WEEKLY.starts.time(), WEEKLY.starts.time().replace(hour=17))


@settings(max_examples=60, deadline=None)
@given(
    at=st.datetimes(datetime(2026, 10, 22), datetime(2027, 5, 18)).map(lambda at: at.replace(tzinfo=UTC)),
    spans=st.lists(
        st.tuples(st.integers(0, 200 * 24), st.integers(1, 400), st.sampled_from(["ana", "eli"])), max_size=4
    ),
    hours=st.sampled_from([(), (OFFICE,)]),
)
def test_the_calendar_and_who_agree_at_every_instant(
    at: datetime, spans: list[tuple[int, int, str]], hours: tuple[Hours, ...]
) -> None:
    layer = Rotation(WEEKLY.rotate, WEEKLY.every, WEEKLY.starts, hours)
    schedule = Schedule("primary", NEW_YORK, (layer,))
    begin = datetime(2026, 10, 22, tzinfo=UTC)
    covers = [cover(begin + timedelta(hours=start), length, by) for start, length, by in spans]

    def on(found: list[Duty]) -> tuple[str, ...]:
        there = [duty.people for duty in found if duty.start <= at < duty.end]
        assert len(there) <= 1
        return there[0] if there else ()

    assert on(duties(schedule, covers, NOW)) == who(schedule, at, covers)


LINKS = Links("https://watchbill.example.com/", "k" * 32)


def test_addresses_cannot_be_guessed_from_each_other_and_stay() -> None:
    schedule, person = feed_url(LINKS, schedule="ana"), feed_url(LINKS, person="ana")
    assert schedule is not None
    assert schedule.startswith("https://watchbill.example.com/calendar/")
    assert schedule.endswith(".ics")
    assert schedule == feed_url(LINKS, schedule="ana")
    assert len({schedule, person, feed_url(Links(LINKS.public_url, "x" * 32), schedule="ana")}) == 3


@pytest.mark.parametrize("links", [Links(), Links("https://w"), Links(None, "k" * 32)])
def test_without_both_settings_there_is_no_address(links: Links) -> None:
    assert feed_url(links, schedule="primary") is None


def test_a_token_is_good_for_one_calendar() -> None:
    url = feed_url(LINKS, person="ana") or ""
    token = url.rpartition("/")[2].removesuffix(".ics")
    assert is_feed(LINKS, token, person="ana")
    assert not is_feed(LINKS, token, person="bo")
    assert not is_feed(LINKS, token, schedule="ana")
    assert not is_feed(Links(), token, person="ana")
