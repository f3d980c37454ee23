"""What Alembic does for us: which revision a database is at, and bringing it to another.

Apart from `bot.db.migrate`, which loads this only where there is something to do: Alembic and the revisions
are a good part of what a start costs.
"""

from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import ConfigError


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations that belong to this code, in a checkout or as installed.

    What `[tool.alembic]` in pyproject.toml says beyond that is for those who write migrations.
    """
    folder = Path(str(resources.files("migrations")))
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def count_pending(connection: Connection) -> int:
    """How many revisions `upgrade` would apply. Raises `ConfigError` if a newer release has been here."""
    script = ScriptDirectory.from_config(alembic_config(connection))
    present = _present(connection, script)
    return sum(1 for _ in script.iterate_revisions("heads", tuple(present) or "base"))


def upgrade(connection: Connection, revision: str) -> bool:
    """Upgrade to REVISION; returns whether there was anything to do. Raises as `count_pending`."""
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
