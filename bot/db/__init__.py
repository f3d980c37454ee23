"""The database: one door for SQLite and PostgreSQL."""

from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from bot.db.database import Database, Unreachable, in_background
from bot.db.migrate import migrate
from bot.db.types import BigId, Json, UtcDateTime, metadata
from bot.db.upsert import insert

__all__ = [
    "BigId",
    "Database",
    "DatabaseError",
    "Json",
    "Unreachable",
    "UtcDateTime",
    "in_background",
    "insert",
    "metadata",
    "migrate",
]
