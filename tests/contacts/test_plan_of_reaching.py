"""By which methods a page reaches a person, and when: rules, quiet hours, and both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.model import SLACK, SLACK_ONLY, Method, Quiet, Rule, Step, plan, quiet_until

MADRID = ZoneInfo("Europe/Madrid")
ZONES = ("Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
METHODS = [Method(SLACK, ""), Method("push", "ntfy://x/y"), Method("sms", "twilio://x/+15550101")]
NIGHT = Quiet(time(22), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rule(*steps: tuple[float, tuple[str, ...]], quiet: Quiet | None = None, zone: ZoneInfo = MADRID) -> Rule:
    return Rule(tuple(Step(timedelta(minutes=after), via) for after, via in steps), quiet, zone)


USUAL = rule((0, ("slack",)), (2, ("push", "sms")), (4, ("voice",)))
NOON = utc("2026-06-01T10:00")


def planned(of: Rule, at: datetime, *, heeds_quiet: bool = True) -> list[tuple[str, float, bool]]:
    """Name, minutes after the page, and whether quiet hours put it off."""
    found = plan(of, METHODS, heeds_quiet=heeds_quiet, now=at)
    return [(each.method.name, (each.due_at - at).total_seconds() / 60, each.held) for each in found]


def test_each_method_comes_at_its_step_and_one_a_person_lacks_is_passed_over() -> None:
    assert planned(USUAL, NOON) == [("slack", 0, False), ("push", 2, False), ("sms", 2, False)]


def test_slack_is_always_among_them_and_at_once_unless_the_rule_says_otherwise() -> None:
    assert planned(rule((3, ("sms",))), NOON) == [("slack", 0, False), ("sms", 3, False)]
    assert planned(rule((0, ("sms",)), (5, ("slack",))), NOON) == [("sms", 0, False), ("slack", 5, False)]
    assert planned(rule((0, ("voice",))), NOON) == [("slack", 0, False)]


def test_a_method_that_is_named_twice_is_used_once_at_its_first_step() -> None:
    assert planned(rule((1, ("sms",)), (9, ("sms", "slack"))), NOON) == [
        ("sms", 1, False),
        ("slack", 9, False),
    ]


def test_quiet_hours_hold_back_everything_but_slack_until_they_end() -> None:
    quiet = rule((0, ("slack", "sms")), (2, ("push",)), quiet=NIGHT)
    at_one = utc("2026-05-31T23:00")
    assert planned(quiet, at_one) == [("slack", 0, False), ("sms", 360, True), ("push", 360, True)]
    assert planned(quiet, at_one, heeds_quiet=False) == [
        ("slack", 0, False),
        ("sms", 0, False),
        ("push", 2, False),
    ]


def test_a_step_that_falls_due_when_quiet_hours_have_begun_waits_for_their_end() -> None:
    quiet = rule((0, ("slack", "sms")), (2, ("push",)), quiet=NIGHT)
    assert planned(quiet, utc("2026-06-01T19:59")) == [
        ("slack", 0, False),
        ("sms", 0, False),
        ("push", 9 * 60 + 2 - 1, True),
    ]


@pytest.mark.parametrize(
    ("quiet", "zone", "at", "until"),
    [
        # Half-open: at the end one may be disturbed, at the start not.
        (NIGHT, "Europe/Madrid", "2026-06-01T05:00", "2026-06-01T05:00"),
        (NIGHT, "Europe/Madrid", "2026-06-01T04:59:59", "2026-06-01T05:00"),
        (NIGHT, "Europe/Madrid", "2026-06-01T20:00", "2026-06-02T05:00"),
        (NIGHT, "Europe/Madrid", "2026-06-01T19:59:59", "2026-06-01T19:59:59"),
        (Quiet(time(13), time(15)), "Asia/Kolkata", "2026-06-01T08:00", "2026-06-01T09:30"),
        # Clocks go forward at 02:00 on 29 March: the night is an hour shorter.
        (NIGHT, "Europe/Madrid", "2026-03-28T21:30", "2026-03-29T05:00"),
        # The end is skipped: the first instant after the gap. The start is skipped: likewise.
        (Quiet(time(22), time(2, 30)), "Europe/Madrid", "2026-03-29T00:30", "2026-03-29T01:00"),
        (Quiet(time(2, 30), time(7)), "Europe/Madrid", "2026-03-29T01:00", "2026-03-29T05:00"),
        (Quiet(time(2, 15), time(2, 45)), "Europe/Madrid", "2026-03-29T01:00", "2026-03-29T01:00"),
        # Clocks go back at 03:00 on 25 October. The end comes twice: the last. The start: the first.
        (Quiet(time(22), time(2, 30)), "Europe/Madrid", "2026-10-25T00:45", "2026-10-25T01:30"),
        (Quiet(time(2, 30), time(7)), "Europe/Madrid", "2026-10-25T00:30", "2026-10-25T06:00"),
        (Quiet(time(2, 30), time(7)), "Europe/Madrid", "2026-10-25T00:29", "2026-10-25T00:29"),
        # All day but for a quarter of an hour, which the repeated hour covers: it goes on to the next day.
        (Quiet(time(2, 30), time(2, 15)), "Europe/Madrid", "2026-10-24T12:00", "2026-10-26T01:15"),
        # Half an hour is repeated on Lord Howe Island.
        (Quiet(time(22), time(1, 45)), "Australia/Lord_Howe", "2026-04-04T14:40", "2026-04-04T15:15"),
        # A time of day without clock changes, at a midnight.
        (Quiet(time(0), time(6)), "UTC", "2026-06-01T00:00", "2026-06-01T06:00"),
        (Quiet(time(18), time(0)), "UTC", "2026-06-01T23:59", "2026-06-02T00:00"),
    ],
)
def test_quiet_hours_end_on_the_wall_clock(quiet: Quiet, zone: str, at: str, until: str) -> None:
    assert quiet_until(quiet, ZoneInfo(zone), utc(at)) == utc(until)


def test_hours_that_would_never_end_are_refused() -> None:
    with pytest.raises(ValueError, match="never end"):
        Quiet(time(7), time(7))


times_of_day = st.times().map(lambda each: each.replace(second=0, microsecond=0))
hours = st.tuples(times_of_day, times_of_day).filter(lambda pair: pair[0] != pair[1]).map(lambda p: Quiet(*p))
TWO_YEARS_S = 2 * 365 * 86_400
instants = st.integers(0, TWO_YEARS_S).map(lambda s: utc("2026-01-01T00:00") + timedelta(seconds=s))
vias = st.lists(st.sampled_from(["slack", "push", "sms", "voice"]), min_size=1, max_size=3, unique=True)
steps = st.lists(st.tuples(st.integers(0, 600), vias.map(tuple)), min_size=1, max_size=4)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@given(hours, zones, instants)
def test_nobody_is_disturbed_before_quiet_hours_end_nor_kept_waiting_after(
    quiet: Quiet, zone: ZoneInfo, at: datetime
) -> None:
    until = quiet_until(quiet, zone, at)
    assert at <= until <= at + timedelta(hours=50)
    assert quiet_until(quiet, zone, until) == until
    if until > at:
        shown = until.astimezone(zone).time()
        is_the_end = shown.replace(second=0) == quiet.end
        is_after_a_gap = (
            until.astimezone(zone).utcoffset() != (until - timedelta(hours=1)).astimezone(zone).utcoffset()
        )
        assert is_the_end or is_after_a_gap
        assert quiet_until(quiet, zone, until - timedelta(seconds=1)) == until


@given(steps, st.none() | hours, zones, instants, st.booleans())
def test_every_plan_has_slack_and_each_method_once_in_time_and_in_order(
    written: list[tuple[int, tuple[str, ...]]],
    quiet: Quiet | None,
    zone: ZoneInfo,
    now: datetime,
    heeds_quiet: bool,
) -> None:
    of = rule(*written, quiet=quiet, zone=zone)
    found = plan(of, METHODS, heeds_quiet=heeds_quiet, now=now)
    names = [each.method.name for each in found]
    assert SLACK in names
    assert len(set(names)) == len(names)
    assert set(names) == {SLACK, *(set(of.named) & {"push", "sms"})}
    assert [each.due_at for each in found] == sorted(each.due_at for each in found)
    for each in found:
        firsts = [step.after for step in of.steps if each.method.name in step.via]
        wanted = now + min(firsts, default=timedelta())
        if each.held:
            assert heeds_quiet
            assert each.method.name != SLACK
            assert each.due_at > wanted
        else:
            assert each.due_at == wanted


@given(steps, st.none() | hours, zones)
def test_a_rule_is_the_same_after_it_was_kept(
    written: list[tuple[int, tuple[str, ...]]], quiet: Quiet | None, zone: ZoneInfo
) -> None:
    of = rule(*written, quiet=quiet, zone=zone)
    assert Rule.from_json(of.as_json()) == of


def test_an_address_is_not_shown_by_accident() -> None:
    assert "ntfy" not in repr(METHODS)
    assert SLACK_ONLY[0].via == (SLACK,)
