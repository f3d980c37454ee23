"""Whatever the schedule: the answers agree, and agree with a slow calculator that only counts."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.oncall.model import Every, Hours, Override, Rotation, Schedule, shifts, until, who
from bot.walltime import instant, wall

ZONES = (
    "UTC",
    "America/Chicago",
    "America/St_Johns",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Antarctica/Troll",
)
PEOPLE = ("ana", "bo", "chen", "dee")
SPAN = timedelta(days=5)
SECOND = timedelta(seconds=1)

# Moments around which clocks were moved in these zones, and some at which nothing happened.
MOMENTS = (
    datetime(1972, 1, 7, tzinfo=UTC),  # Monrovia, by 44 min 30 s
    datetime(2010, 11, 7, tzinfo=UTC),
    datetime(2011, 12, 30, tzinfo=UTC),  # Apia, by a day
    datetime(2018, 3, 11, tzinfo=UTC),
    datetime(2018, 11, 4, tzinfo=UTC),
    datetime(2023, 3, 26, tzinfo=UTC),
    datetime(2023, 4, 1, tzinfo=UTC),
    datetime(2023, 10, 1, tzinfo=UTC),
    datetime(2026, 1, 15, tzinfo=UTC),
)

groups = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2).map(tuple)
times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 45)))
hours = st.builds(Hours, st.frozensets(st.integers(0, 6), max_size=7), times, times)
every = st.one_of(
    st.builds(Every, st.integers(1, 30), st.just("hours")),
    st.builds(Every, st.integers(1, 9), st.just("days")),
    st.builds(Every, st.integers(1, 3), st.just("weeks")),
    st.builds(Every, st.integers(1, 4), st.just("months")),
)
minutes_around = st.integers(-3 * 24 * 60, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Schedule, datetime, list[Override]]:
    """A schedule, an instant near a change of clocks, and covers around it."""
    zone, moment = ZoneInfo(draw(st.sampled_from(ZONES))), draw(st.sampled_from(MOMENTS))
    near = minutes_around.map(lambda offset: moment + offset)
    before = st.one_of(minutes_around, st.integers(0, 3000).map(lambda days: timedelta(days=-days, hours=1)))
    starts = before.map(lambda offset: wall(moment + offset, zone))
    rotations = st.builds(
        Rotation,
        st.lists(groups, min_size=1, max_size=4).map(tuple),
        every,
        starts,
        st.lists(hours, max_size=2).map(tuple),
    )
    layers = draw(st.lists(rotations, min_size=1, max_size=3).map(tuple))
    overrides = st.builds(
        Override,
        start=near,
        end=near,
        by=groups,
        instead_of=st.none() | st.sampled_from(PEOPLE),
        made_at=near,
        removed_at=st.none() | near,
    )
    return Schedule("any", zone, layers), draw(near), draw(st.lists(overrides, max_size=4))


quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(situations(), st.lists(st.integers(0, int(SPAN.total_seconds()) - 1), max_size=12))
def test_shifts_and_who_agree_at_every_boundary_and_at_any_instant(
    situation: tuple[Schedule, datetime, list[Override]], seconds: list[int]
) -> None:
    schedule, start, overrides = situation
    found = shifts(schedule, start, start + SPAN, overrides)
    anywhere = [start + timedelta(seconds=each) for each in seconds]
    edges = [
        at for each in found for at in (each.start, each.end - SECOND, each.end - timedelta(microseconds=1))
    ]

    for at in (*anywhere, *edges):
        (shift,) = [each for each in found if each.start <= at < each.end]
        assert who(schedule, at, overrides) == shift.people


@quick
@given(situations())
def test_shifts_follow_each_other_without_gap_or_repeat(
    situation: tuple[Schedule, datetime, list[Override]],
) -> None:
    schedule, start, overrides = situation
    found = shifts(schedule, start, start + SPAN, overrides)

    assert (found[0].start, found[-1].end) == (start, start + SPAN)
    assert all(each.start < each.end for each in found)
    for earlier, later in pairwise(found):
        assert earlier.end == later.start
        assert earlier.people != later.people


@quick
@given(situations(), minutes_around)
def test_a_longer_look_begins_with_the_shorter_one(
    situation: tuple[Schedule, datetime, list[Override]], split: timedelta
) -> None:
    schedule, start, overrides = situation
    middle = start + abs(split)
    whole = shifts(schedule, start, middle + SPAN, overrides)
    parts = shifts(schedule, start, middle, overrides) + shifts(schedule, middle, middle + SPAN, overrides)

    boundaries = {each.start for each in whole}
    assert {each.start for each in parts} - boundaries <= {middle}
    assert [each.people for each in whole] == [
        each.people for n, each in enumerate(parts) if n == 0 or each.people != parts[n - 1].people
    ]


@quick
@given(situations())
def test_until_is_the_end_of_the_shift(situation: tuple[Schedule, datetime, list[Override]]) -> None:
    schedule, at, overrides = situation
    first = shifts(schedule, at, at + SPAN, overrides)[0]
    change = until(schedule, at, overrides)

    if first.end < at + SPAN:
        assert change == first.end
    else:
        assert change is None or change >= first.end


@quick
@given(situations(), st.lists(st.integers(0, 3 * 24 * 60), min_size=1, max_size=6))
def test_who_agrees_with_counting_every_handoff_and_window(
    situation: tuple[Schedule, datetime, list[Override]], minutes: list[int]
) -> None:
    schedule, start, _ = situation
    for each in minutes:
        at = start + timedelta(minutes=each)
        assert who(schedule, at) == tuple(dict.fromkeys(counted(schedule, at)))


def counted(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """The rules read aloud: no arithmetic, only steps from the first handoff on."""
    answer: tuple[str, ...] = ()
    for layer in schedule.layers:
        turn = -1
        while instant(stepped(layer, turn + 1), schedule.zone) <= at:
            turn += 1
        if turn >= 0 and (not layer.hours or any(inside(each, schedule.zone, at) for each in layer.hours)):
            answer = layer.rotate[turn % len(layer.rotate)]
    return answer


def stepped(layer: Rotation, turn: int) -> datetime:
    if layer.every.unit != "months":
        return layer.starts + turn * timedelta(**{layer.every.unit: layer.every.count})
    month = layer.starts.month - 1 + turn * layer.every.count
    first = layer.starts.replace(year=layer.starts.year + month // 12, month=month % 12 + 1, day=1)
    days = [first + timedelta(days=day) for day in range(layer.starts.day)]
    return [day for day in days if day.month == first.month][-1]


def inside(window: Hours, zone: ZoneInfo, at: datetime) -> bool:
    today = wall(at, zone).date()
    for offset in range(-6, 7):
        day = today + timedelta(days=offset)
        start = datetime.combine(day, window.start)
        end = datetime.combine(day, window.end)
        if end <= start:
            end += timedelta(days=1)
        if day.weekday() in window.days and instant(start, zone) <= at < instant(end, zone, end=True):
            return True
    return False


@given(st.sampled_from(ZONES), st.sampled_from(MOMENTS), st.integers(-4000, 4000), st.integers(0, 59))
def test_a_wall_clock_time_comes_back_from_its_instant_unless_it_was_skipped(
    name: str, moment: datetime, minutes: int, seconds: int
) -> None:
    zone = ZoneInfo(name)
    local = wall(moment, zone) + timedelta(minutes=minutes, seconds=seconds)
    first, last = instant(local, zone), instant(local, zone, end=True)

    assert first <= last
    if wall(first, zone) == local:
        assert wall(last, zone) == local
        assert wall(first - SECOND, zone) != local
    else:
        # Skipped: the first instant after the gap, before which clocks showed an earlier time.
        assert first == last
        assert wall(first, zone) > local
        assert wall(first - SECOND, zone) < local
