"""Writing an emergency into the database that is back: as it happened, once, however often it is tried."""

from dataclasses import replace
from datetime import datetime

from bot import metrics
from bot.contacts.service import methods
from bot.context import Context
from bot.delivery.model import Priority
from bot.delivery.queue import Transaction
from bot.emergency import notices
from bot.emergency.model import (
    ANNOUNCEMENT,
    Acknowledged,
    Call,
    Declined,
    Emergency,
    Event,
    Paged,
    Unheard,
)
from bot.emergency.roster import Roster
from bot.emergency.wanted import ways
from bot.incidents import store
from bot.incidents.model import answering, change, queued, timers
from bot.incidents.model.incident import EntryKind, Incident, Number, RoomKind
from bot.incidents.record import apply, subject
from bot.incidents.service import silence
from bot.incidents.service.calling import shown
from bot.incidents.service.work import Work, terms
from bot.intake import store as intake
from bot.messages import store as messages
from bot.messages.store import Posted
from bot.model import WATCHBILL, Act, UserId, outside_name
from bot.mrkdwn import escape
from bot.paging import reaching
from bot.paging import service as paging
from bot.paging import store as pages
from bot.paging.ladder import ClimbId
from bot.paging.model import Page, PageId, PageState, show


class _Twin(Exception):
    """Another replica recorded the declaration at this moment; raised so that no number is lost."""


async def record(context: Context, emergency: Emergency, roster: Roster) -> Number:
    """Make the database say what happened; gives the incident's number. Safe to repeat.

    `roster`: by which its ways to reach people were planned.

    The same declaration may be there already: its commit came to pass and the answer to that was lost.
    """
    while True:
        try:
            return await _record(context, emergency, roster)
        except _Twin:
            continue


async def acknowledge(context: Context, answer: Acknowledged) -> Number | None:
    """An acknowledgement of an emergency that another replica holds; None until that one has recorded it."""
    async with context.queue.transaction() as tx:
        found = await store.by_request(tx.connection, answer.request)
        incident = await store.lock(tx.connection, found.number) if found is not None else None
        if incident is None:
            return None
        work = Work(context, tx, incident)
        if await _acknowledge(work, answer):
            await silence.expect_sign_of_life(work)
        for page in await pages.of_subject(tx.connection, incident.name, PageState.OPEN):
            await pages.answer(tx.connection, page.id, PageState.ACKNOWLEDGED, answer.by, answer.at)
            await reaching.call_off(tx, page, PageState.ACKNOWLEDGED)
            tx.queue(show(page.id, Priority.UPDATE))
        return incident.number


async def _record(context: Context, emergency: Emergency, roster: Roster) -> Number:
    async with context.queue.transaction() as tx:
        work = Work(context, tx, await _incident(context, tx, emergency))
        for count, event in enumerate(emergency.events):
            alike = sum(_moment(each) == _moment(event) for each in emergency.events[:count])
            await _entry(work, emergency, event, alike)
        await _pages(work, emergency, roster)
        await _climb(work, emergency)
        await _announcement(work, emergency)
        tx.queue(*queued.shown(work.incident))
        return work.incident.number


async def _incident(context: Context, tx: Transaction, emergency: Emergency) -> Incident:
    """The incident held: the one this declaration made, or a new one."""
    about = emergency.declared
    before = await store.by_request(tx.connection, about.request)
    if before is not None:
        held = await store.lock(tx.connection, before.number)
        return held or before
    number = await store.next_number(tx.connection)
    # Asked again while the counter is held: a twin has committed, or waits here.
    if await store.by_request(tx.connection, about.request) is not None:
        raise _Twin
    act = Act(about.by, about.at, about.request)
    rules = terms(context.playbook.current, about.severity)
    first = change.declare(
        number,
        change.Declaration(about.title, rules, act, about.service, about.private, about.origin),
    )
    await store.add(tx.connection, first.incident)
    await store.add_entries(tx.connection, first.entries)
    await store.add_members(tx.connection, number, [about.by])
    tx.queue(*first.effects, queued.changed(tx.now))
    severity = context.playbook.current.severities.get(rules.severity)
    if severity is not None and severity.tasks:
        tx.queue(queued.ask_tasks(number))
    text = "declared while the database was away; recorded now, with what happened meanwhile"
    return await apply(tx, change.note(first.incident, EntryKind.NOTE, WATCHBILL, tx.now, text))


async def _entry(work: Work, emergency: Emergency, event: Event, alike: int) -> None:
    """One event as a line of the timeline, once. `alike`: how many of its kind that moment had before it."""
    told = isinstance(event, Paged | Unheard | Declined | Acknowledged)
    if not told or not await _first_time(work.tx, event, alike):
        return
    match event:
        case Paged():
            names = ", ".join(
                f"{shown(work.context, call.person)} ({escape(call.why)})" for call in event.calls
            )
            await _note(work, EntryKind.PAGED, event, f"paged {names}")
            users = [call.user for call in event.calls if call.user is not None]
            await store.add_members(work.tx.connection, work.incident.number, users)
        case Unheard():
            await _note(work, EntryKind.UNHEARD, event, event.text)
            await _alarm(work, emergency, event)
        case Declined():
            await _note(work, EntryKind.DECLINED, event, "cannot take it")
        case Acknowledged():
            ladder = emergency.declared.ladder
            timeout = ladder.acknowledge_timeout if ladder and emergency.climb else None
            if await _acknowledge(work, event) and timeout is not None:
                # As after any answer; the ladder, by which that is told elsewhere, is not there yet.
                number, seq = work.incident.number, work.incident.last_seq
                work.tx.queue(queued.silent(number, seq, work.tx.now + timeout))


def _moment(event: Event) -> str:
    return f"{event.event}:{event.at.isoformat()}"


async def _first_time(tx: Transaction, event: Event, alike: int) -> bool:
    name = f"emergency:{event.request}"[:140]
    count = f":{alike}" if alike else ""
    return await intake.first_time(tx.connection, f"{name}:{_moment(event)}{count}", tx.now)


async def _note(work: Work, kind: EntryKind, event: Paged | Unheard | Declined, text: str) -> None:
    by = WATCHBILL if isinstance(event, Unheard) else event.by
    await work.apply(change.note(work.incident, kind, by, event.at, text))


async def _alarm(work: Work, emergency: Emergency, event: Unheard) -> None:
    """The alarm that was sounded stands for this entry; one that was not yet is sounded now."""
    number, seq = work.incident.number, work.incident.last_seq
    key = next(key for key, each in emergency.unheard if each == event)
    if await _adopt(work, emergency, key, f"incident:{number}:alarm:{seq}"):
        work.tx.queue(queued.alarm_answered(number, seq))
    elif emergency.acknowledged is None:
        work.tx.queue(queued.alarm(number, seq, event.channel))


async def _acknowledge(work: Work, answer: Acknowledged) -> bool:
    """Acknowledged at the time it was; False where somebody else was first, or it is over."""
    incident, act = work.incident, Act(answer.by, answer.at, answer.request)
    if incident.acknowledged_at is not None or not incident.is_open:
        return False
    due = change.target_at(incident, "acknowledge", work.terms)
    if due is not None and due <= answer.at:
        missed = timers.target_due(incident, "acknowledge", answer.at, work.terms)
        if missed is not None:
            await work.apply(missed)
    await work.apply(answering.acknowledge(work.incident, act))
    if outside_name(answer.by) is None:
        await store.add_members(work.tx.connection, work.incident.number, [answer.by])
    await paging.end_climbs(work.tx, work.incident.name)
    metrics.PAGES.labels("acknowledged").inc()
    return True


async def _pages(work: Work, emergency: Emergency, roster: Roster) -> None:
    """A page for each call, as it stands, and its message with it."""
    there = await pages.of_subject(work.tx.connection, work.incident.name)
    for call in emergency.calls:
        page = await _known(work.tx, there, call, emergency.made_at(call))
        if page is not None:
            there.remove(page)
        state, by, at = _state(work, emergency, call)
        is_new = page is None
        if page is None:
            by_whom, made_at = emergency.made[call.id].by, emergency.made_at(call)
            about = subject(work.incident)
            fresh = Page(
                PageId(0), about, call.person, call.user, call.why, by_whom, made_at, reason=call.reason
            )
            page = await pages.add(work.tx.connection, fresh)
            metrics.PAGES.labels("made").inc()
        is_shown = await _adopt(work, emergency, call.key, page.key)
        if page.state is PageState.OPEN and state is not PageState.OPEN:
            await pages.answer(work.tx.connection, page.id, state, by, at)
            if not is_new:
                await reaching.call_off(work.tx, page, state)
        if is_new:
            planned = ways(emergency, call, work.playbook, roster)
            await notices.record(work.tx, page, emergency, call, planned, work.playbook)
        if state is PageState.OPEN:
            await reaching.advance(work.tx, page, work.playbook)
        if is_shown:
            work.tx.queue(show(page.id, Priority.UPDATE))


async def _known(tx: Transaction, there: list[Page], call: Call, made_at: datetime) -> Page | None:
    """The call's page where it is recorded already, or an unsent one that says the same."""
    same = [page for page in there if page.person == call.person]
    for page in same:
        if page.made_at == made_at:
            return page
    for page in same:
        if page.state is PageState.OPEN and await messages.find(tx.connection, page.key) is None:
            return page
    return None


State = tuple[PageState, UserId | None, datetime]


def _state(work: Work, emergency: Emergency, call: Call) -> State:
    """What became of a call, who answered it, and when."""
    incident, ack, declined = work.incident, emergency.acknowledged, emergency.declined.get(call.id)
    failed = {way: each for way, each in emergency.ended.items() if way[0] == call.id and each.error}
    every = {(call.id, each.name) for each in methods(work.playbook, call.person)}
    if declined is not None:
        return PageState.DECLINED, declined.by, declined.at
    if every <= failed.keys():
        return PageState.UNREACHABLE, None, max(each.at for each in failed.values())
    if ack is not None:
        return PageState.ACKNOWLEDGED, ack.by, ack.at
    if incident.acknowledged_by is not None and incident.acknowledged_at is not None:
        return PageState.ACKNOWLEDGED, incident.acknowledged_by, incident.acknowledged_at
    if not incident.is_open:
        return PageState.OVER, None, work.tx.now
    return PageState.OPEN, None, work.tx.now


async def _climb(work: Work, emergency: Emergency) -> None:
    """The ladder goes on from where it stands."""
    climb = emergency.climb
    if climb is None:
        return
    # It was begun already.
    await work.tx.cancel(queued.page_due_key(work.incident.number))
    is_over = work.incident.acknowledged_at is not None or not work.incident.is_open
    due_at = None if is_over else climb.due_at
    last = await paging.last_climb(work.tx, work.incident.name)
    if last is None:
        fresh = replace(climb, id=ClimbId(0), subject=work.incident.name, due_at=due_at)
        await paging.keep_climb(work.tx, await pages.add_climb(work.tx.connection, fresh))
    elif last.step <= climb.step:
        await paging.keep_climb(work.tx, replace(last, step=climb.step, due_at=due_at))


async def _announcement(work: Work, emergency: Emergency) -> None:
    number = work.incident.number
    if await _adopt(work, emergency, ANNOUNCEMENT, f"incident:{number}:announcement"):
        work.tx.queue(queued.announcement(number))
        if work.incident.room.kind is RoomKind.THREAD:
            # What would have followed its posting.
            work.tx.queue(queued.card(number))


async def _adopt(work: Work, emergency: Emergency, key: str, name: str) -> bool:
    """From now on the message posted under `key` is `name`'s. False where none was posted."""
    posted = emergency.shown.get(key)
    if posted is None:
        return False
    if await messages.find(work.tx.connection, name) is None:
        fresh = Posted(name, posted.channel, posted.ts, "")
        await messages.keep(work.tx.connection, fresh, work.tx.now)
    return True
