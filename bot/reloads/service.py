"""Telling the other replicas that the playbook is to be read again. Each reads its own file."""

from bot.context import Context
from bot.db import Database
from bot.reloads import store


def has_others(database: Database) -> bool:
    """Whether there may be other replicas: never on SQLite."""
    return database.dialect == "postgresql"


async def ask_others(context: Context) -> None:
    """Every replica reads its playbook again when it next looks, this one as well."""
    if has_others(context.queue.database):
        async with context.queue.transaction() as tx:
            await store.count_one_more(tx.connection)


async def asked(database: Database) -> int:
    """How often that was asked for."""
    async with database.read() as connection:
        return await store.count(connection)
