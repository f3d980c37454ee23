"""Calendars by their tokens: which one it is, and what stands in it now."""

from bot.context import Context
from bot.oncall import store
from bot.oncall.feed import Duty, calendar, duties, is_feed, window


async def document(context: Context, token: str) -> bytes | None:
    """The calendar of a token; None for a token that belongs to nobody of today's playbook."""
    playbook, links = context.playbook.current, context.links
    for name in playbook.schedules:
        if is_feed(links, token, schedule=name):
            found = await _duties(context, name)
            return calendar(f"On call: {name}", found, context.clock.now())
    for name in playbook.people:
        if is_feed(links, token, person=name):
            everything = [duty for each in playbook.schedules for duty in await _duties(context, each)]
            own = sorted((duty for duty in everything if name in duty.people), key=lambda duty: duty.start)
            return calendar(f"On call: {name}", own, context.clock.now(), person=name)
    return None


async def _duties(context: Context, schedule: str) -> list[Duty]:
    now = context.clock.now()
    async with context.queue.database.read() as connection:
        known = await store.overrides(connection, schedule, window(now)[0])
    return duties(context.playbook.current.rotation(schedule), known, now)
