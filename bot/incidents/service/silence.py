"""Acknowledged, and then nothing: whoever answered is asked, and without a word the page goes on.

`acknowledge_timeout` of the escalation path is how long silence may last. Anything a person does about the
incident after the acknowledgement is a sign of life, whoever does it. `since` is always the timeline's number
of the acknowledgement.
"""

from datetime import timedelta

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.incidents import store
from bot.incidents.model import answering, change, queued
from bot.incidents.model.incident import Entry, Incident, Number
from bot.incidents.service import calling
from bot.incidents.service.work import Work, work_on
from bot.model import WATCHBILL, Act
from bot.mrkdwn import user, when
from bot.paging import service as paging

# Who is asked has this long to answer: what the guides give for the answer to a critical page (C3, E4).
ANSWER_WITHIN = timedelta(minutes=5)


async def expect_sign_of_life(work: Work) -> None:
    """Somebody has just answered: wait for what they do about it, where the path asks for that."""
    climbed = await paging.last_climb(work.tx, work.incident.name)
    timeout = climbed.ladder.acknowledge_timeout if climbed else None
    await work.tx.cancel(queued.silent_key(work.incident.number))
    if timeout is not None:
        work.tx.queue(queued.silent(work.incident.number, work.incident.last_seq, work.tx.now + timeout))


async def silent_due(context: Context, tx: Transaction, number: Number, since: int, *, asked: bool) -> None:
    """Nobody has said a word since: ask, and when that was in vain, page on."""
    incident = await store.lock(tx.connection, number)
    answered = await store.entry(tx.connection, number, since)
    if incident is None or not incident.is_open or answered is None:
        return
    if await sign_of_life(tx, answered):
        return
    if not asked:
        again = tx.now + ANSWER_WITHIN
        tx.queue(queued.still_there(number, since), queued.silent(number, since, again, asked=True))
        return
    work = Work(context, tx, incident)
    text = f"{user(answered.by)} answered at {when(answered.at)} and was not heard of since: paging on"
    await work.apply(answering.silent(incident, text, tx.now))
    tx.queue(queued.still_there(number, since))
    await calling.call_next(work, WATCHBILL)


async def still_there(context: Context, number: Number, since: int, act: Act) -> Incident:
    """ "Still on it": an answer once more, with the same time to be heard of. Raises UserError."""
    async with work_on(context, number, act, needs=None) as work:
        await work.apply(answering.still_there(work.incident, act))
        await paging.end_climbs(work.tx, work.incident.name)
        await expect_sign_of_life(work)
        work.tx.queue(queued.still_there(number, since))
        return work.incident


async def hand_on(context: Context, number: Number, since: int, act: Act) -> Incident:
    """Whoever is asked cannot go on: the next of the path is called at once. Raises UserError."""
    async with work_on(context, number, act, needs=None) as work:
        change.must_be_open(work.incident)
        await work.apply(answering.decline(work.incident, act))
        await calling.call_next(work, act.by)
        work.tx.queue(queued.still_there(number, since))
        return work.incident


async def sign_of_life(tx: Transaction, answered: Entry) -> bool:
    """Whether anybody did anything about the incident after that answer."""
    entries = await store.entries(tx.connection, answered.incident)
    return any(entry.seq > answered.seq and entry.by != WATCHBILL for entry in entries)
