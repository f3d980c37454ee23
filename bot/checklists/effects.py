"""What reaches the outside for a checklist: its prompt, machines that are asked, what is said about it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.checklists import queued
from bot.checklists.cards import messages as said
from bot.checklists.cards.prompt import prompt
from bot.checklists.model import Run, RunId, State, elsewhere, pages
from bot.checklists.outside import Around
from bot.checklists.service import answering, chasing, meeting, start, tasks
from bot.checks.model.result import Result, Verdict
from bot.delivery.errors import Busy, Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.incidents.effects.outside import Outside
from bot.incidents.model.incident import Number
from bot.incidents.model.queued import ASK_TASKS
from bot.messages import store as messages_store
from bot.messages.store import Posted
from bot.model import UserId
from bot.slack.blocks import Content

log = structlog.get_logger()

# How often a prompt is edited at most: several who answer at once are one edit.
REDRAW_EVERY = timedelta(seconds=0.5)

RunCheck = Callable[[str], Awaitable[Result]]
"""Asks a check of the playbook now. Raises KeyError where there is none of that name."""


def performers(outside: Outside, run_check: RunCheck) -> dict[str, Perform]:
    around = Around(outside)
    return {
        queued.SHOW: lambda effect: _show(around, effect),
        queued.MEET: lambda effect: _meet(around, effect),
        queued.CHECK: lambda effect: _check(around, run_check, effect),
        queued.TELL: lambda effect: _tell(around, effect),
        **_timers(outside),
    }


def _timers(outside: Outside) -> dict[str, Perform]:
    """What they do is a record like any other."""
    context = outside.context

    async def remind(tx: Transaction, effect: Leased) -> None:
        await chasing.remind(tx, RunId(effect.payload["run"]))

    async def escalate(tx: Transaction, effect: Leased) -> None:
        await chasing.escalate(context, tx, RunId(effect.payload["run"]))

    async def overdue(tx: Transaction, effect: Leased) -> None:
        await chasing.overdue(tx, RunId(effect.payload["run"]), effect.payload["item"])

    async def later_day(tx: Transaction, effect: Leased) -> None:
        await start.later_day(context, tx, effect.payload)

    async def ask_tasks(tx: Transaction, effect: Leased) -> None:
        await tasks.ask_tasks(context, tx, Number(effect.payload["incident"]))

    def performer(fire: Callable[[Transaction, Leased], Awaitable[None]]) -> Perform:
        async def perform(effect: Leased) -> Done:
            async def record(tx: Transaction) -> None:
                await fire(tx, effect)

            return Done(record)

        return perform

    return {
        queued.REMIND: performer(remind),
        queued.ESCALATE: performer(escalate),
        queued.OVERDUE: performer(overdue),
        queued.PART: performer(later_day),
        ASK_TASKS: performer(ask_tasks),
    }


async def _show(around: Around, effect: Leased) -> Done:
    run = await around.run(effect)
    page, person = effect.payload["page"], effect.payload["person"]
    if run is None or page >= len(pages(run.items)):
        return Done(detail="there is no such page")
    key = f"{effect.lane}:page:{page}"
    await _not_too_often(around, key)
    try:
        place = await around.place(run, person, page, effect)
        if place is None:
            return Done(detail="the incident has no room")
        asked_at = run.asked_at or around.outside.context.clock.now()
        content = prompt(replace(run, asked_at=asked_at), page, around.shown)

        async def posted(tx: Transaction, _: Posted) -> None:
            await meeting.asked(tx, run.id, asked_at)

        return await around.outside.messages.show(effect, key, place, content, posted)
    except Refused as refusal:
        alerts = around.outside.context.playbook.current.channels.alerts
        is_first = page == 0 and run.scope.incident is None and await around.posted(key) is None
        if not is_first or elsewhere(run, person, alerts) is None:
            raise
        log.warning("checklist_elsewhere", run=run.id, person=person, error=str(refusal))

        async def record(tx: Transaction) -> None:
            await meeting.reroute(around.outside.context, tx, run.id, person)

        return Done(record, detail=f"asked elsewhere: {refusal}")


async def _meet(around: Around, effect: Leased) -> Done:
    run = await around.run(effect)
    if run is None or run.group is None:
        return Done(detail="it is for no group")
    users = await around.members(run.group)
    names = tuple(around.outside.context.directory.name_of(user) or user for user in users)

    async def record(tx: Transaction) -> None:
        await meeting.met(around.outside.context, tx, run.id, names)

    return Done(record, detail=f"{len(names)} in @{run.group}")


async def _check(around: Around, run_check: RunCheck, effect: Leased) -> Done:
    run = await around.run(effect)
    item = effect.payload["item"]
    name = run.items[item].check if run is not None else None
    if run is None or name is None:
        return Done(detail="there is nothing to check")
    try:
        result = await run_check(name)
    except KeyError:
        gone = "the playbook no longer has this check"
        result = Result(name, Verdict.UNKNOWN, gone, around.outside.context.clock.now(), 0.0)

    async def record(tx: Transaction) -> None:
        await answering.found_by_machine(tx, run.id, item, result)

    return Done(record, detail=result.verdict)


async def _tell(around: Around, effect: Leased) -> Done:
    run = await around.run(effect)
    told, person = effect.payload, effect.payload["person"]
    if run is None or run.closed_at is not None or run.state is not State.OPEN:
        return Done(detail="it is answered, or over")
    place = await around.beside(run, person, effect)
    if place is None:
        return Done(detail="the incident has no room")
    content = await _content(around, run, person, told["why"])
    return await around.outside.messages.show(effect, told["key"], place, content)


async def _content(around: Around, run: Run, person: str | None, why: str) -> Content:
    word, _, more = why.partition(":")
    link = await around.link(run, person)
    match word:
        case "reminder" if person is None:
            return said.reminder_to_all(run)
        case "reminder":
            return said.reminder(run, link)
        case "escalated" if person is None:
            return said.nobody_left(run, link)
        case "escalated":
            return said.escalated(run, link, around.shown)
        case "handed":
            return said.handed(run, UserId(more), link)
        case "overdue":
            return said.overdue(run, int(more), around.shown)
        case _:
            raise ValueError(f"nothing is said about a checklist because of {why}")


async def _not_too_often(around: Around, key: str) -> None:
    async with around.outside.context.queue.database.read() as connection:
        shown_at = await messages_store.shown_at(connection, key)
    now = around.outside.context.clock.now()
    if shown_at is not None and shown_at <= now < shown_at + REDRAW_EVERY:
        raise Busy(f"{key} was edited a moment ago", shown_at + REDRAW_EVERY)
