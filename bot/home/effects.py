"""Drawing home tabs."""

from bot.context import Context
from bot.delivery.model import Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.home import store
from bot.home.cards import home_tab
from bot.home.model import KEPT_FRESH, PUBLISH, publish
from bot.incidents import store as incidents
from bot.incidents.model import queued
from bot.model import UserId
from bot.oncall.cards import lines
from bot.oncall.service import watches
from bot.slack.gateway import Slack


def performers(context: Context, slack: Slack) -> dict[str, Perform]:
    async def spread(effect: Leased) -> Done:
        """Something changed: every tab that is looked at is drawn anew."""

        async def record(tx: Transaction) -> None:
            for user in await store.since(tx.connection, tx.now - KEPT_FRESH):
                tx.queue(publish(user, Priority.COSMETIC))

        return Done(record)

    async def draw(effect: Leased) -> Done:
        user = UserId(effect.payload["user"])
        async with context.queue.database.read() as connection:
            open_ones = await incidents.open_ones(connection, user)
            roles = await incidents.with_role(connection, user)
            on_now = await watches(connection, context.playbook.current, context.clock.now())
        on_call = lines(on_now, context.directory.shown)
        await slack.call("views.publish", user_id=user, view=home_tab(open_ones, roles, on_call))
        return Done()

    return {queued.CHANGED: spread, PUBLISH: draw}
