"""Bring the tables up to date when the bot starts."""

from importlib import resources
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.errors import ConfigError

# Any number will do, as long as all replicas use the same one and nobody else does.
POSTGRES_LOCK = 0x77617463_6862696C


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to REVISION in one transaction: all of it or nothing, whenever the process dies.

    Of replicas that start at once the first migrates and the others wait; on SQLite the lock file has
    already seen to it that there is one. Raises `ConfigError` if a newer release has been here before.
    """
    if revision == "head" and await _is_current(database):
        return
    from bot.db.revisions import upgrade  # noqa: PLC0415  A good part of a start, and most have nothing to do.

    async with database.migration() as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        changed = await connection.run_sync(upgrade, revision)
        if changed and database.dialect == "sqlite":
            await _check_references(connection)


async def pending(database: Database) -> int:
    """How many revisions `migrate` would apply; changes nothing. Raises `ConfigError` where it would fail."""
    from bot.db.revisions import count_pending  # noqa: PLC0415  As above.

    async with database.read() as connection:
        count = await connection.run_sync(count_pending)
        if count and database.dialect == "postgresql":
            allowed = await connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
            if not allowed:
                raise ConfigError(
                    f"{database.url.username} may not create tables in this database: "
                    f'GRANT CREATE ON SCHEMA public TO "{database.url.username}"'
                )
    return count


def newest_revision() -> str:
    """By the names of the files, which begin with it (`[tool.alembic]` in pyproject.toml)."""
    versions = resources.files("migrations") / "versions"
    return max(file.name.partition("_")[0] for file in versions.iterdir() if file.name[:1].isdigit())


async def _is_current(database: Database) -> bool:
    async with database.read() as connection:
        if not await connection.run_sync(lambda reading: inspect(reading).has_table("alembic_version")):
            return False
        present = (await connection.scalars(text("SELECT version_num FROM alembic_version"))).all()
    return list(present) == [newest_revision()]


async def _check_references(connection: AsyncConnection) -> None:
    """Foreign keys are off while tables are rebuilt, so look afterwards, while it can still be undone."""
    broken: list[Any] = list((await connection.execute(text("PRAGMA foreign_key_check"))).all())
    if broken:
        table, row, parent, _ = broken[0]
        raise ConfigError(
            f"the migration would leave {len(broken)} broken references, the first in {table} row {row} "
            f"to {parent}; nothing was changed"
        )
