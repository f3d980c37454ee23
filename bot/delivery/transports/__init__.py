"""Ways to reach a person outside Slack. A new one is a file beside this one and a line in TRANSPORTS."""

from collections.abc import Callable, Sequence

from bot.delivery.errors import Refused
from bot.delivery.transports.apprise import AppriseTransport
from bot.delivery.transports.pagerduty import PagerDuty
from bot.delivery.transports.transport import Outgoing, Transport, What
from bot.settings import Settings

__all__ = ["TRANSPORTS", "Outgoing", "Transport", "What", "connect", "taking"]

# The first that takes an address has it. Apprise takes whatever looks like an address, so it is the last.
TRANSPORTS: tuple[Callable[[Settings], Transport], ...] = (PagerDuty, AppriseTransport)


def connect(settings: Settings) -> tuple[Transport, ...]:
    """One of each, for a process to close when it ends. Raises RuntimeError for two of one name."""
    found = tuple(make(settings) for make in TRANSPORTS)
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise RuntimeError(f"two transports of one name: {', '.join(names)}")
    return found


def taking(transports: Sequence[Transport], address: str) -> Transport:
    """The transport for an address of the playbook. Raises Refused where there is none."""
    for each in transports:
        if each.takes(address):
            return each
    raise Refused("no transport takes such an address", error="no_transport")
