"""What came of reaching people: by test pages and by pages."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.contacts import store as contacts
from bot.contacts.working import Outcome, outcome_of
from bot.paging.store.ways import last_ways

# What worked, or failed, longer ago than this says little about today.
LOOK_BACK = timedelta(days=90)


async def outcomes(connection: AsyncConnection, now: datetime) -> list[Outcome]:
    """Everything that is known of people's methods."""
    after = now - LOOK_BACK
    trials = [outcome_of(trial) for trial in await contacts.ended_trials(connection, after)]
    return [*trials, *await last_ways(connection, after)]
