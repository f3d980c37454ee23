"""What every performer of an incident works with, and where its messages go."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.context import Context
from bot.delivery.errors import Busy
from bot.delivery.model import Leased
from bot.delivery.worker import Done, Perform
from bot.incidents import store
from bot.incidents.model.incident import Incident, Number, RoomKind
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.slack.gateway import Slack

# How soon to look again for something another lane is about to bring into being: at once at first, and less
# and less often where it takes long.
SOON = timedelta(seconds=0.25)
LATER = timedelta(seconds=30)


@dataclass(frozen=True)
class Outside:
    context: Context
    slack: Slack
    messages: Messages

    def bound(self, perform: "PerformOutside") -> Perform:
        async def performer(effect: Leased) -> Done:
            return await perform(self, effect)

        return performer

    async def incident(self, effect: Leased) -> Incident:
        """The incident as it is at this moment, whatever it was when the effect was queued."""
        async with self.context.queue.database.read() as connection:
            found = await store.find(connection, Number(effect.payload["incident"]))
        if found is None:
            raise LookupError(
                f"effect {effect.id} is about INC-{effect.payload['incident']}, which is not there"
            )
        return found

    async def room(self, incident: Incident, effect: Leased) -> Place | None:
        """Where the incident is worked on; None if it has no room.

        Raises Busy while the room, or the announcement whose thread it is, is still to be made: not for
        effects of the lane in which the room is made, which would wait for what is behind them.
        """
        match incident.room.kind:
            case RoomKind.NONE:
                return None
            case RoomKind.CHANNEL:
                if incident.room.channel is None:
                    raise self.not_yet(effect, f"{incident.name} has no room yet")
                return Place(incident.room.channel)
            case RoomKind.THREAD:
                return await self.thread(incident, effect)

    async def thread(self, incident: Incident, effect: Leased) -> Place:
        """The thread under the announcement. Raises Busy while there is none."""
        async with self.context.queue.database.read() as connection:
            posted = await messages_store.find(connection, f"incident:{incident.number}:announcement")
        if posted is None:
            raise self.not_yet(effect, f"{incident.name} is not announced yet")
        return Place(posted.channel, posted.ts)

    def not_yet(self, effect: Leased, why: str) -> Busy:
        wait: timedelta = min(SOON * 2 ** min(effect.attempts - 1, 10), LATER)
        return Busy(why, self.context.clock.now() + wait)

    def means(self, incident: Incident) -> str:
        """The severity in the playbook's words."""
        try:
            return self.context.playbook.current.severity(incident.severity)[1].means
        except KeyError:
            return ""


PerformOutside = Callable[[Outside, Leased], Awaitable[Done]]
