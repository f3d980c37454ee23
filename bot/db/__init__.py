"""The database: one door for SQLite and PostgreSQL."""

from bot.db.database import Database
from bot.db.migrate import migrate
from bot.db.types import BigId, Json, UtcDateTime, metadata

__all__ = ["BigId", "Database", "Json", "UtcDateTime", "metadata", "migrate"]
