"""Posting what the app has scheduled, when its time has come on the workspace's clock."""

import asyncio

from simulator.waking import Signal
from simulator.workspace import messages
from simulator.workspace.model import Scheduled
from simulator.workspace.workspace import Workspace


class Schedule:
    """Waits for the next scheduled message while there is one."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._added = Signal()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something was scheduled."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._post_when_due())
        self._added.give()

    async def _post_when_due(self) -> None:
        waiting = self._workspace.scheduled
        while waiting:
            first = min(waiting.values(), key=lambda entry: entry.post_at)
            if first.post_at <= self._workspace.clock.seconds():
                del waiting[first.id]
                self._post(first)
                continue
            moved = asyncio.create_task(self._workspace.clock.sleep_until(first.post_at))
            added = asyncio.create_task(self._added.wait())
            try:
                await asyncio.wait((moved, added), return_when=asyncio.FIRST_COMPLETED)
            finally:
                moved.cancel()
                added.cancel()

    def _post(self, what: Scheduled) -> None:
        """Post it, if the conversation still takes it."""
        message = what.message
        channel = self._workspace.channels[message.channel]
        if channel.is_archived or message.user not in channel.members:
            return
        if message.thread_ts and message.thread_ts not in channel.by_ts:
            message.thread_ts = None
        messages.post(self._workspace, message)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
