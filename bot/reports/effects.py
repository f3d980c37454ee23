"""Making reports and posting them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.context import Context
from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.errors import UserError
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.messages.store import Posted
from bot.reports import queued, service, store
from bot.reports.cards import detail, screen
from bot.reports.making import Maker, make, period_of
from bot.reports.model import Saved


@dataclass(frozen=True)
class Making:
    """What making and posting takes."""

    maker: Maker
    messages: Messages

    @property
    def context(self) -> Context:
        return self.maker.context


def performers(making: Making) -> dict[str, Perform]:
    kinds = {queued.MAKE: _make, queued.POST: _post, queued.SAY: _say}

    def bound(perform: Callable[[Making, Leased], Awaitable[Done]]) -> Perform:
        return lambda effect: perform(making, effect)

    return {kind: bound(perform) for kind, perform in kinds.items()}


async def _make(making: Making, effect: Leased) -> Done:
    name, until = effect.payload["name"], datetime.fromisoformat(effect.payload["until"])
    late_by = timedelta(seconds=effect.payload["late_by"])
    try:
        report = await make(making.maker, name, period_of(making.context, name, until), late_by)
    except UserError as gone:
        return Done(detail=f"not made: {gone}")

    async def record(tx: Transaction) -> None:
        await service.save(tx, making.context, report)

    return Done(record, detail=report.period.name)


async def _post(making: Making, effect: Leased) -> Done:
    saved, channel = await _saved(making, effect), effect.payload["channel"]
    place = Place(await making.context.directory.channel(channel))

    async def posted(tx: Transaction, _: Posted) -> None:
        tx.queue(*(queued.say(saved.id, channel, each.name) for each in saved.report.sections))

    key = f"report:{saved.id}:{channel}"
    return await making.messages.show(effect, key, place, screen(saved.report), posted)


async def _say(making: Making, effect: Leased) -> Done:
    saved, channel, name = await _saved(making, effect), effect.payload["channel"], effect.payload["section"]
    async with making.context.queue.database.read() as connection:
        screen = await messages_store.find(connection, f"report:{saved.id}:{channel}")
    found = next((each for each in saved.report.sections if each.name == name), None)
    if screen is None or found is None:
        return Done(detail="nowhere to say it")
    place = Place(screen.channel, screen.ts)
    return await making.messages.show(effect, f"report:{saved.id}:{channel}:{name}", place, detail(found))


async def _saved(making: Making, effect: Leased) -> Saved:
    async with making.context.queue.database.read() as connection:
        found = await store.find(connection, effect.payload["report"])
    if found is None:
        raise Refused("there is no such report", error="no_report")
    return found
