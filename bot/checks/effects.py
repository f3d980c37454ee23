"""What checks do outside: answers to people, warnings, incidents."""

from functools import partial

from bot.checks import store, watching
from bot.checks.asking import ask
from bot.checks.cards import result_card, trouble_card
from bot.checks.model.result import Verdict, span
from bot.checks.model.trouble import Trouble, TroubleId, asks_for_incident
from bot.checks.queued import ASK_AGAIN, RUN, SHOW_TROUBLE, TELL_INCIDENT, message_key, show_trouble
from bot.checks.service import run_check
from bot.checks.sources import Sources
from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.errors import UserError
from bot.incidents.model.incident import Number
from bot.incidents.service import outside
from bot.incidents.service.declare import Declare, declare
from bot.incidents.service.queries import still_open
from bot.incidents.service.work import AlreadyCarriedOut
from bot.messages import store as messages_store
from bot.messages.show import Messages, Place
from bot.messages.tell import tell
from bot.model import Act, ChannelId, UserId, outsider
from bot.mrkdwn import cut
from bot.playbook.checks import Check

# As much of a title as a phone shows of it.
TITLE = 120


def performers(context: Context, sources: Sources, messages: Messages) -> dict[str, Perform]:
    return {
        RUN: partial(_run, context, sources),
        ASK_AGAIN: partial(_ask_again, context, sources),
        SHOW_TROUBLE: partial(_show, context, messages),
        TELL_INCIDENT: partial(_tell_incident, context),
    }


async def _run(context: Context, sources: Sources, effect: Leased) -> Done:
    name, user = effect.payload["check"], UserId(effect.payload["user"])
    if name not in context.playbook.current.checks:
        return Done(detail="the playbook has no such check any more")
    result = await run_check(context, sources, name)
    content = result_card(result, context.playbook.current.checks.get(name))

    async def record(tx: Transaction) -> None:
        tx.queue(tell(user, ChannelId(effect.payload["channel"]), content))

    return Done(record, detail=str(result.verdict))


async def _ask_again(context: Context, sources: Sources, effect: Leased) -> Done:
    playbook, name = context.playbook.current, effect.payload["check"]
    if name not in playbook.checks:
        return Done(detail="the playbook has no such check any more")
    result = await ask(playbook, name, sources, context.clock)

    async def record(tx: Transaction) -> None:
        await watching.record(tx, playbook, [result])

    return Done(record, detail=str(result.verdict))


async def _show(context: Context, messages: Messages, effect: Leased) -> Done:
    trouble, check = await _look(context, effect)
    if trouble is None:
        return Done(detail="no such trouble")
    key = message_key(trouble)
    if (
        check is not None
        and check.incident is not None
        and trouble.gravest is Verdict.FAIL
        and not trouble.outlived
    ):
        async with context.queue.database.read() as connection:
            if await messages_store.find(connection, key) is None:
                return Done(detail="an incident tells of it")
    name = check.channel if check is not None and check.channel else None
    channel = await context.directory.channel(name or context.playbook.current.channels.alerts)
    return await messages.show(effect, key, Place(channel), trouble_card(trouble, check))


async def _tell_incident(context: Context, effect: Leased) -> Done:
    trouble, check = await _look(context, effect)
    if trouble is None or check is None or check.incident is None:
        return Done(detail="nothing to declare")
    known = Number(trouble.incident) if trouble.incident is not None else None
    if known is not None and await still_open(context.queue.database, known):
        await _note(context, known, trouble)
        return Done(detail=f"said in INC-{known}")
    if not asks_for_incident(trouble):
        return Done(detail="it is over")
    number = await _declare(context, trouble, check, check.incident)

    async def record(tx: Transaction) -> None:
        await store.set_incident(tx.connection, trouble.id, number)
        tx.queue(show_trouble(trouble))

    return Done(record, detail=f"INC-{number}")


async def _look(context: Context, effect: Leased) -> tuple[Trouble | None, Check | None]:
    async with context.queue.database.read() as connection:
        trouble = await store.find_trouble(connection, TroubleId(effect.payload["trouble"]))
    return trouble, context.playbook.current.checks.get(trouble.check) if trouble else None


def _act(context: Context, trouble: Trouble, about: str) -> Act:
    """Done once for each time the trouble came, went or changed."""
    who = outsider(f"check {trouble.check}")
    return Act(who, context.clock.now(), f"check:{trouble.id}:{trouble.times}:{about}", proven=True)


async def _declare(context: Context, trouble: Trouble, check: Check, severity: str) -> Number:
    title = cut(f"{check.title or trouble.check}: {trouble.evidence}", TITLE)
    service = check.service if check.service in context.playbook.current.services else None
    act = _act(context, trouble, "declared")
    incident = await declare(context, Declare(severity, title, act, service=service))
    return incident.number


async def _note(context: Context, number: Number, trouble: Trouble) -> None:
    name = trouble.check
    if trouble.ended_at is not None:
        lasted = span((trouble.ended_at - trouble.again_at).total_seconds())
        text = f"{name} is ok again, after {lasted}"
        if trouble.unwatched:
            text = f"{name} is not asked any more: the playbook does not have it as a probe"
    else:
        text = f"{name} is {trouble.verdict}: {trouble.evidence}"
    act = _act(context, trouble, f"{trouble.verdict}:{trouble.is_over}")
    try:
        await outside.note(context, number, text, act)
    except (AlreadyCarriedOut, UserError):
        # Said before, by an attempt whose end was not recorded; or the incident is gone.
        return
