"""A sign of life for something outside, given only while somebody who is paged would hear of it.

That the process lives says little: the sign is withheld when the auditor has not looked for two minutes, when
nothing can be written, and when a page lies about that nobody tries to send. Slack being away is none of
these: pages go out by other ways then.
"""

import asyncio
import time
import uuid
from datetime import timedelta

import aiohttp
import structlog
from pydantic import SecretStr

from bot import metrics
from bot.context import Context
from bot.db import DatabaseError
from bot.delivery import service as delivery
from bot.intake import service as intake

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
AUDITOR = "audit"
# Four of its rounds.
AUDITED_WITHIN_S = 120.0
LEFT_LYING = timedelta(minutes=2)
# Longer than the database takes to say that it does not answer, shorter than a minute.
FOUND_OUT_WITHIN_S = 25.0
ANSWER_WITHIN_S = 10.0


class Heartbeat:
    """`url`: asked for once a minute; None: nobody listens."""

    def __init__(self, context: Context, url: SecretStr | None) -> None:
        self._context = context
        self._url = url
        self._audited_at: float | None = None
        self._audited = asyncio.Event()

    @property
    def was_audited(self) -> bool:
        """Whether the auditor has looked since the start: at first it starts the timers that are missing."""
        return self._audited.is_set()

    def ran_well(self, job: str) -> None:
        """A job came to its end without failing."""
        if job == AUDITOR:
            # The machine's clock: a simulated one jumps, and the auditor does not run faster for it.
            self._audited_at = time.monotonic()
            self._audited.set()

    async def run(self) -> None:
        """Until cancelled; the first sign follows the auditor's first look."""
        if self._url is None:
            return
        await self._audited.wait()
        clock, never = self._context.clock, asyncio.Event()
        due = clock.now()
        while True:
            while clock.now() < due:
                await clock.wait_until(due, never)
            due = clock.now() + EVERY
            outcome = await self.beat(self._url.get_secret_value())
            metrics.HEARTBEATS.labels(outcome).inc()

    async def beat(self, url: str) -> str:
        """One minute's sign, and what became of it: given, withheld or not_taken."""
        try:
            async with asyncio.timeout(FOUND_OUT_WITHIN_S):
                trouble = await self._trouble()
        except (TimeoutError, DatabaseError, OSError) as error:
            trouble = f"the database does not answer ({type(error).__name__})"
        except Exception:  # the loop's edge: a mistake of ours is no sign of life either
            log.exception("heartbeat_failed")
            return "withheld"
        if trouble is not None:
            log.warning("heartbeat_withheld", reason=trouble)
            return "withheld"
        return await _ask_for(url)

    async def _trouble(self) -> str | None:
        """Why no sign of life is to be given; None while all is well."""
        if self._audited_at is None or time.monotonic() - self._audited_at > AUDITED_WITHIN_S:
            return f"the auditor has not looked for {AUDITED_WITHIN_S:g} s"
        queue = self._context.queue
        if await delivery.is_stuck(queue, self._context.clock.now() - LEFT_LYING):
            return f"a page has been left lying for {LEFT_LYING.total_seconds():g} s"
        async with queue.transaction() as tx:
            # Something is written: a full disk lets a transaction begin and end.
            await intake.note(tx, f"heartbeat:{uuid.uuid4().hex}")
        return None


async def _ask_for(url: str) -> str:
    """The address is a secret, so nothing of it is logged."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            if answer.status < 400:
                return "given"
            log.warning("heartbeat_not_taken", status=answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        log.warning("heartbeat_not_taken", error=type(error).__name__)
    return "not_taken"
