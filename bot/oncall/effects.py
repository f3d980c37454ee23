"""What follows a change of watch, user groups, and requests for cover."""

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages
from bot.oncall import groups, requesting
from bot.oncall.queued import WATCH_CHANGES
from bot.oncall.watching import watch_changed
from bot.slack.gateway import Slack


def performers(context: Context, slack: Slack, messages: Messages) -> dict[str, Perform]:
    async def changes(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            await watch_changed(tx, context.playbook.current, effect.payload["schedule"])

        return Done(record)

    requests = requesting.performers(context, messages)
    return {WATCH_CHANGES: changes, **groups.performers(context, slack, messages), **requests}
