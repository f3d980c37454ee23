"""What is heard of an incident from other services."""

from bot.context import Context
from bot.incidents.model import change, queued
from bot.incidents.model.incident import EntryKind, Incident, Number
from bot.incidents.service.work import work_on
from bot.model import Act


async def note(context: Context, number: Number, text: str, act: Act) -> Incident:
    """A line in the timeline, of an act that the door has proved. Raises what `work_on` raises."""
    async with work_on(context, number, act, needs=None) as work:
        noted = change.note(work.incident, EntryKind.NOTE, act.by, act.at, text)
        return await work.apply(noted.also(queued.card(number)))
