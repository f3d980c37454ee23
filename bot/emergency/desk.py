"""Where declarations go that no database took, and what goes on with them until it is back."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot import metrics
from bot.context import Context
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.transports.transport import Transport
from bot.emergency import calling, cards
from bot.emergency.journal import Journal
from bot.emergency.keeping import Keeping
from bot.emergency.model import (
    Acknowledged,
    Declared,
    Emergency,
    Event,
    Recorded,
    following,
)
from bot.emergency.sending import Sending, full
from bot.emergency.wanted import begin
from bot.incidents.service.declare import Declare
from bot.messages import posting
from bot.messages.tell import say
from bot.model import ChannelId, Ts, UserId
from bot.paging import climbing
from bot.paging.model import resolve
from bot.slack.gateway import Slack

log = structlog.get_logger()

# A call of Slack's Web API ends within ten seconds, whatever comes of it (bot/slack/gateway.py).
PAUSE_WITHIN_S = 12.0
LOOK_WITHIN_S = 3.0
WRITE_WITHIN_S = 0.4
TELL_TRIES = 3
# An answer to an emergency of another replica that nobody has recorded by then, and nobody will.
FORGET_AFTER = timedelta(days=1)


@dataclass
class Desk:
    """All emergencies of this process."""

    context: Context
    slack: Slack
    transports: Sequence[Transport]
    roster_file: Path
    pending: dict[str, Emergency] = field(default_factory=dict)
    elsewhere: dict[str, Acknowledged] = field(default_factory=dict)
    """Answers to emergencies that other replicas hold."""

    def __post_init__(self) -> None:
        self.keeping = Keeping(self.context, self.roster_file)
        self._journal: Journal | None = None
        self._sending: dict[str, Sending] = {}
        self._climbing: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self.news = asyncio.Event()

    def open(self) -> None:
        """Read what was known when the process last ran, and go on with what was not recorded."""
        self.keeping.load()
        self._journal, self.pending, self.elsewhere = Journal.take(self.roster_file)
        for request in self.pending:
            log.warning("emergency_resumed", request_id=request)
            self._send(request, after_restart=True)
        if self.pending or self.elsewhere:
            self.news.set()
        self._climbing = asyncio.create_task(self._climb(), name="emergency-ladders")

    async def close(self) -> None:
        """What is not recorded is in the journal, for the next start."""
        await self.keeping.close()
        if self._climbing is not None:
            self._climbing.cancel()
            await asyncio.gather(self._climbing, return_exceptions=True)
        await asyncio.gather(*(each.pause(PAUSE_WITHIN_S) for each in self._sending.values()))
        if self._journal is not None:
            self._journal.close()

    def holds(self, request: str | None) -> bool:
        """Whether what follows from a request has to wait: it was said here, and is not recorded yet."""
        return request in self.pending

    async def declare(self, wanted: Declare) -> tuple[Emergency, bool]:
        """Page for a declaration that could not be recorded; the same request again changes nothing.

        Gives the emergency, and whether it is on disk.
        """
        if (before := self.pending.get(wanted.act.request_id)) is not None:
            return before, True
        playbook = self.context.playbook.current
        name, severity = playbook.severity(wanted.severity)
        act, rule = wanted.act, severity.page
        path = rule.path if rule is not None else None
        after = rule.after if rule is not None else None
        declared = Declared(
            request=act.request_id,
            at=act.at,
            by=act.by,
            severity=name,
            title=wanted.title,
            service=wanted.service,
            private=wanted.private,
            origin=wanted.origin,
            ladder=climbing.ladder_of(playbook, path) if path is not None else None,
            begins_at=(act.at + after if after else act.at) if path is not None else None,
            known_at=self.keeping.roster.known_at if self.keeping.roster is not None else None,
        )
        at_once = rule.at_once if rule is not None else []
        begun = calling.declare(declared, at_once, self._whom)
        metrics.EMERGENCIES.inc()
        log.error("emergency", severity=name, pages=len(begun.emergency.calls))
        self.pending[act.request_id] = begun.emergency
        writing = asyncio.ensure_future(self._write(begun.fresh))
        # A disk that hangs must not hold up the pages.
        await asyncio.wait([writing], timeout=WRITE_WITHIN_S)
        kept = writing.done() and writing.result()
        self._send(act.request_id)
        self.news.set()
        self._changed.set()
        return self.pending.get(act.request_id, begun.emergency), kept

    async def happened(self, *events: Event) -> bool:
        """Put on record what is about to happen, or just did; gives whether it is on disk."""
        for event in events:
            if (was := self.pending.get(event.request)) is not None:
                self.pending[event.request] = following(was, event)
        kept = await self._write(events)
        for request in {event.request for event in events}:
            if request in self.pending:
                self._send(request)
        self._changed.set()
        return kept

    async def acknowledged(self, answer: Acknowledged) -> Acknowledged:
        """Somebody has it; gives the acknowledgement that counts, which is the first."""
        was = self.pending.get(answer.request)
        if was is None:
            first = self.elsewhere.setdefault(answer.request, answer)
            await self._write([first])
            self.news.set()
            return first
        if was.acknowledged is None:
            await self.happened(answer)
        return was.acknowledged or answer

    async def declined(self, request: str, call: int, by: UserId) -> bool:
        """Somebody cannot take it: whoever is next is called. False where that cannot be done here."""
        emergency = self.pending.get(request)
        if emergency is None:
            return False
        if emergency.acknowledged is None and call not in emergency.declined:
            now = self.context.clock.now()
            unfolding = calling.decline(emergency, call, by, now, self._whom)
            await self.happened(*unfolding.fresh)
        return True

    async def pause(self, request: str) -> None:
        """Let what is in hand end, so that what is recorded is all that happened."""
        if request in self._sending:
            await self._sending[request].pause(PAUSE_WITHIN_S)

    def resume(self, request: str) -> None:
        """It could not be recorded: go on."""
        if request in self._sending:
            self._sending[request].resume()
            self._send(request, after_restart=True)

    async def mark(
        self, channel: ChannelId, message: Ts, severity: str, title: str, ack: Acknowledged
    ) -> None:
        """Show an answer in a message of another replica's, where that one finds it."""
        content = cards.acknowledged(severity, title, ack.by, ack.at)
        more = {"acknowledged_by": str(ack.by), "acknowledged_at": ack.at.isoformat()}
        metadata = posting.marked(full(ack.request, "answered"), **more)
        arguments = {**posting.arguments(content, channel), "metadata": metadata}
        try:
            await self.slack.call("chat.update", urgent=True, ts=message, **arguments)
        except (Refused, Away, Busy, Unclear) as error:
            log.warning("emergency_not_marked", error=str(error))

    async def tell(self, told: Mapping[str, Any]) -> None:
        """Say something to one person, which usually delivery does: now, or not at all."""
        for _ in range(TELL_TRIES):
            try:
                return await say(self.slack, told)
            except Busy as limit:
                await self.context.clock.wait_until(limit.retry_at, asyncio.Event())
            except (Refused, Away, Unclear) as error:
                log.warning("not_told", error=str(error))
                return None
        return None

    async def recorded(self, request: str, number: int) -> None:
        """The database has it now, and whatever follows is its affair."""
        event = Recorded(request, self.context.clock.now(), number)
        self.pending.pop(request, None)
        self.elsewhere.pop(request, None)
        self._sending.pop(request, None)
        self.context.queue.news.set()
        await self._write([event])
        if not self.pending and not self.elsewhere and self._journal is not None:
            await self._journal.empty()

    async def _write(self, events: Sequence[Event]) -> bool:
        return self._journal is not None and await self._journal.add(events)

    # Whom to call

    def _whom(self, targets: Sequence[str]) -> list[calling.Meant]:
        playbook, now = self.context.playbook.current, self.context.clock.now()
        known = self.keeping.known

        def on_call(schedule: str) -> tuple[str, ...] | None:
            found = known.on_call(playbook, schedule, now)
            return found.people if found is not None else None

        found = []
        for each in resolve(targets, on_call, playbook.people):
            kind, _, name = each.target.rpartition(":")
            why = known.on_call(playbook, name, now) if kind == "schedule" else None
            user = self._user(each.person) if each.person is not None else None
            found.append(calling.Meant(each, user, why))
        return found

    def _user(self, person: str) -> UserId | None:
        """Who somebody is in Slack, as far as that is known; outside the playbook they go by their id."""
        is_listed = person in self.context.playbook.current.people
        return self.context.directory.known_user(person) if is_listed else UserId(person)

    async def _climb(self) -> None:
        """Call whoever is next when the time for it comes."""
        while True:
            self._changed.clear()
            due = [each.due_at for each in self.pending.values() if each.due_at is not None]
            await self.context.clock.wait_until(min(due, default=None), self._changed)
            failed = await asyncio.gather(
                *(self._take_steps(request) for request in list(self.pending)), return_exceptions=True
            )
            for error in failed:  # the loop's edge: one emergency's mistake stays that one's
                if isinstance(error, Exception):
                    log.error("emergency_not_climbed", exc_info=error)
                    await asyncio.sleep(1)

    async def _take_steps(self, request: str) -> None:
        emergency = self.pending[request]
        if emergency.due_at is None or emergency.due_at > self.context.clock.now():
            return
        if (answer := await self._answered_elsewhere(emergency)) is not None:
            await self.happened(answer)
            return
        current = self.pending.get(request)
        if current is not None:
            now = self.context.clock.now()
            await self.happened(*calling.due(current, now, self._whom).fresh)

    async def _answered_elsewhere(self, emergency: Emergency) -> Acknowledged | None:
        """Whether another replica took an answer: it wrote so into the message that was answered."""
        if self.context.queue.database.dialect == "sqlite":
            return None  # a process on its own
        with contextlib.suppress(Refused, Away, Busy, Unclear, TimeoutError):
            async with asyncio.timeout(LOOK_WITHIN_S):
                for shown in emergency.shown.values():
                    mark = await posting.mark_at(self.slack, shown.channel, shown.ts)
                    if (answer := _answer(emergency.request, mark)) is not None:
                        return answer
        return None

    def _send(self, request: str, *, after_restart: bool = False) -> None:
        """Begin whatever is to be sent, or to be shown anew, and is not at work already."""
        if request not in self._sending:

            def now() -> Emergency | None:
                return self.pending.get(request)

            self._sending[request] = Sending(
                self.slack, self.transports, self.context.clock, now, self.happened
            )
        roster = self.keeping.known
        begin(self._sending[request], self.pending[request], self.context, roster, look_first=after_restart)


def _answer(request: str, mark: Mapping[str, str]) -> Acknowledged | None:
    """What another replica wrote into a message of the emergency's."""
    by, at = mark.get("acknowledged_by"), mark.get("acknowledged_at")
    return Acknowledged(request, datetime.fromisoformat(at), UserId(by)) if by and at else None
