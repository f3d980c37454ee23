"""Bring the tables up to date when the bot starts."""

from bot.db.database import Database


async def migrate(database: Database) -> None:
    raise NotImplementedError
