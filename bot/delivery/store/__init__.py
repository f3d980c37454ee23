"""What waits to be done outside, who is at it, and what came of it: tables and queries."""

from bot.delivery.store.claims import Outlook, claim, outlook, renew
from bot.delivery.store.ends import finish, put_back, record, release
from bot.delivery.store.history import Delivery, Tried, history
from bot.delivery.store.queued import Backlog, add, backlog, cancel, forget_before, is_waiting, lanes_waiting
from bot.delivery.store.tables import attempts, outbox

__all__ = [
    "Backlog",
    "Delivery",
    "Outlook",
    "Tried",
    "add",
    "attempts",
    "backlog",
    "cancel",
    "claim",
    "finish",
    "forget_before",
    "history",
    "is_waiting",
    "lanes_waiting",
    "outbox",
    "outlook",
    "put_back",
    "record",
    "release",
    "renew",
]
