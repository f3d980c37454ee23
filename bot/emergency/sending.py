"""How an emergency's messages and pages leave: tried until they are taken, or have lost their point."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot import metrics
from bot.clock import Clock
from bot.contacts.model import SLACK, Planned
from bot.db import DatabaseError
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.model import Priority, retry_at
from bot.delivery.transports import Outgoing, Transport, taking
from bot.emergency import cards
from bot.emergency.model import Call, Emergency, Ended, Shown, Tried, Unheard
from bot.messages import posting
from bot.messages.posting import Place
from bot.messages.store import Posted
from bot.mrkdwn import escape
from bot.paging.notice import UNCLEAR_TRIES
from bot.slack.blocks import Content
from bot.slack.gateway import Slack

log = structlog.get_logger()

# Slack has this long to take a page before the person's next method is used at once.
SLACK_WITHIN = timedelta(seconds=30)
# What becomes of a message's edit is worth this many tries; the next change tries again.
EDIT_TRIES = 5

Now = Callable[[], Emergency | None]
"""The emergency as it is at this moment; None once it is no longer ours."""
Happened = Callable[..., Awaitable[object]]
Render = Callable[[Emergency], Content]


class Sending:
    """Everything that leaves for one emergency. `pause` before somebody else goes on with it."""

    def __init__(
        self, slack: Slack, transports: Sequence[Transport], clock: Clock, now: Now, happened: Happened
    ) -> None:
        """`now`: the emergency as it is. `happened` puts events on record, before what follows from them."""
        self._slack = slack
        self._transports = transports
        self._clock = clock
        self._now = now
        self._happened = happened
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stirred = asyncio.Event()
        self._digests: dict[str, str] = {}
        self._followed: set[str] = set()
        # How many ways there are for each call.
        self.ways: dict[int, int] = {}
        self._editing: dict[str, asyncio.Lock] = {}
        self._pausing = False

    def begin(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start a piece of work, unless it is at it already."""
        if not self._pausing and (name not in self._tasks or self._tasks[name].done()):
            self._tasks[name] = asyncio.create_task(work(), name=f"emergency-{name}")
            self._tasks[name].add_done_callback(_report)

    def stir(self) -> None:
        """Something changed: whoever waits looks again."""
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()

    async def pause(self, within: float) -> None:
        """Begin nothing more, and let what is in hand end."""
        self._pausing = True
        self.stir()
        if running := [task for task in self._tasks.values() if not task.done()]:
            _, stuck = await asyncio.wait(running, timeout=within)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)

    def resume(self) -> None:
        self._pausing = False

    async def post(
        self,
        key: str,
        find_place: Callable[[], Awaitable[Place]],
        render: Render,
        *,
        made_at: datetime,
        look_first: bool,
        urgent: bool,
        wanted: Callable[[Emergency], bool],
        not_before: datetime | None = None,
    ) -> None:
        """Post a message once. `look_first`: it may be there, from before a restart."""
        failures = 0
        while self._is_early(not_before) and self._wanted(wanted) is not None:
            await self._clock.wait_until(not_before, self._stirred)
        while (emergency := self._wanted(wanted)) is not None and key not in emergency.shown:
            try:
                place = await self._patiently(find_place)
                found = await self._look(emergency, key, place, made_at) if look_first else None
                posted = found or await self._post(emergency, key, place, render(emergency), urgent)
            except Refused as refusal:
                return await self._refused(emergency, key, refusal)
            except Busy as limit:
                again_at = limit.retry_at
            except (Away, Unclear, DatabaseError, OSError) as error:
                failures += 1
                look_first = look_first or isinstance(error, Unclear)
                priority = Priority.PAGE if urgent else Priority.UPDATE
                again_at = retry_at(priority, failures, self._clock.now())
                log.warning("emergency_not_shown", key=key, error=str(error))
            else:
                self._digests[key] = posted.digest
                if any(call.key == key for call in emergency.calls):
                    metrics.PAGES.labels("sent").inc()
                now = self._clock.now()
                await self._happened(Shown(emergency.request, now, key, posted.channel, posted.ts))
                return None
            await self._clock.wait_until(again_at, self._stirred)
        return None

    async def edit(self, key: str, render: Render) -> None:
        """Make a message that was posted show how things are."""
        async with self._editing.setdefault(key, asyncio.Lock()):
            for failures in range(1, EDIT_TRIES + 1):
                emergency = self._wanted(lambda _: True)
                if emergency is None:
                    return
                try:
                    await self._edit(emergency, key, render(emergency))
                except Refused as refusal:
                    log.warning("emergency_not_edited", key=key, error=str(refusal))
                    return
                except Busy as limit:
                    again_at = limit.retry_at
                except (Away, Unclear) as error:
                    log.warning("emergency_not_edited_yet", key=key, error=str(error))
                    again_at = retry_at(Priority.UPDATE, failures, self._clock.now())
                else:
                    return
                await self._clock.wait_until(again_at, self._stirred)

    async def _edit(self, emergency: Emergency, key: str, content: Content) -> None:
        shown, digest = emergency.shown.get(key), posting.digest_of(content)
        if shown is None or self._digests.get(key) == digest:
            return
        ack, more = emergency.acknowledged, {}
        if ack is not None:  # other replicas read it there: they share nothing else now
            more = {"acknowledged_by": str(ack.by), "acknowledged_at": ack.at.isoformat()}
        metadata = posting.marked(full(emergency.request, key), **more)
        arguments = {**posting.arguments(content, shown.channel), "metadata": metadata}
        await self._slack.call("chat.update", urgent=True, ts=shown.ts, **arguments)
        self._digests[key] = digest

    async def use(self, call: Call, planned: Planned, slack_due: datetime, *, is_next: bool) -> None:
        """Reach somebody by another method when it is due; `is_next`: at once where Slack fails them."""
        if not await self._until_due(call, planned, slack_due, is_next=is_next):
            return
        way = (call.id, planned.method.name)
        failures = unclear = 0
        while (emergency := self._wanted(lambda now: now.is_waiting(call))) and way not in emergency.ended:
            if way not in emergency.tried:
                tried = Tried(emergency.request, self._clock.now(), *way, planned.due_at)
                await self._happened(tried)
            text = cards.plain_page(emergency)
            about = emergency.declared
            message = Outgoing(emergency.request, about.severity, about.title, text)
            try:
                transport = taking(self._transports, planned.method.address)
                word = await transport.send(planned.method.address, message)
            except Refused as refusal:
                await self._failed(call, way[1], str(refusal))
            except (Busy, Away, Unclear) as error:
                failures += 1
                unclear += isinstance(error, Unclear)
                if unclear >= UNCLEAR_TRIES:  # it may have been sent each time
                    await self._failed(call, way[1], "no answer")
                    continue
                log.warning("emergency_not_sent", method=way[1], error=type(error).__name__)
                again_at = retry_at(Priority.PAGE, failures, self._clock.now())
                if isinstance(error, Busy):
                    again_at = error.retry_at
                await self._clock.wait_until(again_at, self._stirred)
            else:
                metrics.PAGES.labels("sent_elsewhere").inc()
                await self._happened(Ended(emergency.request, self._clock.now(), *way, word or "taken"))

    async def follow(self, address: str) -> None:
        """Tell a provider, once, that somebody answered: it need not go on calling."""
        emergency = self._wanted(lambda _: True)
        if emergency is None or address in self._followed:
            return
        self._followed.add(address)
        try:
            await taking(self._transports, address).follow(address, emergency.request, "acknowledged")
        except (Refused, Busy, Away, Unclear) as error:
            log.warning("emergency_not_followed", error=type(error).__name__)

    async def _until_due(self, call: Call, planned: Planned, slack_due: datetime, *, is_next: bool) -> bool:
        """Wait until a method is due. False: somebody answered meanwhile."""
        without_slack = slack_due + SLACK_WITHIN if is_next else planned.due_at
        while (emergency := self._wanted(lambda now: now.is_waiting(call))) is not None:
            is_early = not planned.held and call.key not in emergency.shown
            due = min(planned.due_at, without_slack) if is_early else planned.due_at
            if is_early and is_next and (call.id, SLACK) in emergency.ended:
                return True  # Slack will not have it, ever
            if self._clock.now() >= due:
                return True
            await self._clock.wait_until(due, self._stirred)
        return False

    def _is_early(self, not_before: datetime | None) -> bool:
        return not_before is not None and self._clock.now() < not_before

    def _wanted(self, wanted: Callable[[Emergency], bool]) -> Emergency | None:
        emergency = None if self._pausing else self._now()
        return emergency if emergency is not None and wanted(emergency) else None

    async def _patiently(self, find_place: Callable[[], Awaitable[Place]]) -> Place:
        # It asks Slack, and would keep the answer in the database.
        async with asyncio.timeout(15):
            return await find_place()

    async def _look(self, emergency: Emergency, key: str, place: Place, made_at: datetime) -> Posted | None:
        try:
            name = full(emergency.request, key)
            return await posting.search(self._slack, name, place, made_at, urgent=True)
        except Refused:
            return None  # rather twice than not at all

    async def _post(
        self, emergency: Emergency, key: str, place: Place, content: Content, urgent: bool
    ) -> Posted:
        name = full(emergency.request, key)
        return await posting.post(self._slack, name, place, content, urgent=urgent)

    async def _refused(self, emergency: Emergency, key: str, refusal: Refused) -> None:
        log.warning("emergency_refused", key=key, error=str(refusal))
        call = next((call for call in emergency.calls if call.key == key), None)
        if call is not None:
            await self._failed(call, SLACK, str(refusal))

    async def _failed(self, call: Call, method: str, reason: str) -> None:
        """One way is refused for good; said loudly where it was the last."""
        emergency, now = self._now(), self._clock.now()
        if emergency is None:
            return
        ended = Ended(emergency.request, now, call.id, method, error=reason)
        others = [way for way, each in emergency.ended.items() if way[0] == call.id and each.error]
        if len(others) + 1 < self.ways.get(call.id, 1):
            await self._happened(ended)
            return
        text = f"{escape(call.person)} could not be paged: {escape(reason)}"
        await self._happened(ended, Unheard(emergency.request, now, text))


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("emergency_task_failed", task=task.get_name(), exc_info=error)


def full(request: str, key: str) -> str:
    """A message's key among all that the bot posts."""
    return f"emergency:{request}:{key}"
