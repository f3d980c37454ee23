"""What people do to an incident once it is declared. Each raises what `work_on` raises."""

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.calls import service as calls
from bot.calls.model import Call, parse_ref
from bot.context import Context
from bot.errors import UserError
from bot.incidents import store
from bot.incidents.model import answering, change, ending, queued, timers
from bot.incidents.model.incident import EntryKind, Incident, Number, Resolution, Status, parse_number
from bot.incidents.service import calling, silence
from bot.incidents.service.work import NoSuchIncident, Work, describe_to_paged, terms, work_on
from bot.model import Act, UserId, outside_name
from bot.mrkdwn import escape
from bot.paging import service as paging
from bot.paging import store as pages
from bot.paging.model import Page, PageId, PageState


async def acknowledge(context: Context, number: Number, act: Act) -> Incident:
    """Everyone may acknowledge: whoever hears it first."""
    async with work_on(context, number, act, needs=None) as work:
        return await _acknowledge(work, act)


async def acknowledge_page(context: Context, page: PageId, act: Act) -> Incident | Call:
    """Acknowledge from a page: it stands for what it is about. Being paged lets one see it.

    Somebody called for help after the incident was acknowledged answers for those called by the same path.
    """
    about = await _page(context, page)
    if (call := parse_ref(about.subject.ref)) is not None:
        return await calls.acknowledge(context, call, act, [about.person])
    async with work_on(context, _number(about), act, needs=None) as work:
        held = await pages.find(work.tx.connection, page)
        if held is None or held.state is not PageState.OPEN or work.incident.acknowledged_at is None:
            return await _acknowledge(work, act)
        return await _answer(work, [held], act)


async def decline_page(context: Context, page: PageId, act: Act) -> Incident | Call:
    """ "I can't, next please": the next step of the path is called at once."""
    about = await _page(context, page)
    if (call := parse_ref(about.subject.ref)) is not None:
        return await calls.decline(context, about, call, act)
    async with work_on(context, _number(about), act, needs=None) as work:
        change.must_be_open(work.incident)
        held = await pages.find(work.tx.connection, page)
        # One that is open although somebody has the incident calls for help, or for who went silent.
        is_open = held is not None and held.state is PageState.OPEN
        if work.incident.acknowledged_by is not None and not is_open:
            raise UserError(f"{work.incident.name} has been acknowledged: nobody waits for you.")
        if held is None or held.state is PageState.DECLINED:
            # Each of two clicks would call somebody further.
            raise UserError("You have passed this page on already.")
        await paging.decline(work.tx, held, act.by)
        await work.apply(answering.decline(work.incident, act))
        await calling.call_next(work, act.by)
        return work.incident


async def answer_elsewhere(context: Context, number: Number, people: Collection[str], act: Act) -> Incident:
    """Acknowledged where `people` (the playbook's names) were paged through the same service.

    Once somebody has the incident, it answers the open pages of theirs. Raises UserError where none is.
    """
    async with work_on(context, number, act, needs=None) as work:
        waiting = await pages.of_subject(work.tx.connection, work.incident.name, PageState.OPEN)
        called = {page.person: page for page in waiting if page.person in people}
        if work.incident.acknowledged_at is None or not called:
            return await _acknowledge(work, act)
        return await _answer(work, called.values(), act)


async def escalate(context: Context, page: PageId, act: Act) -> Incident | Call:
    """Whoever has it needs help: the next step of the path is called at once."""
    about = await _page(context, page)
    if (call := parse_ref(about.subject.ref)) is not None:
        return await calls.escalate(context, call, act)
    async with work_on(context, _number(about), act, needs=None) as work:
        change.must_be_open(work.incident)
        await calling.call_next(work, act.by)
        return work.incident


async def _page(context: Context, page: PageId) -> Page:
    async with context.queue.database.read() as connection:
        found = await pages.find(connection, page)
    if found is None:
        raise UserError("This page is about nothing I know of any more.")
    return found


def _number(page: Page) -> Number:
    number = parse_number(page.subject.ref)
    if number is None:
        raise UserError("This page is about nothing I know of any more.")
    return number


async def _answer(work: Work, called: Iterable[Page], act: Act) -> Incident:
    """Somebody has it already, and whoever these pages called comes as well."""
    for page in called:
        await paging.answer(work.tx, page, act.by)
    await work.apply(answering.answer_page(work.incident, act))
    await silence.expect_sign_of_life(work)
    return work.incident


async def _acknowledge(work: Work, act: Act) -> Incident:
    await work.apply(answering.acknowledge(work.incident, act))
    await paging.acknowledge(work.tx, work.incident.name, act.by)
    if outside_name(act.by) is None:
        await store.add_members(work.tx.connection, work.incident.number, [act.by])
    await silence.expect_sign_of_life(work)
    await _quiet_alarms(work)
    return work.incident


async def post_update(context: Context, number: Number, text: str, act: Act, eta: str = "") -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(change.update(work.incident, text, act, work.terms, eta))


async def set_status(context: Context, number: Number, status: Status, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(change.set_status(work.incident, status, act, work.terms))


async def set_severity(context: Context, number: Number, severity: str, act: Act) -> Incident:
    """`severity`: the playbook's name. If it pages, it does so now, unless somebody is on it."""
    async with work_on(context, number, act) as work:
        return await _change_severity(work, severity, act)


async def _change_severity(work: Work, severity: str, act: Act) -> Incident:
    await work.apply(change.set_severity(work.incident, act, terms(work.playbook, severity)))
    if work.playbook.severity(severity)[1].tasks:
        work.tx.queue(queued.ask_tasks(work.incident.number))
    if work.incident.acknowledged_at is None:
        await calling.call_out(work, work.playbook.severity(severity)[1], act.by)
    await describe_to_paged(work)
    return work.incident


async def change_both(context: Context, number: Number, severity: str, status: Status, act: Act) -> Incident:
    """Severity and status from one form; what was left as it is stays."""
    async with work_on(context, number, act) as work:
        if severity == work.incident.severity and status is work.incident.status:
            raise UserError(f"{work.incident.name} is {severity} and {status} already: nothing to change.")
        if severity != work.incident.severity:
            await _change_severity(work, severity, act)
        if status is not work.incident.status:
            await work.apply(change.set_status(work.incident, status, act, work.terms))
        return work.incident


async def take_role(
    context: Context, number: Number, role: str, holder: UserId, act: Act, *, claimed: bool
) -> Incident:
    """Give a role of the playbook to somebody; `claimed`: they clicked for themselves, the first one wins."""
    roles = context.playbook.current.incident_roles
    if role not in roles:
        raise UserError(f"There is no role “{escape(role)}”. Roles are: {', '.join(roles)}.")
    async with work_on(context, number, act) as work:
        await store.add_members(work.tx.connection, number, [holder])
        return await work.apply(change.take_role(work.incident, role, holder, act, claimed=claimed))


async def add_note(context: Context, number: Number, text: str, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        noted = change.note(work.incident, EntryKind.NOTE, act.by, act.at, text)
        return await work.apply(noted.also(queued.card(number)))


async def rename(context: Context, number: Number, title: str, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        await work.apply(change.rename(work.incident, title, act))
        await describe_to_paged(work)
        return work.incident


async def set_start(context: Context, number: Number, at: datetime, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(change.start_at(work.incident, at, act))


async def resolve(context: Context, number: Number, resolution: Resolution, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        await work.apply(ending.resolve(work.incident, resolution, act, work.terms))
        await _over(work)
        return work.incident


async def cancel(context: Context, number: Number, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        await work.apply(ending.cancel(work.incident, act))
        await _over(work)
        return work.incident


async def _over(work: Work) -> None:
    """Whoever was paged and asked for help need not come any more."""
    await paging.call_off(work.tx, work.incident.name)
    await _quiet_alarms(work)


async def _quiet_alarms(work: Work) -> None:
    """Alarms already sounded lose their button and say who has it."""
    # The declarer of a private incident without a room was told of that in the same way.
    sounded = (EntryKind.UNHEARD, EntryKind.ROOM)
    for entry in await store.entries_of(work.tx.connection, work.incident.number, *sounded):
        work.tx.queue(queued.alarm_answered(work.incident.number, entry.seq))


async def reopen(context: Context, number: Number, act: Act) -> Incident:
    """Open again, with its clocks; whoever is on call is paged if nobody had acknowledged."""
    async with work_on(context, number, act) as work:
        await work.apply(ending.reopen(work.incident, act, work.terms))
        if work.incident.acknowledged_at is None and work.incident.severity in work.playbook.severities:
            severity = work.playbook.severities[work.incident.severity]
            await calling.call_out(work, severity, act.by)
        return work.incident


async def merge(context: Context, number: Number, into: Number, act: Act) -> Incident:
    """Close `number` as the same thing as `into`; gives the one that goes on."""
    async with work_on(context, number, act, and_lock=into) as work:
        other = await store.find(work.tx.connection, into)
        if other is None or not await store.may_see(work.tx.connection, other, act.by):
            raise NoSuchIncident(into)
        gone, kept = ending.merge(work.incident, other, act)
        await work.apply(gone)
        await _over(work)
        return await Work(context, work.tx, other).apply(kept)


async def snooze_updates(context: Context, number: Number, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(timers.snooze_updates(work.incident, act, work.terms))


async def stop_updates(context: Context, number: Number, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(timers.stop_updates(work.incident, act))


async def give_all_clear(context: Context, number: Number, act: Act) -> Incident:
    """All clear: an incident still being monitored is resolved by it."""
    async with work_on(context, number, act) as work:
        if work.incident.is_open:
            resolution = Resolution(summary="All clear after watching the fix")
            await work.apply(ending.resolve(work.incident, resolution, act, work.terms))
            await _over(work)
        return await work.apply(timers.all_clear(work.incident, act))


async def keep_watching(context: Context, number: Number, act: Act) -> Incident:
    async with work_on(context, number, act) as work:
        return await work.apply(timers.keep_watching(work.incident, act, work.terms))
