"""Forgets what nobody will ask for again."""

from datetime import timedelta

from bot.contacts import service as contacts
from bot.context import Context
from bot.delivery import service as delivery
from bot.intake import service as intake
from bot.jobs import service as jobs

# Slack repeats a request within minutes.
REQUESTS_KEPT = timedelta(days=1)
# The delivery record answers questions about last month's pages as well.
DELIVERIES_KEPT = timedelta(days=90)
# As long as what came of one says anything.
TRIALS_KEPT = timedelta(days=90)
# A checklist's history goes back over a year.
RUNS_KEPT = timedelta(days=400)


async def tidy(context: Context) -> None:
    async with context.queue.transaction() as tx:
        await intake.forget_before(tx, tx.now - REQUESTS_KEPT)
        await delivery.forget_before(tx, tx.now - DELIVERIES_KEPT)
        await contacts.forget_trials(tx, tx.now - TRIALS_KEPT)
        await jobs.forget_before(tx, tx.now - RUNS_KEPT)
