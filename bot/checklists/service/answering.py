"""Answering items, taking answers back, handing over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.checklists import queued, store
from bot.checklists.model import (
    NO_ITEM,
    Answer,
    Checked,
    Kind,
    Run,
    RunId,
    State,
    Verb,
    must_be_free,
    must_take_answers,
    number,
)
from bot.checklists.service.start import showing, timers
from bot.checks.model.result import Result
from bot.context import Context
from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.followups import service as followups
from bot.followups.model import FollowUp, Origin
from bot.incidents.service.declare import Declare
from bot.incidents.service.declare import declare as declare_incident
from bot.incidents.service.work import AlreadyCarriedOut
from bot.intake import store as intake
from bot.model import WATCHBILL, Act, UserId
from bot.mrkdwn import one_line


@dataclass(frozen=True)
class FollowedUp:
    """`owner` None: whoever tells of it; `due` None: a week on."""

    owner: UserId | None
    due: date | None


@dataclass(frozen=True)
class Problem:
    """What somebody saw: when, what, what was done, and the severity of the incident it is to be, or whose
    follow-up by when, if any.
    """

    text: str
    action: str
    seen_at: datetime
    severity: str | None = None
    followup: FollowedUp | None = None


@asynccontextmanager
async def work_on(context: Context, number: RunId, act: Act) -> AsyncIterator[tuple[Transaction, Run]]:
    """One change of one run; nobody else changes it meanwhile. Raises UserError, AlreadyCarriedOut."""
    async with context.queue.transaction() as tx:
        run = await store.lock(tx.connection, number)
        if run is None:
            raise UserError("I no longer know this checklist.")
        if not await intake.first_time(tx.connection, act.request_id, tx.now):
            raise AlreadyCarriedOut(act.request_id)
        yield tx, run


async def answer(context: Context, number_: RunId, item: int, verb: Verb, act: Act, text: str = "") -> None:
    """OK, skipped with a reason, or a value. Raises UserError where somebody was first, or it is closed."""
    async with work_on(context, number_, act) as (tx, run):
        must_be_free(run, item)
        asked = run.items[item]
        if asked.kind is Kind.NUMBER and verb is Verb.VALUE:
            text = number(text)
        await _keep(tx, run, Answer(item, verb, act.by, tx.now, text))


async def choose(context: Context, number_: RunId, item: int, choice: int, act: Act) -> None:
    """One of the item's choices, by its position."""
    async with work_on(context, number_, act) as (tx, run):
        must_be_free(run, item)
        await _keep(tx, run, Answer(item, Verb.VALUE, act.by, tx.now, run.items[item].choices[choice]))


async def report(context: Context, number_: RunId, item: int, problem: Problem, act: Act) -> None:
    """A problem with an item, or, with NO_ITEM, something odd; an incident or a follow-up is opened if that
    is wanted. Raises UserError.
    """
    run = await look_at(context, number_)
    if item == NO_ITEM:
        must_take_answers(run)
    else:
        must_be_free(run, item)
    incident = None
    if problem.severity is not None:
        title = one_line(problem.text)[:200]
        declaring = replace(act, request_id=f"{act.request_id}:incident")
        declared = await declare_incident(context, Declare(problem.severity, title, declaring))
        incident = declared.number
    new = await _to_follow_up(context, run, item, problem, act)
    async with work_on(context, number_, act) as (tx, run):
        opened = await followups.open_in(tx, new) if new is not None else None
        # Somebody may have answered meanwhile: what was seen, and its incident, are kept all the same.
        is_taken = item == NO_ITEM or item in run.answers or run.closed_at is not None
        found = Answer(
            NO_ITEM if is_taken else item,
            Verb.NOTE if is_taken else Verb.PROBLEM,
            act.by,
            tx.now,
            problem.text,
            problem.action,
            problem.seen_at,
            incident,
            opened.id if opened is not None else None,
        )
        await _keep(tx, run, found)


async def _to_follow_up(context: Context, run: Run, item: int, problem: Problem, act: Act) -> FollowUp | None:
    wanted = problem.followup
    if wanted is None:
        return None
    origin = Origin(run.scope.incident, run.id, None if item == NO_ITEM else item, run.title)
    title = one_line(problem.text)
    return await followups.prepared(context, followups.Wanted(title, wanted.owner, wanted.due, origin), act)


async def take_back(context: Context, number_: RunId, item: int, act: Act) -> None:
    """The item is open again."""
    async with work_on(context, number_, act) as (tx, run):
        must_take_answers(run)
        if item not in run.answers:
            raise UserError("This answer was taken back already.")
        await store.take_back(tx.connection, number_, item, tx.now)
        await _settle(tx, number_, act.by)


async def check_again(context: Context, number_: RunId, item: int, act: Act) -> None:
    """A machine is asked once more."""
    async with work_on(context, number_, act) as (tx, run):
        must_take_answers(run)
        tx.queue(queued.check(run.id, item))


async def found_by_machine(tx: Transaction, number_: RunId, item: int, result: Result) -> None:
    """What a check gave; for a checklist that was closed meanwhile it comes too late."""
    run = await store.lock(tx.connection, number_)
    if run is None or run.closed_at is not None:
        return
    found = Checked(item, result.verdict.value, result.measured, result.evidence, result.link, result.at)
    await store.checked(tx.connection, number_, found)
    await _settle(tx, number_, WATCHBILL)


async def hand_over(context: Context, number_: RunId, to: UserId, act: Act) -> None:
    """From now on it is somebody else's; they are told, and reminded as whoever had it was."""
    name = context.directory.name_of(to) or to
    async with work_on(context, number_, act) as (tx, run):
        must_take_answers(run)
        if run.people == (name,):
            raise UserError("It is theirs already.")
        is_direct = bool(run.prompted)
        prompted = run.prompted if name in run.prompted or not is_direct else (*run.prompted, name)
        handed = replace(run, people=(name,), prompted=prompted)
        await store.save(tx.connection, handed)
        tx.queue(*showing(handed))
        if to != act.by:
            tx.queue(queued.tell(run.id, name, f"handed:{act.by}", int(tx.now.timestamp())))
        if run.state is State.OPEN:
            await _chase_anew(tx, handed)


async def look_at(context: Context, number_: RunId) -> Run:
    """Raises UserError for one that is not known."""
    async with context.queue.database.read() as connection:
        run = await store.find(connection, number_)
    if run is None:
        raise UserError("I no longer know this checklist.")
    return run


async def _keep(tx: Transaction, run: Run, found: Answer) -> None:
    await store.answered(tx.connection, run.id, found)
    await _settle(tx, run.id, found.by)


async def _settle(tx: Transaction, number_: RunId, by: UserId) -> None:
    """Whether it is done now, or is no longer; shown as it is."""
    run = await store.find(tx.connection, number_)
    if run is None:  # it is held by the caller
        raise LookupError(f"checklist run {number_} is gone")
    if run.state is State.OPEN and run.is_complete:
        run = replace(run, state=State.DONE, done_at=tx.now, done_by=by)
        await store.save(tx.connection, run)
        await tx.cancel(*queued.timer_keys(run))
    elif run.state is State.DONE and not run.is_complete and run.closed_at is None:
        run = replace(run, state=State.OPEN, done_at=None, done_by=None)
        await store.save(tx.connection, run)
        await _chase_anew(tx, run)
    tx.queue(*showing(run))


async def _chase_anew(tx: Transaction, run: Run) -> None:
    await tx.cancel(*queued.timer_keys(run))
    tx.queue(*timers(run, tx.now))
