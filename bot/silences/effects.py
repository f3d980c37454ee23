"""What silences say: one message each, and what they kept back when they are over."""

from collections.abc import Awaitable, Callable

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place
from bot.playbook import Playbook
from bot.silences import cards, queued, service, store
from bot.silences.model import Silence, SilenceId

Over = Callable[[Transaction, Playbook, Silence], Awaitable[None]]
"""Told in the transaction in which a silence is found to be over."""


def performers(context: Context, messages: Messages, over: Over) -> dict[str, Perform]:
    async def show(effect: Leased) -> Done:
        number = SilenceId(effect.payload["silence"])
        async with context.queue.database.read() as connection:
            found = await store.find(connection, number)
        if found is None:
            raise LookupError(f"effect {effect.id} is about a silence that is not there")
        place = Place(await context.directory.channel(context.playbook.current.channels.alerts))
        now = context.clock.now()
        # One that was ended before it began is nobody's news.
        is_stale = found.is_over(now)
        return await messages.show(
            effect, queued.message_key(number), place, cards.told(found, now), is_stale=is_stale
        )

    async def turn(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            ended = await service.turn(tx, SilenceId(effect.payload["silence"]))
            if ended is not None:
                await over(tx, context.playbook.current, ended)

        return Done(record)

    return {queued.SHOW: show, queued.TURN: turn}
