"""A queue on each database, and a clock that is set by hand."""

import pytest

from bot.db import Database
from bot.delivery.queue import Queue
from tests.delivery.by_hand import HandClock, Outbox


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def outbox(database: Database, clock: HandClock) -> Outbox:
    return Outbox(Queue(database, clock), clock)
