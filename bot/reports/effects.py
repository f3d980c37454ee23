"""Making reports and posting them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.context import Context
from bot.delivery.errors import Refused
from bot.delivery.model import Leased, Payload
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.errors import UserError
from bot.messages import store as messages_store
from bot.messages.files import File, attach
from bot.messages.show import Messages, Place
from bot.messages.store import Posted
from bot.model import UserId
from bot.reports import queued, service, store
from bot.reports.cards import detail, screen
from bot.reports.drawing import drawn
from bot.reports.formats import as_csv
from bot.reports.making import Maker, make, options_of, period_of, so_far_of
from bot.reports.model import VERDICT, Report, Saved
from bot.reports.words import title


@dataclass(frozen=True)
class Making:
    """What making and posting takes."""

    maker: Maker
    messages: Messages

    @property
    def context(self) -> Context:
        return self.maker.context


def performers(making: Making) -> dict[str, Perform]:
    kinds = {queued.MAKE: _make, queued.POST: _post, queued.SAY: _say, queued.ATTACH: _attach}

    def bound(perform: Callable[[Making, Leased], Awaitable[Done]]) -> Perform:
        return lambda effect: perform(making, effect)

    return {kind: bound(perform) for kind, perform in kinds.items()}


async def _make(making: Making, effect: Leased) -> Done:
    try:
        return await _made(making, effect.payload)
    except UserError as gone:
        # The playbook was changed since: nobody wants it any more.
        return Done(detail=f"not made: {gone}")


async def _made(making: Making, asked: Payload) -> Done:
    context, name = making.context, asked["name"]
    channels, late_by, keep = list(options_of(context, name).channels), timedelta(), service.keep
    if "again" in asked:
        period, keep = (await _find(making, asked["again"])).report.period, service.keep_corrected
    elif "to" in asked:
        period, channels = so_far_of(context, name, datetime.fromisoformat(asked["until"])), [asked["to"]]
    else:
        period = period_of(context, name, datetime.fromisoformat(asked["until"]))
        late_by = timedelta(seconds=asked["late_by"])
    report = await make(making.maker, name, period, late_by)

    async def record(tx: Transaction) -> None:
        await keep(tx, report, channels)

    return Done(record, detail=period.name)


async def _post(making: Making, effect: Leased) -> Done:
    """The screen; what stands in its thread follows from its being there."""
    saved, channel = await _find(making, effect.payload["report"]), effect.payload["channel"]

    async def posted(tx: Transaction, _: Posted) -> None:
        for each in saved.report.sections:
            if each.name == VERDICT:
                continue  # The screen says it, and the other sections say why.
            tx.queue(queued.say(saved.id, channel, each.name))
            if each.chart is not None:
                tx.queue(queued.attach(saved.id, channel, each.name))
        tx.queue(queued.attach(saved.id, channel, queued.FIGURES))

    is_person = channel.startswith(("U", "W"))
    place = Place(UserId(channel) if is_person else await making.context.directory.channel(channel))
    return await making.messages.show(effect, _key(saved, channel), place, screen(saved.report), posted)


async def _say(making: Making, effect: Leased) -> Done:
    saved, channel = await _find(making, effect.payload["report"]), effect.payload["channel"]
    found = next(each for each in saved.report.sections if each.name == effect.payload["section"])
    above = await _screen(making, saved, channel)
    if above is None:
        return Done(detail="its report is gone")
    key = f"{_key(saved, channel)}:{found.name}"
    return await making.messages.show(effect, key, Place(above.channel, above.ts), detail(found))


async def _attach(making: Making, effect: Leased) -> Done:
    saved, channel = await _find(making, effect.payload["report"]), effect.payload["channel"]
    above = await _screen(making, saved, channel)
    if above is None:
        return Done(detail="its report is gone")
    file = await _file(saved.report, effect.payload["file"])
    return await attach(making.maker.slack, effect, above, file)


async def _file(report: Report, which: str) -> File:
    stem = re.sub(r"[^\w.-]+", "-", f"{report.name}-{report.period.name}")
    if report.edition > 1:
        stem += f"-{report.edition}"
    if which == queued.FIGURES:
        return File(f"{stem}.csv", f"{title(report)}: the figures", as_csv(report).encode("utf-8-sig"))
    found = next(each for each in report.sections if each.name == which)
    if found.chart is None:
        raise Refused(f"there is no chart of {which}", error="no_chart")
    picture = await drawn(found.chart)
    return File(f"{stem}-{which}.png", found.chart.title, picture, found.chart.alt)


async def _find(making: Making, number: int) -> Saved:
    async with making.context.queue.database.read() as connection:
        found = await store.find(connection, number)
    if found is None:
        raise Refused("there is no such report", error="no_report")
    return found


async def _screen(making: Making, saved: Saved, channel: str) -> Posted | None:
    async with making.context.queue.database.read() as connection:
        return await messages_store.find(connection, _key(saved, channel))


def _key(saved: Saved, channel: str) -> str:
    return f"report:{saved.id}:{channel}"
