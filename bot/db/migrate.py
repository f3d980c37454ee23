"""Bring the tables up to date when the bot starts."""

from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database
from bot.errors import ConfigError

# Any number will do, as long as all replicas use the same one and nobody else does.
POSTGRES_LOCK = 0x77617463_6862696C


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations that belong to this code, in a checkout or as installed.

    What `[tool.alembic]` in pyproject.toml says beyond that is for those who write migrations.
    """
    folder = Path(str(resources.files("migrations")))
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to REVISION in one transaction: all of it or nothing, whenever the process dies.

    Of replicas that start at once the first migrates and the others wait; on SQLite the lock file has
    already seen to it that there is one. Raises `ConfigError` if a newer release has been here before.
    """
    async with database.migration() as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        changed = await connection.run_sync(_upgrade, revision)
        if changed and database.dialect == "sqlite":
            await _check_references(connection)


async def pending(database: Database) -> int:
    """How many revisions `migrate` would apply; changes nothing. Raises `ConfigError` where it would fail."""
    async with database.read() as connection:
        count = await connection.run_sync(_count_pending)
        if count and database.dialect == "postgresql":
            allowed = await connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
            if not allowed:
                raise ConfigError(
                    f"{database.url.username} may not create tables in this database: "
                    f'GRANT CREATE ON SCHEMA public TO "{database.url.username}"'
                )
    return count


def _count_pending(connection: Connection) -> int:
    script = ScriptDirectory.from_config(alembic_config(connection))
    present = _present(connection, script)
    return sum(1 for _ in script.iterate_revisions("heads", tuple(present) or "base"))


def _upgrade(connection: Connection, revision: str) -> bool:
    """Returns whether there was anything to do."""
    config = alembic_config(connection)
    script = ScriptDirectory.from_config(config)
    present = _present(connection, script)
    if present == set(script.get_heads()):
        return False
    command.upgrade(config, revision)
    return True


def _present(connection: Connection, script: ScriptDirectory) -> set[str]:
    """The revision the database is at. Raises `ConfigError` if a newer release has been here."""
    known = {each.revision for each in script.walk_revisions()}
    present = set(MigrationContext.configure(connection).get_current_heads())
    if not present <= known:
        raise ConfigError(
            f"the database is at revision {', '.join(sorted(present - known))}, which this release does not "
            "know: start the newer release again, or restore the backup made before it"
        )
    return present


async def _check_references(connection: AsyncConnection) -> None:
    """Foreign keys are off while tables are rebuilt, so look afterwards, while it can still be undone."""
    broken: list[Any] = list((await connection.execute(text("PRAGMA foreign_key_check"))).all())
    if broken:
        table, row, parent, _ = broken[0]
        raise ConfigError(
            f"the migration would leave {len(broken)} broken references, the first in {table} row {row} "
            f"to {parent}; nothing was changed"
        )
