"""Sending test pages, and telling what came of them."""

from collections.abc import Sequence

from bot.contacts import cards, store
from bot.contacts.service import methods
from bot.contacts.trial import END, LASTS, SEND, SHOW, Trial, TrialId, TrialState, end, show
from bot.context import Context
from bot.delivery.errors import Away, Refused, Unclear
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.transports import Outgoing, Transport, taking
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place
from bot.mrkdwn import cut

# A provider's word for why is for people: what they would not read is left out.
REASON = 300


def performers(context: Context, messages: Messages, transports: Sequence[Transport]) -> dict[str, Perform]:
    async def send(effect: Leased) -> Done:
        trial = await _trial(context, effect)
        if trial is None or trial.state is not TrialState.WAITING:
            return Done(detail="no such test page, or it was sent")
        try:
            return _ended(trial, TrialState.ACCEPTED, await _send(context, transports, trial))
        except (Refused, Away) as failure:
            return _ended(trial, TrialState.FAILED, str(failure))
        except Unclear as silence:
            return _ended(trial, TrialState.FAILED, f"no clear answer, so it may arrive yet: {silence}")

    async def tell(effect: Leased) -> Done:
        trial = await _trial(context, effect)
        if trial is None:
            return Done(detail="no such test page")
        return await messages.show(effect, trial.key, Place(trial.user), cards.trial_card(trial))

    async def put_away(effect: Leased) -> Done:
        """The provider may close what it opened for the test."""
        trial = await _trial(context, effect)
        address = _address(context, trial) if trial is not None else None
        if trial is None or address is None:
            return Done(detail="nothing to put away")
        try:
            await taking(transports, address).follow(address, _key(trial), "over")
        except Refused as refusal:
            return Done(detail=f"left as it is: {refusal}")
        return Done()

    return {SEND: send, SHOW: tell, END: put_away}


async def _send(context: Context, transports: Sequence[Transport], trial: Trial) -> str:
    """The provider's word for it. Raises what transports raise."""
    address = _address(context, trial)
    if address is None:
        raise Refused("the playbook has no such contact any more", error="no_contact")
    mildest = list(context.playbook.current.severities)[-1]
    text = f"This is a test page for {trial.person}. Nothing is wrong, and there is nothing to do."
    message = Outgoing(_key(trial), mildest, "Test page", text)
    return await taking(transports, address).send(address, message)


def _ended(trial: Trial, state: TrialState, said: str) -> Done:
    async def record(tx: Transaction) -> None:
        if await store.end_trial(tx.connection, trial, state, cut(said, REASON), tx.now):
            tx.queue(show(trial.id))
            if state is TrialState.ACCEPTED:
                tx.queue(end(trial.id, tx.now + LASTS))

    return Done(record, detail=state)


async def _trial(context: Context, effect: Leased) -> Trial | None:
    async with context.queue.database.read() as connection:
        return await store.find_trial(connection, TrialId(effect.payload["trial"]))


def _address(context: Context, trial: Trial) -> str | None:
    known = methods(context.playbook.current, trial.person)
    return next((each.address for each in known if each.name == trial.method), None)


def _key(trial: Trial) -> str:
    return f"TEST-{trial.id}"
