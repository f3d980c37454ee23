"""What is posted and edited at a change of watch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.context import Context
from bot.delivery.model import Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.handoffs import cards, queued, service, store
from bot.handoffs.model import Handoff, HandoffId, HandoffState
from bot.handoffs.sections import About, gather
from bot.incidents import store as incidents
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.messages.store import Posted
from bot.oncall.queued import LOOK
from bot.slack.blocks import Content

# How far back a reminder tells of incidents.
RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Outside:
    """What every performer here works with."""

    context: Context
    messages: Messages

    async def handoff(self, effect: Leased) -> Handoff:
        """As it is at this moment."""
        async with self.context.queue.database.read() as connection:
            found = await store.find(connection, HandoffId(effect.payload["handoff"]))
        if found is None:
            raise LookupError(f"effect {effect.id} is about a handoff that is not there")
        return found

    async def posted(self, key: str) -> Posted | None:
        async with self.context.queue.database.read() as connection:
            return await messages_store.find(connection, key)

    async def show(
        self, effect: Leased, key: str, place: Place, content: Content, *, edits_only: bool = False
    ) -> Done:
        """`edits_only`: it is stale, so it is changed where it was said, and not said anew."""
        if edits_only:
            if not effect.uncertain and await self.posted(key) is None:
                return Done(detail="over before it was said")
            # What may have been said is looked for, and given up where it is not found.
            effect = replace(effect, priority=Priority.COSMETIC)
        return await self.messages.show(effect, key, place, content)

    async def person(self, name: str) -> Place:
        return Place(await self.context.directory.user(name))

    async def announced(self, handoff: Handoff) -> Place:
        return Place(await self.context.directory.channel(handoff.announce))


def performers(context: Context, messages: Messages) -> dict[str, Perform]:
    """Every kind of effect of this room, and the look at a schedule's watch."""
    outside = Outside(context, messages)

    def bound(perform: Callable[[Outside, Leased], Awaitable[Done]]) -> Perform:
        async def performer(effect: Leased) -> Done:
            return await perform(outside, effect)

        return performer

    kinds = {
        LOOK: look,
        queued.NOTE: show_note,
        queued.ASK: show_ask,
        queued.NUDGE_DUE: nudge_due,
        queued.NUDGE: show_nudge,
        queued.NUDGE_GONE: remove_nudge,
        queued.UNHEARD: show_unheard,
        queued.REMIND: remind,
    }
    return {kind: bound(perform) for kind, perform in kinds.items()}


async def look(outside: Outside, effect: Leased) -> Done:
    async def record(tx: Transaction) -> None:
        await service.look(outside.context, tx, effect.payload["schedule"])

    return Done(record)


async def nudge_due(outside: Outside, effect: Leased) -> Done:
    async def record(tx: Transaction) -> None:
        await service.nudge(tx, HandoffId(effect.payload["handoff"]))

    return Done(record)


async def show_note(outside: Outside, effect: Leased) -> Done:
    """Posted once, and edited when somebody has the watch or writes more; its parts stay as they were."""
    handoff, context = await outside.handoff(effect), outside.context
    parts, posted_at = handoff.parts, handoff.posted_at or context.clock.now()
    if parts is None:
        async with context.queue.database.read() as connection:
            about = About(connection, context.playbook.current, handoff.schedule, handoff.change)
            parts = await gather(about)
    told = parts

    async def posted(tx: Transaction, _: Posted) -> None:
        await store.note_posted(tx.connection, handoff.id, told, posted_at)

    content = cards.note(handoff, told, posted_at, context.directory.shown)
    place = await outside.announced(handoff)
    return await outside.messages.show(effect, _note_key(handoff), place, content, posted)


async def show_ask(outside: Outside, effect: Leased) -> Done:
    handoff, person = await outside.handoff(effect), effect.payload["person"]
    is_stale = handoff.state is HandoffState.DROPPED or person not in handoff.change.outgoing
    content = cards.ask(handoff, person, outside.context.directory.shown)
    key, place = f"handoff:{handoff.id}:ask:{person}", await outside.person(person)
    return await outside.show(effect, key, place, content, edits_only=is_stale)


async def show_nudge(outside: Outside, effect: Leased) -> Done:
    handoff, person = await outside.handoff(effect), effect.payload["person"]
    count = effect.payload["count"]
    is_stale = handoff.state is not HandoffState.POSTED or count != handoff.nudges
    note = await outside.posted(_note_key(handoff))
    content = cards.nudge(handoff, note.channel if note else None)
    key, place = _nudge_key(handoff, person, count), await outside.person(person)
    return await outside.show(effect, key, place, content, edits_only=is_stale)


async def remove_nudge(outside: Outside, effect: Leased) -> Done:
    handoff = await outside.handoff(effect)
    key = _nudge_key(handoff, effect.payload["person"], effect.payload["count"])
    return await outside.messages.remove(effect, key)


async def show_unheard(outside: Outside, effect: Leased) -> Done:
    """To whoever went, and loudly where the note stands."""
    handoff, person = await outside.handoff(effect), effect.payload["person"]
    content = cards.unheard(handoff, outside.context.directory.shown)
    key, is_stale = f"handoff:{handoff.id}:unheard:{person}", handoff.state is not HandoffState.POSTED
    place = await (outside.person(person) if person else outside.announced(handoff))
    return await outside.show(effect, key, place, content, edits_only=is_stale)


async def remind(outside: Outside, effect: Leased) -> Done:
    """Only before the watch begins. Whoever was reminded of what is somebody else's since, sees that."""
    context, told = outside.context, effect.payload
    name, person = told["schedule"], told["person"]
    now, begins = context.clock.now(), datetime.fromisoformat(told["begins"])
    if begins <= now:
        return Done(detail="the watch has begun")
    schedule = context.playbook.current.schedules.get(name)
    async with context.queue.database.read() as connection:
        change = await service.coming(connection, context.playbook.current, name, begins, now)
        recent = await incidents.declared_since(connection, now - RECENT)
    if schedule is None or change is None or person not in change.coming_on:
        gone = cards.not_yours(name, begins)
        return await outside.show(effect, told["key"], await outside.person(person), gone, edits_only=True)
    shown = [each for each in recent if not each.private]
    stays = begins + schedule.handoff_overlap if schedule.handoff_overlap else None
    content = cards.reminder(name, change, stays, shown, context.directory.shown)
    return await outside.show(effect, told["key"], await outside.person(person), content)


def _note_key(handoff: Handoff) -> str:
    return f"handoff:{handoff.id}:note"


def _nudge_key(handoff: Handoff, person: str, count: int) -> str:
    return f"handoff:{handoff.id}:nudge:{person}:{count}"
