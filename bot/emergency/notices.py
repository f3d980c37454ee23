"""By which ways an emergency's pages went out, as rows like any other page's: meant, tried, accepted."""

from collections.abc import Sequence
from dataclasses import replace

from bot.contacts.model import SLACK, Planned
from bot.contacts.service import methods
from bot.delivery.queue import Transaction
from bot.delivery.transports.pagerduty import is_pagerduty
from bot.emergency.model import Call, Emergency
from bot.paging import store
from bot.paging.model import Page
from bot.paging.notice import Notice, NoticeId, NoticeState, send
from bot.playbook import Playbook


async def record(
    tx: Transaction,
    page: Page,
    emergency: Emergency,
    call: Call,
    planned: Sequence[Planned],
    playbook: Playbook,
) -> None:
    """Make the notices of a page that is new to the database; what is still to come goes out from there.

    PagerDuty knows it by the emergency's name, which nobody will ever answer under: it is told once more, by
    the incident's.
    """
    due = {each.method.name: (each.due_at, each.held) for each in planned}
    for (number, method), tried in emergency.tried.items():
        if number == call.id:  # a spare one is not planned
            due.setdefault(method, (tried.due_at, False))
    made_at = emergency.made_at(call)
    fresh = [Notice(NoticeId(0), page.id, name, made_at, at, held) for name, (at, held) in due.items()]
    for notice in await store.add_notices(tx.connection, fresh):
        await _stands(tx, emergency, call, notice)
    if emergency.is_waiting(call):
        keyed = [each.name for each in methods(playbook, call.person) if is_pagerduty(each.address)]
        taken = [way for way in keyed if (end := emergency.ended.get((call.id, way))) and end.word]
        anew = [Notice(NoticeId(0), page.id, name, tx.now, tx.now) for name in taken]
        if anew:
            tx.queue(*(send(each) for each in await store.add_notices(tx.connection, anew)))
    if not emergency.is_waiting(call):
        await store.call_off(tx.connection, page.id)


async def _stands(tx: Transaction, emergency: Emergency, call: Call, notice: Notice) -> None:
    """What came of one way so far."""
    way = (call.id, notice.method)
    tried, ended, shown = emergency.tried.get(way), emergency.ended.get(way), emergency.shown.get(call.key)
    if notice.method == SLACK and shown is not None:
        await store.end_notice(tx.connection, notice, NoticeState.ACCEPTED, "", shown.at)
    elif ended is not None:
        begun = replace(notice, tried_at=tried.at if tried is not None else ended.at)
        state = NoticeState.FAILED if ended.error else NoticeState.ACCEPTED
        await store.end_notice(tx.connection, begun, state, ended.error or ended.word, ended.at)
    else:
        if tried is not None:
            await store.tried(tx.connection, replace(notice, tried_at=tried.at))
        if emergency.is_waiting(call):
            tx.queue(send(notice))
