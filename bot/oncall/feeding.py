"""Calendars by their tokens: which one it is, and what stands in it now."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.context import Context
from bot.oncall import store
from bot.oncall.feed import calendar, duties, is_feed, window
from bot.oncall.model import Override
from bot.oncall.rota import schedules_of
from bot.playbook import Playbook

Covers = Mapping[str, Sequence[Override]]


async def document(context: Context, token: str) -> bytes | None:
    """The calendar of a token; None for a token that belongs to nobody of today's playbook."""
    playbook, now = context.playbook.current, context.clock.now()
    schedule = next((name for name in playbook.schedules if is_feed(context.links, token, schedule=name)), "")
    person = next((name for name in playbook.people if is_feed(context.links, token, person=name)), "")
    if not (schedule or person):
        return None
    names = [schedule] if schedule else list(playbook.schedules)
    async with context.queue.database.read() as connection:
        covers = {name: await store.overrides(connection, name, window(now)[0]) for name in names}
    # Half a year of a busy rota takes a tenth of a second, which nobody who clicks should wait for.
    return await asyncio.to_thread(_written, playbook, covers, person, now)


def _written(playbook: Playbook, covers: Covers, person: str, now: datetime) -> bytes:
    names = schedules_of(playbook, covers, person) if person else list(covers)
    found = [duty for name in names for duty in duties(playbook.rotation(name), covers[name], now)]
    if person:
        own = sorted((duty for duty in found if person in duty.people), key=lambda duty: duty.start)
        return calendar(f"On call: {person}", own, now, person=person)
    return calendar(f"On call: {next(iter(covers))}", found, now)
