"""Whether the addresses of the playbook's people lead to a service that is known."""

from bot.checkup.verdict import Verdict, ok, problem
from bot.delivery.transports import connect, taking
from bot.delivery.transports.apprise import AppriseTransport, understands
from bot.playbook import Playbook
from bot.settings import Settings


async def ways(settings: Settings, playbook: Playbook) -> list[Verdict]:
    """A problem for each address nobody understands. Sends nothing, and shows no address."""
    transports = connect(settings)
    found, count = [], 0
    for person, each in playbook.people.items():
        for name, address in each.contacts.items():
            count += 1
            if isinstance(taking(transports, address), AppriseTransport) and not understands(address):
                place = f"people.{person}.contacts.{name}"
                found.append(
                    problem(
                        "contact",
                        f"{place}: there is no service for this {address.partition('://')[0]}:// address",
                        f"Correct {place}; Apprise lists services and their addresses",
                    )
                )
    for transport in transports:
        await transport.close()
    if found or not count:
        return found
    return [ok("contacts", f"all {count} addresses are understood; /oncall me tests whether they work")]
