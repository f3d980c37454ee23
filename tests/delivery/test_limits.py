"""Our side of Slack's limits: never more than allowed, hardly less, and pages first."""

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.limits import BURST_SHARE, CHANNEL_BURST, Limits
from bot.slack.methods import METHODS

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Wish:
    """A call somebody wants to make. `at`, `late`: seconds; how late they come back when told a time."""

    at: float
    method: str = "conversations.setTopic"
    channel: str | None = None
    urgent: bool = False
    late: float = 0.0


@dataclass(frozen=True)
class Sent:
    at: float
    wish: Wish


def send_all(limits: Limits, wishes: Sequence[Wish], within: float = 100_000) -> list[Sent]:
    """Everybody tries, and comes back when told to, the most urgent and oldest first, as the worker does."""
    numbers = itertools.count()
    waiting = [(wish.at, not wish.urgent, next(numbers), wish) for wish in wishes]
    heapq.heapify(waiting)
    sent = []
    while waiting:
        at, plain, number, wish = heapq.heappop(waiting)
        assert at <= within, "somebody waits for ever"
        now = START + timedelta(seconds=at)
        again = limits.reserve(wish.method, wish.channel, now, urgent=wish.urgent)
        if again is None:
            sent.append(Sent(at, wish))
        else:
            assert again > now, "told to come back at once: a busy loop"
            heapq.heappush(waiting, ((again - START).total_seconds() + wish.late, plain, number, wish))
    return sent


def assert_within_limit(times: Sequence[float], per_second: float, burst: int) -> None:
    """In no stretch of time more than the burst and what refills meanwhile."""
    for first in range(len(times)):
        for last in range(first, len(times)):
            allowed = burst + (times[last] - times[first]) * per_second
            assert last - first + 1 <= allowed + 1e-3, f"{last - first + 1} calls, {allowed} allowed"


def rate_of(method: str) -> tuple[float, int]:
    per_minute = METHODS[method].per_minute
    return per_minute / 60, math.ceil(per_minute * BURST_SHARE)


wishes = st.builds(
    Wish,
    at=st.floats(0, 60).map(lambda at: round(at, 3)),
    method=st.sampled_from(["conversations.setTopic", "chat.update", "chat.postMessage"]),
    channel=st.sampled_from(["C1", "C2"]),
    urgent=st.booleans(),
    late=st.sampled_from([0.0, 0.001, 0.3]),
)


@given(st.lists(wishes, max_size=60))
def test_no_limit_is_ever_exceeded_and_everybody_gets_through(wanted: list[Wish]) -> None:
    sent = send_all(Limits(), wanted)
    assert len(sent) == len(wanted)
    for method in {wish.method for wish in wanted}:
        assert_within_limit([each.at for each in sent if each.wish.method == method], *rate_of(method))
    for channel in ("C1", "C2"):
        posted = [
            each.at
            for each in sent
            if each.wish.channel == channel and each.wish.method == "chat.postMessage"
        ]
        assert_within_limit(posted, 1.0, CHANNEL_BURST)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.001, 0.05])), min_size=40, max_size=160),
    st.sampled_from(["conversations.setTopic", "chat.update"]),
)
def test_a_storm_goes_out_at_no_less_than_95_percent_of_what_is_allowed(
    storm: list[tuple[bool, float]], method: str
) -> None:
    wanted = [Wish(0.0, method, None, urgent, late) for urgent, late in storm]
    sent = send_all(Limits(), wanted)
    per_second, burst = rate_of(method)
    best = (len(wanted) - burst) / per_second
    assert sent[-1].at <= best / 0.95 + 1 / per_second


@given(st.integers(20, 120), st.lists(st.floats(0, 40), min_size=1, max_size=8))
def test_who_is_urgent_waits_for_one_token_and_not_for_the_line(line: int, pages: list[float]) -> None:
    method = "conversations.setTopic"
    per_second, _ = rate_of(method)
    wanted = [Wish(0.0, method) for _ in range(line)] + [Wish(at, method, urgent=True) for at in pages]
    sent = send_all(Limits(), wanted)
    for each in sent:
        if each.wish.urgent:
            ahead = sum(other.wish.urgent and each.wish.at - 60 < other.wish.at for other in sent)
            assert each.at - each.wish.at <= ahead / per_second + 0.001


@given(st.integers(10, 60))
def test_the_line_keeps_its_order(line: int) -> None:
    sent = send_all(Limits(), [Wish(number / 1000, "conversations.setTopic") for number in range(line)])
    order = [each.wish.at for each in sent]
    assert order == sorted(order)


@given(st.floats(0.5, 120), st.integers(1, 30), st.booleans())
def test_after_a_429_nothing_is_asked_until_slack_said_so_and_then_one_at_a_time(
    seconds: float, waiting: int, urgent: bool
) -> None:
    limits, method = Limits(), "chat.update"
    limits.refused(method, None, START, seconds)
    sent = send_all(limits, [Wish(0.0, method, urgent=urgent) for _ in range(waiting)])
    assert sent[0].at >= seconds - 1e-6  # instants are whole microseconds
    per_second, _ = rate_of(method)
    assert_within_limit([each.at for each in sent], per_second, 1)
    assert sent[-1].at <= seconds + waiting / per_second + 0.01


def test_a_429_for_a_channel_leaves_the_others_alone() -> None:
    limits = Limits()
    limits.refused("chat.postMessage", "C1", START, 30)
    assert limits.reserve("chat.postMessage", "C1", START, urgent=True) == START + timedelta(seconds=30)
    assert limits.reserve("chat.postMessage", "C2", START, urgent=False) is None


def test_a_full_channel_costs_the_method_nothing() -> None:
    limits = Limits()
    crowd = [Wish(0.0, "chat.postMessage", "C1") for _ in range(300)]
    others = [Wish(0.0, "chat.postMessage", f"D{number}") for number in range(75 - CHANNEL_BURST)]
    sent = send_all(limits, [*crowd, *others])
    assert [each.at for each in sent if each.wish.channel != "C1"] == [0.0] * len(others)


def test_a_clock_that_is_set_back_does_not_shut_the_door_for_as_long() -> None:
    limits, method = Limits(), "conversations.setTopic"
    for _ in range(40):
        limits.reserve(method, None, START, urgent=False)
    earlier = START - timedelta(hours=1)
    sent = [
        second
        for second in range(60)
        if limits.reserve(method, None, earlier + timedelta(seconds=second), urgent=True) is None
    ]
    assert len(sent) >= 15


def test_channels_not_spoken_to_for_long_are_forgotten() -> None:
    limits = Limits()
    for number in range(50):
        limits.reserve("chat.postMessage", f"C{number}", START, urgent=False)
    limits.reserve("chat.postMessage", "C0", START + timedelta(hours=1), urgent=False)
    assert len(limits._buckets) == 2


def test_a_workspace_with_more_allowance_gets_more() -> None:
    sent = send_all(Limits(10.0), [Wish(0.0, "conversations.setTopic") for _ in range(250)])
    assert sent[-1].at <= 61
