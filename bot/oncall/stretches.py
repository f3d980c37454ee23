"""Remembering who is on call, a day at a time. Pure: a memory of answers, never another answer."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
# Two years back and half a year ahead; whoever asks about more at once pays for the calculation again.
_DAYS_KEPT = 1000


class Stretches(Generic[Answer]):
    """An answer that holds from one change to the next, and so needs to be worked out only there.

    `answer` gives it for an instant, `changes` every instant after another at which it may differ, in order.
    """

    def __init__(
        self, answer: Callable[[datetime], Answer], changes: Callable[[datetime], Iterator[datetime]]
    ) -> None:
        self._answer = answer
        self._changes = changes
        self._days: dict[int, tuple[list[datetime], list[Answer]]] = {}

    def at(self, instant: datetime) -> Answer:
        """The answer at an instant (aware)."""
        day = (instant - _EPOCH) // _DAY
        known = self._days.get(day)
        if known is None:
            known = self._remember(day)
        since, answers = known
        return answers[bisect_right(since, instant) - 1]

    def _remember(self, day: int) -> tuple[list[datetime], list[Answer]]:
        begins = _EPOCH + day * _DAY
        within = takewhile(lambda change: (change - _EPOCH) // _DAY == day, self._changes(begins))
        since = [begins, *within]
        found = since, [self._answer(instant) for instant in since]
        if len(self._days) >= _DAYS_KEPT:
            self._days.clear()
        self._days[day] = found
        return found
