"""Telling whoever called how it stands."""

from bot.calls import store
from bot.calls.cards import call_card
from bot.calls.model import SHOW, CallId
from bot.db import Database
from bot.delivery.model import Leased
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place


def performers(database: Database, messages: Messages) -> dict[str, Perform]:
    async def show(effect: Leased) -> Done:
        async with database.read() as connection:
            call = await store.find(connection, CallId(effect.payload["call"]))
        if call is None:
            return Done(detail="no such call")
        return await messages.show(effect, f"call:{call.id}", Place(call.by), call_card(call))

    return {SHOW: show}
