"""Telling whoever called how it stands, and a channel that nobody answers."""

from bot.calls import cards, store
from bot.calls.model import ALARM, ANSWERED, SHOW, TELL, Call, CallId, alarm_key, told_key
from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place


def performers(context: Context, messages: Messages) -> dict[str, Perform]:
    async def find(effect: Leased) -> Call:
        async with context.queue.database.read() as connection:
            call = await store.find(connection, CallId(effect.payload["call"]))
        if call is None:
            raise LookupError(f"effect {effect.id} is about a call that is not there")
        return call

    async def show(effect: Leased) -> Done:
        call = await find(effect)
        return await messages.show(effect, f"call:{call.id}", Place(call.by), cards.call_card(call))

    async def tell(effect: Leased) -> Done:
        call, about = await find(effect), effect.payload["about"]
        content = cards.answered(call) if about == ANSWERED else cards.unheard(call, about)
        # Somebody has it meanwhile, which is told as well.
        is_stale = about != ANSWERED and call.acknowledged_at is not None
        return await messages.show(
            effect, told_key(call.id, about), Place(call.by), content, is_stale=is_stale
        )

    async def alarm(effect: Leased) -> Done:
        call, name = await find(effect), effect.payload["channel"]
        # Without a name there is nothing to say where nothing was said.
        is_stale = name is None or call.acknowledged_at is not None
        channel = await context.directory.channel(name or context.playbook.current.channels.incidents)
        content = cards.alarm(call)
        return await messages.show(effect, alarm_key(call.id), Place(channel), content, is_stale=is_stale)

    return {SHOW: show, TELL: tell, ALARM: alarm}
