"""One run of the bot, from its settings to the signal that ends it."""

import asyncio
import gc
import signal

import structlog

from bot.app import Watchbill, reach
from bot.clock import Clock, RemoteClock, SystemClock
from bot.db import Database, Unreachable
from bot.playbook import PlaybookFile
from bot.settings import Settings

log = structlog.get_logger()


async def run(settings: Settings, playbook: PlaybookFile) -> None:
    """Run until SIGTERM or SIGINT. Raises ConfigError where it cannot start, or not begin its work."""
    # What was imported stays for good: the collector need not look through it, holding up answers, each time.
    gc.freeze()
    clock: Clock = SystemClock()
    remote: RemoteClock | None = None
    if settings.clock_url:
        clock = remote = RemoteClock(settings.clock_url)
        await remote.start()
    database = Database.at(settings.database_url)
    try:
        is_there = True
        try:
            await reach(database)
        except Unreachable as error:
            log.error("database_unreachable", error=str(error))
            is_there = False
        watchbill = Watchbill(settings, playbook, clock, database)
        try:
            await watchbill.start(database_is_there=is_there)
            await _signalled(watchbill)
        finally:
            await watchbill.stop()
    finally:
        await database.close()
        if remote is not None:
            await remote.close()


async def _signalled(watchbill: Watchbill) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, watchbill.end)
    loop.add_signal_handler(signal.SIGHUP, watchbill.reload_playbook)
    await watchbill.over
