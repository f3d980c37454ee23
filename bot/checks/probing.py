"""Asking probes when they are due, once for all replicas, and keeping what they answer in batches."""

import asyncio
import zlib
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from bot import metrics
from bot.checks import service, watching
from bot.checks.asking import ask
from bot.checks.model.result import Result
from bot.checks.sources import Sources
from bot.context import Context
from bot.db import DatabaseError
from bot.playbook import Playbook

log = structlog.get_logger()

# Asked at once; more than this many that hang would only hold each other up.
AT_ONCE = 50
# How long an answer may wait for others, to be kept together with them.
KEPT_AFTER = timedelta(seconds=1)
# How soon a playbook that was read again is noticed, and a database that is back.
LOOK_AGAIN = timedelta(seconds=5)
STOP_WITHIN_S = 1.0
# Of a database that is there: our mistake.
STATEMENTS_REFUSED = (DataError, IntegrityError, ProgrammingError)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot(name: str, every: timedelta, now: datetime) -> datetime:
    """The last time at or before `now` at which a probe is due.

    Every replica finds the same. Probes of one interval are spread over it by their names.
    """
    step = int(every.total_seconds())
    offset = zlib.crc32(name.encode()) % step
    passed = int((now - _EPOCH).total_seconds())
    return _EPOCH + timedelta(seconds=(passed - offset) // step * step + offset)


class Prober:
    """The loop behind probes. One for each process; the database decides whose turn it is."""

    def __init__(self, context: Context, sources: Sources) -> None:
        self._context = context
        self._sources = sources
        self._hands = asyncio.Semaphore(AT_ONCE)
        self._playbook: Playbook | None = None
        self._every: dict[str, timedelta] = {}
        self._next: dict[str, datetime] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        # When those were due.
        self._asked: dict[str, datetime] = {}
        self._answers: list[Result] = []
        self._look_at = context.clock.now()
        self._loop: asyncio.Task[None] | None = None

    @property
    def next_at(self) -> datetime | None:
        """When what is asked, or is about to be, was due; else when answers are kept; None: all are."""
        if self._playbook is None:
            return _EPOCH
        now = self._context.clock.now()
        due = [at for at in self._next.values() if at <= now]
        kept = [self._look_at] if self._answers else []
        return min([*due, *self._asked.values(), *kept], default=None)

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run(), name="probes")

    async def stop(self) -> None:
        """What was answered is kept; who is still being asked is asked again by the next process."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        tasks = list(self._asking.values())
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_WITHIN_S)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._settle([])
        except (DatabaseError, OSError) as error:
            log.warning("probes_not_kept", error=str(error))

    async def _run(self) -> None:
        never = asyncio.Event()
        while True:
            try:
                self._look_at = await self._turn()
            except STATEMENTS_REFUSED:
                # The database is there and will not take these answers: others must not wait behind them.
                log.exception("probes_not_kept", answers=len(self._answers))
                self._answers.clear()
                self._look_at = self._context.clock.now() + LOOK_AGAIN
            except (DatabaseError, OSError) as error:
                log.warning("probes_wait_for_the_database", error=str(error))
                self._look_at = self._context.clock.now() + LOOK_AGAIN
            except Exception:  # the loop's edge: one mistake must not end all probes
                log.exception("probes_failed")
                self._look_at = self._context.clock.now() + LOOK_AGAIN
            await self._context.clock.wait_until(self._look_at, never)

    async def _turn(self) -> datetime:
        """Keep what was answered, ask what is due; gives when to look again."""
        playbook = self._context.playbook.current
        if playbook is not self._playbook:
            await self._plan(playbook)
        now = self._context.clock.now()
        due = [
            (name, slot(name, self._every[name], now))
            for name, at in self._next.items()
            if at <= now and name not in self._asking
        ]
        for name in await self._settle(due):
            self._asked[name] = self._next[name]
            self._asking[name] = asyncio.create_task(self._ask(playbook, name), name=f"probe {name}")
        for name, at in due:
            planned = self._next[name]
            # The first time is at once, whenever it was due.
            if planned == at and name in self._asking:
                metrics.PROBE_LATENESS.observe((now - at).total_seconds())
            self._next[name] = at + self._every[name]
        waiting = [at for name, at in self._next.items() if name not in self._asking]
        soon = KEPT_AFTER if self._asking or self._answers else LOOK_AGAIN
        return min([*waiting, now + soon])

    async def _plan(self, playbook: Playbook) -> None:
        """What is asked how often, after the playbook was read; what is new is asked at once."""
        async with self._context.queue.transaction() as tx:
            await watching.end_unwatched(tx, playbook)
        every = {name: check.every for name, check in playbook.checks.items() if check.every is not None}
        now = self._context.clock.now()
        self._next = {
            name: self._next[name] if self._every.get(name) == span and name in self._next else now
            for name, span in every.items()
        }
        self._every, self._playbook = every, playbook

    async def _settle(self, due: list[tuple[str, datetime]]) -> set[str]:
        """One transaction: what was answered is kept, what is due is claimed."""
        answers = list(self._answers)
        if not answers and not due:
            return set()
        async with self._context.queue.transaction() as tx:
            if answers:
                await watching.record(tx, self._playbook or self._context.playbook.current, answers)
            taken = await service.claim(tx, due)
        # Those that came meanwhile are for the next turn.
        del self._answers[: len(answers)]
        return taken

    async def _ask(self, playbook: Playbook, name: str) -> None:
        try:
            async with self._hands:
                result = await ask(playbook, name, self._sources, self._context.clock)
            self._answers.append(result)
            metrics.PROBES.labels(playbook.checks[name].kind, str(result.verdict)).inc()
        except Exception:  # the loop's edge: a mistake in one kind must not end the others
            log.exception("probe_failed", check=name)
        finally:
            self._asking.pop(name, None)
            self._asked.pop(name, None)
