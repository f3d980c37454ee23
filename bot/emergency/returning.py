"""When the database is back: everything that happened without it is written, and goes on there."""

import asyncio

import structlog

from bot.contacts.service import methods
from bot.db import DatabaseError
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.transports import taking
from bot.emergency import recording
from bot.emergency.desk import FORGET_AFTER, Desk
from bot.emergency.model import Emergency
from bot.incidents.model.incident import Number

log = structlog.get_logger()

# Real time: how soon after its return the database is noticed.
LOOK_EVERY_S = 0.5
ANSWERS_WITHIN_S = 3.0
RECORD_WITHIN_S = 20.0
PUT_AWAY_WITHIN_S = 3.0
# Longer than this the start does not wait: people want to be answered.
START_WITHIN_S = 5.0
# Something of ours is wrong: people are paged all the same, and it is tried again.
BROKEN_EVERY_S = 5.0


async def record_when_back(desk: Desk) -> None:
    """Never returns; has nothing to do while nothing is unrecorded."""
    while True:
        await desk.news.wait()
        desk.news.clear()
        while desk.pending or desk.elsewhere:
            pause = LOOK_EVERY_S
            try:
                await _record_all(desk)
            except Away as away:
                log.info("database_still_away", error=str(away))
            except Exception:  # the loop's edge: it answers, and something else is wrong
                log.exception("emergency_not_recorded")
                pause = BROKEN_EVERY_S
            if desk.pending or desk.elsewhere:
                await asyncio.sleep(pause)


async def record_all(desk: Desk) -> None:
    """Record what is left from before, ahead of everything else. Raises nothing: it is tried again."""
    try:
        async with asyncio.timeout(START_WITHIN_S):
            await _record_all(desk)
    except Exception:  # the start's edge: the loop goes on with it
        log.exception("emergency_not_recorded")


async def _record_all(desk: Desk) -> None:
    if not desk.pending and not desk.elsewhere:
        return
    # Asked before anything is held up: while it is away, pages go on.
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S), desk.context.queue.database.write():
            pass
    except (DatabaseError, OSError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    for request in list(desk.pending):
        await _record(desk, request)
    for request, answer in list(desk.elsewhere.items()):
        async with asyncio.timeout(RECORD_WITHIN_S):
            number = await recording.acknowledge(desk.context, answer)
        is_old = desk.context.clock.now() - answer.at > FORGET_AFTER
        if number is not None or is_old:
            await desk.recorded(request, number or 0)


async def _record(desk: Desk, request: str) -> None:
    await desk.pause(request)
    try:
        with structlog.contextvars.bound_contextvars(request_id=request):
            number = await _written(desk, request)
    except BaseException:
        desk.resume(request)
        raise
    await _put_away(desk, desk.pending[request])
    await desk.recorded(request, number)


async def _put_away(desk: Desk, emergency: Emergency) -> None:
    """Providers know it by the emergency's name: what is still open there under that calls nobody further."""
    playbook, addresses = desk.context.playbook.current, set[str]()
    for (number, way), ended in emergency.ended.items():
        known = methods(playbook, emergency.calls[number - 1].person)
        addresses |= {each.address for each in known if each.name == way and ended.word}
    for address in sorted(addresses):
        try:
            async with asyncio.timeout(PUT_AWAY_WITHIN_S):
                await taking(desk.transports, address).follow(address, emergency.request, "over")
        except (Refused, Busy, Away, Unclear, TimeoutError) as error:
            log.warning("emergency_not_put_away", error=type(error).__name__)


async def _written(desk: Desk, request: str) -> Number:
    """Write it, and again where somebody answered or could not while it was being written."""
    while True:
        emergency = desk.pending[request]
        async with asyncio.timeout(RECORD_WITHIN_S):
            number = await recording.record(desk.context, emergency, desk.keeping.known)
        if desk.pending[request].events == emergency.events:
            log.warning("emergency_recorded", number=number, pages=len(emergency.calls))
            return number
