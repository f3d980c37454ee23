"""Slack's limits, kept on our side so that a 429 is the exception.

Limits are per method and workspace, and for posting also per channel
(docs.slack.dev/apis/web-api/rate-limits).
Nobody sleeps here: a full bucket says when to come back.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.slack.methods import METHODS

# "About one message a second per channel, short bursts allowed."
CHANNEL_INTERVAL = timedelta(seconds=1)
CHANNEL_BURST = 4
# Slack publishes sustained rates only. A quarter of a minute's worth at once stays well inside them.
BURST_SHARE = 0.25
# A hair's breadth of a token is missing: not now, and not in a circle either.
SOONEST = timedelta(milliseconds=1)
# Buckets of channels not spoken to for this long are full again and need not be kept.
FORGET_AFTER = timedelta(minutes=10)


@dataclass
class Bucket:
    """Tokens that refill at a steady rate; a line forms when there are none.

    Whoever finds it empty is given the time of a token of their own (`_line`), so each waiter comes back
    once instead of all of them every second. Urgent calls take the next token whoever waits for it.
    """

    interval: timedelta  # between two tokens
    burst: int
    _tokens: float = field(init=False)
    _counted_at: datetime | None = None
    _line: datetime | None = None
    _shut_until: datetime | None = None

    def __post_init__(self) -> None:
        self._tokens = float(self.burst)

    def wait(self, now: datetime, *, urgent: bool) -> datetime | None:
        """None: a token is there. Otherwise when to try again. Takes nothing."""
        self._refill(now)
        if self._shut_until is not None and now < self._shut_until:
            return self._in_line(self._shut_until, urgent)
        if self._tokens >= 1:
            return None
        return self._in_line(now + max(self.interval * (1 - self._tokens), SOONEST), urgent)

    def take(self, now: datetime) -> None:
        self._refill(now)
        self._tokens -= 1

    def shut(self, now: datetime, seconds: float) -> None:
        """Slack said 429: nothing more until then, and only one at a time after."""
        self._shut_until = now + timedelta(seconds=seconds)
        self._tokens = min(self._tokens, 0.0)
        self._counted_at = self._shut_until - self.interval
        self._line = None

    def idle_since(self) -> datetime | None:
        return self._counted_at

    def _in_line(self, earliest: datetime, urgent: bool) -> datetime:
        if urgent:
            return earliest
        place = earliest if self._line is None else max(earliest, self._line + self.interval)
        self._line = place
        return place

    def _refill(self, now: datetime) -> None:
        is_shut = self._shut_until is not None and now < self._shut_until
        if self._counted_at is None or (now < self._counted_at and not is_shut):
            # Never used, or the machine's clock was set back: nobody waits until it is that late again.
            self._counted_at, self._line = now, None
        if now > self._counted_at:
            self._tokens = min(self.burst, self._tokens + (now - self._counted_at) / self.interval)
            self._counted_at = now


class Limits:
    """All buckets of one workspace."""

    def __init__(self, rate: float = 1.0) -> None:
        """`rate`: how many times the published limits this workspace is granted."""
        self._rate = rate
        self._buckets: dict[tuple[str, str | None], Bucket] = {}
        self._swept_at: datetime | None = None

    def reserve(self, method: str, channel: str | None, now: datetime, *, urgent: bool) -> datetime | None:
        """Take a token of every bucket the call falls under, or none of them and say when to come back."""
        buckets = self._for(method, channel)
        waits = [at for bucket in buckets if (at := bucket.wait(now, urgent=urgent)) is not None]
        if waits:
            return max(waits)
        for bucket in buckets:
            bucket.take(now)
        self._sweep(now)
        return None

    def refused(self, method: str, channel: str | None, now: datetime, retry_after: float) -> None:
        """Slack answered 429. For posting it means the channel, nearly always; otherwise the method."""
        self._for(method, channel)[-1].shut(now, retry_after)

    def _for(self, method: str, channel: str | None) -> list[Bucket]:
        per_minute = METHODS[method].per_minute * self._rate
        found = [self._bucket((method, None), per_minute, math.ceil(per_minute * BURST_SHARE))]
        if method == "chat.postMessage" and channel is not None:
            per_channel = self._rate * 60 / CHANNEL_INTERVAL.total_seconds()
            found.append(self._bucket((method, channel), per_channel, math.ceil(CHANNEL_BURST * self._rate)))
        return found

    def _bucket(self, key: tuple[str, str | None], per_minute: float, burst: int) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(timedelta(minutes=1) / per_minute, max(1, burst))
        return self._buckets[key]

    def _sweep(self, now: datetime) -> None:
        if self._swept_at is not None and now - self._swept_at < FORGET_AFTER:
            return
        self._swept_at = now
        for key, bucket in list(self._buckets.items()):
            used_at = bucket.idle_since()
            if key[1] is not None and used_at is not None and now - used_at > FORGET_AFTER:
                del self._buckets[key]
