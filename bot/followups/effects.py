"""What follow-ups say: to whom one was given, and whose day has come."""

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.followups import cards, queued, service, store
from bot.followups.model import FollowUpId, recipient
from bot.messages.show import Messages, Place


def performers(context: Context, messages: Messages) -> dict[str, Perform]:
    async def show(effect: Leased) -> Done:
        """One message, edited as things change; what is over before it was said is not said."""
        key = effect.payload["told"]
        async with context.queue.database.read() as connection:
            found = await store.find(connection, FollowUpId(effect.payload["followup"]))
        if found is None:
            raise LookupError(f"effect {effect.id} is about a follow-up that is not there")
        is_over = not found.is_open or found.owner != recipient(key)
        content = cards.told(found, key, context.clock.now())
        place = Place(recipient(key))
        return await messages.show(effect, effect.lane, place, content, is_stale=is_over)

    async def due(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            await service.come_due(tx, FollowUpId(effect.payload["followup"]))

        return Done(record)

    return {queued.SHOW: show, queued.DUE: due}
