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
        playbook, now = context.playbook.current, context.clock.now()
        async with context.queue.database.read() as connection:
            found = await store.find(connection, number)
            if found is None:
                raise LookupError(f"effect {effect.id} is about a silence that is not there")
            other = await service.beside(connection, playbook, found, now)
        place = Place(await context.directory.channel(playbook.channels.alerts))
        content = cards.told(found, other, now)
        # One that ended before it was told of is nobody's news, but for what it kept back.
        is_stale = found.is_over(now) and not found.held
        return await messages.show(effect, queued.message_key(number), place, content, is_stale=is_stale)

    async def turn(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            ended = await service.turn(tx, SilenceId(effect.payload["silence"]))
            if ended is not None:
                await over(tx, context.playbook.current, ended)

        return Done(record)

    return {queued.SHOW: show, queued.TURN: turn}
