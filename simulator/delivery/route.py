"""What both ways of delivery have in common."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from simulator.errors import Json

# docs.slack.dev: a command, button or modal has three seconds to be answered.
ANSWER_SECONDS = 3.0
# docs.slack.dev, Events API: three retries, at once, after a minute, after five.
RETRY_DELAYS = (0.0, 60.0, 300.0)

EnvelopeType = Literal["events_api", "slash_commands", "interactive"]


class NotAnsweredError(Exception):
    """The bot did not take it. `code` is what the person sees."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Delivered:
    """Something that was sent to the bot. It can be sent a second time as it was."""

    type: EnvelopeType
    payload: Json
    attempt: int = 0
    reason: str = ""
    envelope_id: str = ""


class Route(Protocol):
    """A way to the bot."""

    @property
    def connected(self) -> bool: ...

    async def ask(self, what: Delivered) -> Any:
        """Deliver and return the bot's answer (None when empty). NotAnsweredError after three seconds."""

    def tell(self, what: Delivered) -> None:
        """Deliver an event, and again as long as nobody confirms it."""

    def sever(self, reason: str | None) -> None:
        """Disconnect what is connected."""

    async def close(self) -> None: ...
