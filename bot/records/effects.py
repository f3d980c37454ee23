"""What records do outside: warnings about budgets."""

from functools import partial

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place
from bot.records import cards, store
from bot.records.queued import SHOW_WARNING, message_key
from bot.records.service import budget_of


def performers(context: Context, messages: Messages) -> dict[str, Perform]:
    return {SHOW_WARNING: partial(_show_warning, context, messages)}


async def _show_warning(context: Context, messages: Messages, effect: Leased) -> Done:
    month, mark = effect.payload["month"], effect.payload["mark"]
    async with context.queue.database.read() as connection:
        warned = await store.find_warning(connection, month, mark)
        record = await store.find(connection, warned.record) if warned else None
    if warned is None or record is None:
        return Done(detail="no such record")
    playbook = context.playbook.current
    place = Place(await context.directory.channel(playbook.channels.alerts))
    content = cards.budget_warning(warned, record, budget_of(playbook).currency)
    # Taken back before anybody read of it: there is nothing to say.
    is_stale = record.gone_at is not None
    return await messages.show(effect, message_key(month, mark), place, content, is_stale=is_stale)
