"""What a way to reach a person outside Slack has to be able to do."""

from dataclasses import dataclass
from typing import Literal, Protocol

What = Literal["acknowledged", "over"]


@dataclass(frozen=True)
class Outgoing:
    """A page as it leaves. Plain text: no transport shares Slack's markup.

    `key` is the subject's name and the same for everything about it ("INC-42"), for providers that put
    together what belongs together. `link`: where the page can be acknowledged; None where no public
    address is set up. `anew`: somebody answered at this address before, and yet it has to ring again.
    """

    key: str
    severity: str
    title: str
    text: str
    link: str | None = None
    anew: bool = False


class Transport(Protocol):
    """Each method raises Busy, Away, Unclear or Refused (bot.delivery.errors) when it could not.

    An address may contain credentials: it never stands in an error, nor in the log.
    """

    name: str

    def takes(self, address: str) -> bool:
        """Whether an address of the playbook is one of ours."""
        ...

    async def send(self, address: str, message: Outgoing) -> str:
        """Returns once the provider has accepted it, with the provider's word for it."""
        ...

    async def follow(self, address: str, key: str, what: What) -> None:
        """What was sent is answered or over; nothing where the provider cannot be told."""
        ...

    async def close(self) -> None:
        """The process ends: connections are closed, nothing is waited for."""
        ...
