"""Schedules whose changes nobody awaits yet: at the first start, and after the playbook named a new one."""

from bot.delivery import store as delivery
from bot.delivery.queue import Transaction
from bot.oncall.queued import watch_key
from bot.oncall.service import watch_changed
from bot.playbook import Playbook


async def await_changes(tx: Transaction, playbook: Playbook) -> None:
    """Start the timers that are missing; a user group is set right with its timer."""
    for name, schedule in playbook.schedules.items():
        lane = f"timer:{watch_key(name)}"
        if schedule.user_group is not None and not await delivery.is_waiting(tx.connection, lane=lane):
            await watch_changed(tx, playbook, name)
