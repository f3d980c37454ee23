"""Ways to reach a person outside Slack. A new one is a file beside this one and a line in TRANSPORTS."""

from collections.abc import Callable

from bot.delivery.errors import Refused
from bot.delivery.transports.apprise import AppriseTransport
from bot.delivery.transports.transport import Outgoing, Transport, What
from bot.settings import Settings

# The first that takes an address has it. Apprise takes whatever looks like an address, so it is the last.
TRANSPORTS: tuple[Callable[[Settings], Transport], ...] = (AppriseTransport,)


class Transports:
    """All of them, as one. Raises RuntimeError for two of the same name."""

    def __init__(self, settings: Settings) -> None:
        self._all = tuple(make(settings) for make in TRANSPORTS)
        names = [each.name for each in self._all]
        if len(set(names)) < len(names):
            raise RuntimeError(f"two transports by one name: {', '.join(names)}")

    def takes(self, address: str) -> bool:
        """Whether there is a transport for an address of the playbook."""
        return any(each.takes(address) for each in self._all)

    async def send(self, address: str, message: Outgoing) -> str:
        """Returns the provider's word for having accepted it; raises what `Transport` raises."""
        return await self._for(address).send(address, message)

    async def follow(self, address: str, key: str, what: What) -> None:
        """Tell the provider, where it can be told, what became of what was sent."""
        await self._for(address).follow(address, key, what)

    async def close(self) -> None:
        for each in self._all:
            await each.close()

    def _for(self, address: str) -> Transport:
        for each in self._all:
            if each.takes(address):
                return each
        raise Refused("no transport takes this address", error="bad_address")
