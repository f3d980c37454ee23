"""What every handler has in common: time kept, mistakes answered, repeats dropped, forms opened."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog

from bot import metrics
from bot.context import Context
from bot.db import DatabaseError
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.emergency import cards
from bot.emergency.desk import Desk
from bot.emergency.service import NotRecorded
from bot.errors import UserError
from bot.incidents.service.work import AlreadyCarriedOut
from bot.messages.tell import tell, told
from bot.model import ChannelId, Ts, UserId
from bot.slack.blocks import Content, View
from bot.slack.gateway import Slack

log = structlog.get_logger()

T = TypeVar("T")

# Slack gives up after 3 s; half a second is left for the way back.
ANSWER_WITHIN_S = 2.5
REMEMBERED = 2000
# What is said after the answer goes through the database, or, where that is away, straight to Slack.
QUEUE_WITHIN_S = 2.0

NOT_SAVED = (
    "I could not save this: the database did not answer. Nothing was changed that I know of."
    " Look at /incident list, then please try again."
)
ALREADY_DONE = "That was done already: Slack delivered the same request twice."
MISTAKE = "Something went wrong here, and it is recorded. Please try again; if it stays, tell an admin."


class Door:
    """Where requests come in. Handlers parse, call one use case, and answer; the rest is here."""

    def __init__(self, context: Context, slack: Slack, desk: Desk) -> None:
        self.context = context
        self.desk = desk
        self._slack = slack
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def seen_before(self, request_id: str) -> bool:
        """Whether this process has met the request: events are delivered again when an answer was slow."""
        if request_id in self._seen:
            return True
        self._seen[request_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False

    async def guarded(
        self,
        name: str,
        request_id: str,
        work: Coroutine[Any, Any, None],
        sorry: Callable[[str], Awaitable[None]],
        again: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Run a handler's work within Slack's patience; what goes wrong becomes a sentence for `sorry`.

        `again`: the answer to a request that was carried out before; None: a sentence too. Every line logged
        by it, and by what it queues for delivery, has the request's id.
        """
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._guarded(name, work, sorry, again)

    async def _guarded(
        self,
        name: str,
        work: Coroutine[Any, Any, None],
        sorry: Callable[[str], Awaitable[None]],
        again: Callable[[], Awaitable[object]] | None,
    ) -> None:
        started = time.perf_counter()
        try:
            await self._in_time(work)
        except UserError as mistake:
            await sorry(str(mistake))
        except AlreadyCarriedOut:
            await (again() if again is not None else sorry(ALREADY_DONE))
        except (TimeoutError, DatabaseError, OSError):
            log.exception("not_saved", request=name)
            await sorry(NOT_SAVED)
        except Exception:  # the loop's edge: one request's mistake stays that request's
            log.exception("request_failed", request=name)
            await sorry(MISTAKE)
        finally:
            seconds = time.perf_counter() - started
            # It may have changed who is on call, or how people are reached.
            self.desk.keeping.look()
            metrics.ACKS.labels(name).observe(seconds)
            log.info("answered", request=name, seconds=round(seconds, 4))

    async def _in_time(self, work: Coroutine[Any, Any, None]) -> None:
        """Raises TimeoutError at Slack's patience, also where giving up takes a while: a locked database."""
        task = asyncio.create_task(work)
        await asyncio.wait([task], timeout=ANSWER_WITHIN_S)
        if task.done():
            return task.result()
        task.cancel()
        self._keep(task)
        raise TimeoutError

    async def or_emergency(self, work: Awaitable[T]) -> T | Content:
        """What `work` answers; a declaration that could not be recorded pages people all the same."""
        try:
            return await work
        except NotRecorded as lost:
            # Carried to its end also where Slack's patience is over before.
            begun = asyncio.create_task(self.desk.declare(lost.wanted))
            emergency, kept = await asyncio.shield(begun)
            return cards.declared(emergency, kept=kept)

    def open_form(self, trigger: str, view: View, user: UserId, channel: ChannelId | UserId) -> None:
        """Open a form right after the answer; its failure is told to the person."""
        self.later(self._open(trigger, view, user, channel))

    def update_form(self, view_id: str, view: View) -> None:
        self.later(self._update(view_id, view))

    def tell(self, user: UserId, channel: ChannelId | UserId, text: str, thread: Ts | None = None) -> None:
        """Say something to one person alone, after the answer; `thread`: where in the channel they look."""
        self.later(self._tell(user, channel, Content(text), thread))

    def show(
        self, user: UserId, channel: ChannelId | UserId, content: Content, thread: Ts | None = None
    ) -> None:
        """As `tell`, with more than a sentence to show."""
        self.later(self._tell(user, channel, content, thread))

    def forget(self, request_id: str) -> None:
        """It could not be carried out: let the next delivery of it try."""
        self._seen.pop(request_id, None)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on after the answer; awaited when the process stops."""
        self._keep(asyncio.create_task(work))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def close(self) -> None:
        """Let what was begun end."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=3)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("after_answer_failed", exc_info=error)

    async def _open(self, trigger: str, view: View, user: UserId, channel: ChannelId | UserId) -> None:
        try:
            await self._slack.call("views.open", urgent=True, trigger_id=trigger, view=view)
        except (Refused, Away, Unclear, Busy) as error:
            log.warning("form_not_opened", error=str(error))
            sorry = "Slack did not let me open the form. Please try again, or type the command in one line."
            await self._tell(user, channel, Content(sorry))

    async def _update(self, view_id: str, view: View) -> None:
        try:
            await self._slack.call("views.update", urgent=True, view_id=view_id, view=view)
        except (Refused, Away, Unclear, Busy) as error:
            log.warning("form_not_updated", error=str(error))

    async def _tell(
        self, user: UserId, channel: ChannelId | UserId, content: Content, thread: Ts | None = None
    ) -> None:
        try:
            async with asyncio.timeout(QUEUE_WITHIN_S):
                await self.context.queue.put([tell(user, channel, content, thread)])
        except (DatabaseError, OSError):
            await self.desk.tell(told(user, channel, content, thread))
