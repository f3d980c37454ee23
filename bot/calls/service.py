"""Paging people with a few words, and what comes of it."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.calls import store
from bot.calls.model import ANSWERED, Call, CallId, alarm, show, tell
from bot.context import Context, must_be
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.intake import store as intake
from bot.model import Act, UserId
from bot.mrkdwn import escape, user, when
from bot.paging import climbing
from bot.paging import service as paging
from bot.paging import store as pages
from bot.paging.ladder import Climb, Ladder, Rung
from bot.paging.model import ASKED_FOR, Called, Page, PageState, Subject

LONGEST_TEXT = 1000


async def call(context: Context, wanted: Sequence[str], text: str, act: Act) -> tuple[Call, list[Called]]:
    """Page people, `user:U…`, schedules or escalation paths with `text`: all of them, or none and why.

    Raises UserError.
    """
    if not text:
        raise UserError("What shall they read? Try: /oncall page @bo The backup did not run, can you look?")
    if len(text) > LONGEST_TEXT:
        raise UserError(f"A page has at most {LONGEST_TEXT} characters: say the most important first.")
    must_be(context, act.by, "responder")
    playbook = context.playbook.current
    paths = [each for each in wanted if each in playbook.escalation]
    targets = [target for each in wanted if each not in paths for target in climbing.targets(playbook, each)]
    async with context.queue.transaction() as tx:
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise UserError("They are paged already.")
        made = await store.add(tx.connection, Call(CallId(0), text, act.by, tx.now, ""))
        work = Work(context, tx, made)
        called = await work.page(targets)
        for path in paths:
            begun = await paging.begin_climb(tx, work.subject, climbing.ladder_of(playbook, path))
            called += await work.take_steps(begun)
        whom = ", ".join(dict.fromkeys(_shown(context, each.person) for each in called if each.person))
        await work.save(replace(work.call, whom=whom or "nobody"))
    return work.call, called


async def acknowledge(context: Context, number: CallId, act: Act, people: Collection[str] = ()) -> Call:
    """Somebody answers; the first wins. Raises UserError.

    `people` (the playbook's names) were called where it is answered: once somebody has it, those of them who
    are called for help answer for themselves.
    """
    async with _on(context, number, act) as work:
        if work.call.acknowledged_by is not None and work.call.acknowledged_at is not None:
            waiting = await pages.of_subject(work.tx.connection, work.call.name, PageState.OPEN)
            called = {page.person: page for page in waiting if page.person in people}
            for page in called.values():
                await paging.answer(work.tx, page, act.by)
            if called:
                return work.call
            by, at = user(work.call.acknowledged_by), when(work.call.acknowledged_at)
            raise UserError(f"{work.call.name} was already acknowledged by {by} at {at}.")
        await work.save(replace(work.call, acknowledged_by=act.by, acknowledged_at=work.tx.now))
        await paging.acknowledge(work.tx, work.call.name, act.by)
        work.tx.queue(alarm(number))
        if act.by != work.call.by:
            work.tx.queue(tell(number, ANSWERED))
        return work.call


async def decline(context: Context, page: Page, number: CallId, act: Act) -> Call:
    """ "I can't, next please". Raises UserError."""
    async with _on(context, number, act) as work:
        held = await pages.find(work.tx.connection, page.id)
        is_open = held is not None and held.state is PageState.OPEN
        if work.call.acknowledged_by is not None and not is_open:
            raise UserError(f"{work.call.name} has been acknowledged: nobody waits for you.")
        if held is None or held.state is PageState.DECLINED:
            # Each of two clicks would call somebody further.
            raise UserError("You have passed this page on already.")
        await paging.decline(work.tx, page, act.by)
        await work.call_next(f"{user(act.by)} cannot take it")
        return work.call


async def escalate(context: Context, number: CallId, act: Act) -> Call:
    """Whoever has it needs help. Raises UserError."""
    async with _on(context, number, act) as work:
        await work.call_next(f"{user(act.by)} asks for help")
        return work.call


async def climb_due(context: Context, tx: Transaction, number: CallId) -> None:
    """The time for the ladder's next step has come, and nobody has answered."""
    found = await store.lock(tx.connection, number)
    if found is not None:
        last = await paging.last_climb(tx, found.name)
        if last is not None and last.due_at is not None:
            await Work(context, tx, found).take_steps(last)


async def unheard(context: Context, tx: Transaction, number: CallId, page: Page, reason: str) -> None:
    """Somebody cannot be reached at all: whoever called hears of it, and whoever is next is called."""
    found = await store.lock(tx.connection, number)
    if found is not None:
        work = Work(context, tx, found)
        await work.unheard(reason)
        if (last := await climbing.left_alone(tx, page)) is not None:
            await work.take_steps(last)


@dataclass
class Work:
    """A call held for one change. `call` is always its newest state."""

    context: Context
    tx: Transaction
    call: Call

    @property
    def subject(self) -> Subject:
        return Subject(self.call.name, "", self.call.text)

    async def save(self, call: Call) -> None:
        self.call = call
        await store.save(self.tx.connection, call)
        self.tx.queue(show(call.id))

    async def unheard(self, reason: str, channel: str | None = None) -> None:
        """Whoever called hears why nobody further is called, and so does a channel that wants to."""
        await self.save(replace(self.call, unheard=reason))
        self.tx.queue(tell(self.call.id, reason))
        if channel is not None:
            self.tx.queue(alarm(self.call.id, channel))

    async def page(
        self, targets: Sequence[str], rule: str = ASKED_FOR, *, again: bool = False
    ) -> list[Called]:
        """Page whoever the targets mean now; which of them mean nobody is told to whoever called."""
        called = await paging.page(
            self.tx,
            self.subject,
            targets,
            by=self.call.by,
            playbook=self.context.playbook.current,
            directory=self.context.directory,
            rule=rule,
            again=again,
        )
        for each in called:
            if each.person is None:
                await self.unheard(f"nobody was paged: {escape(each.why)}")
        return called

    async def take_steps(self, climb: Climb) -> list[Called]:
        async def call(rung: Rung, step: int) -> list[Called]:
            return await self.page(rung.targets, climb.ladder.words(step), again=step > 0)

        async def ran_out(ladder: Ladder) -> None:
            text = f"nobody answered on the path {escape(ladder.path)}, and there is nobody left to call"
            await self.unheard(text, ladder.unheard)

        return await climbing.take_steps(self.tx, climb, call, ran_out)

    async def call_next(self, because: str) -> None:
        last = await paging.last_climb(self.tx, self.call.name)
        if last is None or last.exhausted:
            await self.unheard(f"{because}, and there is nobody further to call")
        else:
            await self.take_steps(replace(last, due_at=self.tx.now))


@asynccontextmanager
async def _on(context: Context, number: CallId, act: Act) -> AsyncIterator[Work]:
    async with context.queue.transaction() as tx:
        found = await store.lock(tx.connection, number)
        if found is None:
            raise UserError("This page is about nothing I know of any more.")
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise UserError("That was done already.")
        yield Work(context, tx, found)


def _shown(context: Context, person: str) -> str:
    if person in context.playbook.current.people:
        return context.directory.shown(person)
    return user(UserId(person))
