"""Where Alembic enters: the bot hands in a connection; the command line gets one from DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from bot.db import Database
from bot.db.tables import metadata

# What the bot itself takes when nothing is set.
DEFAULT_URL = "sqlite+aiosqlite:///watchbill.db"


def run(connection: Connection) -> None:
    """Run on CONNECTION, inside the transaction it has. Tables are rebuilt where SQLite cannot alter them."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_own_connection() -> None:
    database = await Database.open(os.environ.get("DATABASE_URL", DEFAULT_URL))
    try:
        async with database.migration() as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on_own_connection())
