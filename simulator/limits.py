"""Slack's rate limits as token buckets on the workspace's clock.

docs.slack.dev publishes tiers per method and workspace (1: 1+, 2: 20+, 3: 50+, 4: 100+ a minute) and,
for chat.postMessage, one a second per channel with short bursts and several hundred a minute per workspace.
The bursts are this simulator's choice: a quarter of a minute's figure, four messages for a channel.
"""

import math
from dataclasses import dataclass

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
POST_PER_CHANNEL_BURST = 4
POST_PER_WORKSPACE = (300, 50)
SPECIAL = (600, 150)  # auth.test and chat.getPermalink: "hundreds per minute"


@dataclass(slots=True)
class Bucket:
    """Tokens at an instant. `rate` in tokens a second, `at` in Unix seconds."""

    rate: float
    burst: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until the next token; 0 when there is one."""
        if now > self.at:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
            self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


class Limits:
    """The buckets of one app in one workspace."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, method: str, tier: int, channel: str, now: float) -> int:
        """Take a token for this call: 0, or the whole seconds to wait when there is none."""
        buckets = [self._bucket(key, *figures, now) for key, figures in self._figures(method, tier, channel)]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.tokens -= 1
        return 0

    def _figures(
        self, method: str, tier: int, channel: str
    ) -> list[tuple[tuple[str, str], tuple[float, float]]]:
        """The buckets a call draws from: their keys, and each one's calls a minute and burst."""
        if method == "chat.postMessage":
            return [
                ((method, ""), POST_PER_WORKSPACE),
                ((method, channel), (60, POST_PER_CHANNEL_BURST)),
            ]
        if tier == 0:
            return [((method, ""), SPECIAL)]
        per_minute = TIERS[tier]
        return [((method, ""), (per_minute, max(1, per_minute // 4)))]

    def _bucket(self, key: tuple[str, str], per_minute: float, burst: float, now: float) -> Bucket:
        found = self._buckets.get(key)
        if found is None:
            found = self._buckets[key] = Bucket(per_minute / 60, burst, burst, now)
        return found
