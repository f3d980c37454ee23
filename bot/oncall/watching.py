"""What follows when who is on call may be somebody else: groups, requests for cover, the next change."""

from dataclasses import replace
from datetime import timedelta

from bot.delivery import store as delivery
from bot.delivery.queue import Transaction
from bot.oncall import store
from bot.oncall.model import Override, until
from bot.oncall.queued import (
    keep_group,
    look,
    look_key,
    request_expires_key,
    show_request,
    watch_changes,
    watch_key,
)
from bot.oncall.request import RequestState, shifts_of
from bot.playbook import Playbook

# Where nothing is going to change for over a year.
LOOK_AGAIN = timedelta(days=30)


async def watch_changed(tx: Transaction, playbook: Playbook, name: str) -> None:
    """Who is on call may be somebody else now: all that follows from it is set going.

    Nothing for a schedule that is gone.
    """
    schedule = playbook.schedules.get(name)
    if schedule is None:
        return
    # First: a change that comes while we look queues a look of its own, which must stay.
    await tx.cancel(watch_key(name), look_key(name))
    tx.queue(look(name))
    known = await store.overrides(tx.connection, name, tx.now)
    await _end_needless_requests(tx, playbook, name, known)
    if schedule.user_group is not None:
        following = until(playbook.rotation(name), tx.now, known)
        # Without a change in sight it is looked at again in a while: the playbook may have one by then.
        tx.queue(keep_group(name), watch_changes(name, following or tx.now + LOOK_AGAIN))


async def _end_needless_requests(
    tx: Transaction, playbook: Playbook, name: str, known: list[Override]
) -> None:
    """Whoever asked for cover and is not on call then any more needs none."""
    for request in await store.open_requests(tx.connection, name):
        start = max(request.start, tx.now)
        if not shifts_of(playbook.rotation(name), known, request.person, start, request.end):
            ended = replace(request, state=RequestState.MOOT, ended_at=tx.now)
            await store.end_request(tx.connection, ended)
            await tx.cancel(request_expires_key(request.id))
            tx.queue(*show_request(ended))


async def await_changes(tx: Transaction, playbook: Playbook) -> None:
    """Start the timers that are missing: at the first start, and after the playbook named a new schedule.

    A user group is set right with its timer.
    """
    for name, schedule in playbook.schedules.items():
        keys = [look_key(name)] + ([watch_key(name)] if schedule.user_group is not None else [])
        waiting = [await delivery.is_waiting(tx.connection, lane=f"timer:{key}") for key in keys]
        if not all(waiting):
            await watch_changed(tx, playbook, name)
