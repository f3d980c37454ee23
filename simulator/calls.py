"""The log of Web API calls, for tests and for the page's drawer."""

from dataclasses import dataclass, field

from simulator.errors import Json

# The oldest half is let go beyond this, so that a simulator left running does not grow for ever.
KEPT = 20_000

# Whose token a call carries.
BOT, APP, ANYBODY = "bot", "app", "none"


@dataclass(slots=True)
class Call:
    """One call. `phase`: received, performed, answered, or lost (no answer left). `at` in Unix seconds
    of the workspace's clock; `token_kind`: bot, app, or none."""

    number: int
    method: str
    args: Json
    token_kind: str
    at: float
    status: int = 0
    response: Json = field(default_factory=dict)
    phase: str = "received"

    @property
    def ok(self) -> bool:
        return bool(self.response.get("ok"))

    @property
    def error(self) -> str:
        return str(self.response.get("error", ""))


class CallLog:
    """Calls in the order they arrived; numbers start at 1 and never repeat."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._number = 0

    def add(self, method: str, args: Json, token_kind: str, at: float) -> Call:
        self._number += 1
        call = Call(self._number, method, args, token_kind, at)
        self.calls.append(call)
        if len(self.calls) > KEPT:
            del self.calls[: KEPT // 2]
        return call

    def after(self, number: int, limit: int) -> list[Call]:
        """Up to `limit` calls whose number is greater, oldest first."""
        if not self.calls:
            return []
        start = max(0, number - self.calls[0].number + 1)
        return self.calls[start : start + limit]
