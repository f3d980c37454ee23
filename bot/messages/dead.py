"""What was given up for good is heard of by somebody: one message a day for each kind of trouble."""

from datetime import UTC

from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place
from bot.mrkdwn import said
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.slack.blocks import Content, section

TELL_DEAD = "delivery.dead"


async def bury(tx: Transaction, effect: Leased, reason: str, goes_on: bool) -> None:
    """Queue the message about an effect that was given up, or, if it `goes_on`, fails again and again.

    A message about messages is only logged.
    """
    if effect.kind == TELL_DEAD:
        return
    day = tx.now.astimezone(UTC).date().isoformat()
    key = f"dead:{effect.kind}:{reason}"[:150] + f":{day}"
    payload = {"kind": effect.kind, "lane": effect.lane, "reason": reason, "key": key, "goes_on": goes_on}
    tx.queue(Effect(TELL_DEAD, key, Priority.UPDATE, payload, key))


def performers(messages: Messages, directory: Directory, playbook: PlaybookFile) -> dict[str, Perform]:
    async def perform(effect: Leased) -> Done:
        told = effect.payload
        text = (
            f":warning: Watchbill could not do `{said(told['kind'], 100)}` for `{said(told['lane'], 200)}`"
            f" and {'keeps trying' if told['goes_on'] else 'will not try again'}: {said(told['reason'], 500)}"
        )
        channel = await directory.channel(playbook.current.channels.alerts)
        return await messages.show(effect, told["key"], Place(channel), Content(text, (section(text),)))

    return {TELL_DEAD: perform}
