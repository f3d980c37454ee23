"""The rules of ladders, without a database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.paging.ladder import DEFAULT_REST, Climb, Ladder, Rung, begin, climbed

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
GUIDE_B = Ladder(
    "platform",
    (
        Rung(timedelta(), ("schedule:primary",)),
        Rung(timedelta(minutes=10), ("dee",)),
        Rung(timedelta(minutes=30), ("eli",)),
    ),
    repeat=1,
)


def times(climb: Climb, reached: bool = True) -> list[timedelta]:
    """When each step is taken, from the beginning, if each is taken on time."""
    found = []
    while not climb.exhausted:
        assert climb.due_at is not None
        found.append(climb.due_at - climb.began_at)
        climb = climbed(climb, climb.due_at, reached=reached)
    return found


def test_rungs_count_from_the_beginning_and_a_round_rests_before_the_next() -> None:
    minutes = [time.total_seconds() / 60 for time in times(begin("INC-1", GUIDE_B, NOW))]
    assert minutes == [0, 10, 30, 40, 50, 70]


def test_whoever_is_called_last_has_their_time_before_the_ladder_has_run_out() -> None:
    climb = begin("INC-1", GUIDE_B, NOW)
    while not climb.exhausted:
        assert climb.due_at is not None
        climb = climbed(climb, climb.due_at, reached=True)
    assert climb.due_at == NOW + timedelta(minutes=80)


def test_empty_rungs_are_passed_over_at_once() -> None:
    assert times(begin("INC-1", GUIDE_B, NOW), reached=False) == [timedelta()] * 6


def test_after_downtime_one_overdue_rung_is_called_and_the_next_has_its_wait() -> None:
    first = climbed(begin("INC-1", GUIDE_B, NOW), NOW, reached=True)
    back = NOW + timedelta(hours=2)
    second = climbed(first, back, reached=True)
    assert second.due_at == back + timedelta(minutes=20)


def test_a_ladder_of_one_moment_rests_five_minutes() -> None:
    ladder = Ladder("one", (Rung(timedelta(), ("ana",)), Rung(timedelta(), ("bo",))), repeat=1)
    assert times(begin("INC-1", ladder, NOW)) == [timedelta(), timedelta(), DEFAULT_REST, DEFAULT_REST]


rungs = st.lists(
    st.builds(Rung, st.timedeltas(timedelta(), timedelta(hours=2)), st.just(("ana",))), min_size=1, max_size=6
)


@given(rungs, st.integers(0, 3))
def test_every_ladder_is_climbed_to_its_end_and_never_backwards(found: list[Rung], repeat: int) -> None:
    ladder = Ladder("path", tuple(found), repeat)
    taken = times(begin("INC-1", ladder, NOW))
    assert len(taken) == ladder.steps
    assert taken == sorted(taken)
    assert Ladder.from_json(ladder.as_json()) == ladder
