"""What can go wrong between a bot and Slack, on demand."""

from collections.abc import Awaitable, Callable
from typing import Literal

from simulator.calls import BOT, Call
from simulator.errors import Json
from simulator.waking import Signal

Phase = Literal["before", "after"]
Intercept = Callable[[Call, Phase], Awaitable[str | None]]
Sever = Callable[[str | None], None]


class Faults:
    """Switches that stay on until `clear()`. `sever` disconnects sockets: a reason, or None for abruptly."""

    def __init__(self, sever: Sever) -> None:
        self._sever = sever
        self.cleared = Signal()
        self._reset()
        self.intercepting: Intercept | None = None

    def _reset(self) -> None:
        self.delay = 0.0
        self.delayed: frozenset[str] | None = None
        self.down = False
        self.sockets_down = False
        self.refusing_all = False
        self.hanging = False
        self.lose_every = 0
        self.retry_after = 0
        self.refusals: dict[str, str] = {}
        self.silent = False
        self._counted = 0

    def latency(self, seconds: float, methods: list[str] | None = None) -> None:
        """Wait this long (real seconds) before performing, for these methods or all."""
        self.delay = seconds
        self.delayed = frozenset(methods) if methods is not None else None

    def outage(self, sockets: bool = True) -> None:
        """Every connection is closed without an answer and nothing is performed; sockets are cut too."""
        self.down = True
        self.sockets_down = sockets
        if sockets:
            self._sever(None)

    def unavailable(self) -> None:
        """Every call is answered 503 and not performed."""
        self.refusing_all = True

    def hang(self) -> None:
        """Calls are taken and never answered nor performed."""
        self.hanging = True

    def lose_answers(self, every: int = 3) -> None:
        """Every Nth call of the bot's is performed, and its connection closed without an answer."""
        self.lose_every = every
        self._counted = 0

    def rate_limit(self, retry_after: int = 30) -> None:
        """Everything is answered 429 with this Retry-After (seconds)."""
        self.retry_after = retry_after

    def refuse(self, method: str, error: str) -> None:
        """This method is answered with this error and not performed."""
        self.refusals[method] = error

    def disconnect(self, reason: str | None = "refresh_requested") -> None:
        """Ask the sockets to go (warning, refresh_requested, link_disabled …), or cut them off (None)."""
        self._sever(reason)

    def silence_sockets(self) -> None:
        """Sockets stay open, but nothing comes, and pings get no answer."""
        self.silent = True

    def intercept(self, callback: Intercept | None) -> None:
        """Call back before each call is performed and after; returning "drop" closes it unanswered."""
        self.intercepting = callback

    def clear(self) -> None:
        """Everything works again. Calls left hanging are closed without an answer."""
        self._reset()
        self.intercepting = None
        self.cleared.give()

    def loses(self, call: Call) -> bool:
        """Whether this call's answer gets lost; counts the bot's calls."""
        if not self.lose_every or call.token_kind != BOT:
            return False
        self._counted += 1
        return self._counted % self.lose_every == 0

    def delay_of(self, method: str) -> float:
        return self.delay if self.delayed is None or method in self.delayed else 0.0

    def as_json(self) -> Json:
        return {
            "latency": self.delay,
            "methods": sorted(self.delayed) if self.delayed is not None else None,
            "outage": self.down,
            "unavailable": self.refusing_all,
            "hang": self.hanging,
            "lose_answers": self.lose_every,
            "rate_limit": self.retry_after,
            "refuse": dict(self.refusals),
            "silence_sockets": self.silent,
        }
