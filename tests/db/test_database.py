import asyncio
import os
import random
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database, DatabaseError, in_background
from bot.db.engines import POSTGRES_CONNECTIONS, address
from bot.errors import ConfigError

METADATA = MetaData()
notes = Table(
    "notes", METADATA, Column("id", Integer, primary_key=True), Column("said", Text, nullable=False)
)
replies = Table("replies", METADATA, Column("note", Integer, ForeignKey("notes.id"), nullable=False))


@pytest.fixture
async def opened(database: Database) -> Database:
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    return database


async def say(connection: AsyncConnection, said: str) -> None:
    await connection.execute(insert(notes).values(said=said))


async def everything_said(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.scalars(select(notes.c.said).order_by(notes.c.id))).all())


async def test_what_a_block_wrote_is_there_when_it_ends(opened: Database) -> None:
    async with opened.write() as connection:
        await say(connection, "kept")
    assert await everything_said(opened) == ["kept"]


async def test_a_block_that_raises_writes_nothing(opened: Database) -> None:
    async def write_and_raise() -> None:
        async with opened.write() as connection:
            await say(connection, "lost")
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_raise()
    async with opened.write() as connection:
        await say(connection, "kept")
    assert await everything_said(opened) == ["kept"]


async def test_a_statement_that_fails_spoils_only_its_own_block(opened: Database) -> None:
    async def write_and_fail() -> None:
        async with opened.write() as connection:
            await say(connection, "lost")
            await connection.execute(insert(replies).values(note=404))

    with pytest.raises(IntegrityError):
        await write_and_fail()
    async with opened.write() as connection:
        await say(connection, "kept")
    assert await everything_said(opened) == ["kept"]


async def test_a_write_within_a_write_is_an_error_and_not_a_wait_without_end(opened: Database) -> None:
    async def nested() -> None:
        async with opened.write() as connection:
            await say(connection, "lost")
            async with opened.write():
                pass

    with pytest.raises(RuntimeError, match="pass the connection on"):
        await nested()
    async with opened.write() as connection:
        await say(connection, "kept")
    assert await everything_said(opened) == ["kept"]


async def test_many_writers_at_once_lose_no_update(opened: Database) -> None:
    async with opened.write() as connection:
        await say(connection, "0")

    async def count_up() -> None:
        async with opened.write() as connection:
            found = int((await connection.scalars(select(notes.c.said).with_for_update())).one())
            await asyncio.sleep(0)
            await connection.execute(notes.update().values(said=str(found + 1)))

    await asyncio.gather(*(count_up() for _ in range(50)))
    assert await everything_said(opened) == ["50"]


async def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_its_work(opened: Database) -> None:
    async with opened.write() as connection:
        await say(connection, "half")
        assert await asyncio.wait_for(everything_said(opened), timeout=5) == []


async def test_a_reader_sees_one_moment(opened: Database) -> None:
    count = select(func.count()).select_from(notes)
    async with opened.read() as reader:
        before = (await reader.execute(count)).scalar_one()
        async with opened.write() as connection:
            await say(connection, "later")
        assert (await reader.execute(count)).scalar_one() == before


async def test_nothing_can_be_written_while_reading(opened: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read.?only"):
        async with opened.read() as connection:
            await say(connection, "sneaked in")
    assert await everything_said(opened) == []


async def test_a_task_cancelled_while_writing_leaves_nothing_behind(opened: Database) -> None:
    entered = asyncio.Event()

    async def write_and_wait() -> None:
        async with opened.write() as connection:
            await say(connection, "lost")
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with opened.write() as connection:
        await say(connection, "kept")
    assert await everything_said(opened) == ["kept"]


async def test_a_task_cancelled_anywhere_writes_all_or_nothing(opened: Database) -> None:
    """Cancelled after some turns of the loop: while queueing, beginning, in a statement, committing."""
    finished = set()

    async def write_twice(name: str) -> None:
        async with opened.write() as connection:
            await say(connection, name)
            await asyncio.sleep(0)
            await say(connection, name)
        finished.add(name)

    dice = random.Random(7)
    for number in range(150):
        task = asyncio.create_task(write_twice(str(number)))
        for _ in range(dice.randrange(40)):
            await asyncio.sleep(0)
        task.cancel()
        if dice.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    async with opened.write() as connection:
        await say(connection, "still works")
    said = await everything_said(opened)
    assert said.pop() == "still works"
    assert {said.count(name) for name in said} <= {2}
    assert finished <= set(said)


async def test_writers_are_served_in_the_order_they_came(sqlite_database: Database) -> None:
    served: list[int] = []

    async def write(number: int) -> None:
        async with sqlite_database.write():
            served.append(number)

    await asyncio.gather(*(write(number) for number in range(20)))
    assert served == list(range(20))


async def test_a_commit_is_on_disk_before_the_block_ends(sqlite_database: Database) -> None:
    """2 is FULL: the write-ahead log is synced at every commit."""
    async with sqlite_database.write() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"


async def test_a_foreign_process_that_writes_is_waited_for(sqlite_database: Database) -> None:
    shell = sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(write_nothing(sqlite_database))
    try:
        # The loop turns while the thread waits: this read gets through, the writer does not.
        async with sqlite_database.read() as connection:
            await connection.execute(text("SELECT 1"))
        assert not waiting.done()
    finally:
        shell.execute("COMMIT")
        shell.close()
    await waiting


async def write_nothing(database: Database) -> None:
    async with database.write():
        pass


async def test_a_second_process_is_told_who_has_the_file(sqlite_url: str, sqlite_database: Database) -> None:
    ask = (
        "import asyncio, sys; from bot.db import Database; from bot.errors import ConfigError\n"
        "try: asyncio.run(Database.open(sys.argv[1]))\n"
        "except ConfigError as error: print(error)"
    )
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ask, sqlite_url, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await second.communicate()
    assert said.decode().startswith(f"another watchbill process (pid {os.getpid()}) uses ")


async def test_the_file_is_free_again_after_closing(sqlite_url: str) -> None:
    for _ in range(2):
        await (await Database.open(sqlite_url)).close()


async def test_two_spellings_of_a_file_are_one_file(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(tmp_path / "watchbill.db")
    first = await Database.open(sqlite_url)
    try:
        with pytest.raises(ConfigError, match="another watchbill process"):
            await Database.open(f"sqlite:///{tmp_path}/elsewhere/link.db")
    finally:
        await first.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("watchbill.db", "not an address"),
        ("mysql://root:hunter2@db/watchbill", "mysql://"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite+aiosqlite:////nowhere/at/all/watchbill.db", "no directory /nowhere/at/all"),
        ("postgresql://ana:hunter2@127.0.0.1:1/watchbill", "cannot open the database"),
        ("postgresql://ana:hunter2@127.0.0.1:1/watchbill?nonsense=1", "nonsense"),
    ],
)
async def test_an_address_that_does_not_work_is_explained_without_its_password(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        await Database.open(url)
    assert "hunter2" not in str(caught.value)


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Things to remember, and more of them than fit on one line." * 40)
    with pytest.raises(ConfigError, match="not a database"):
        await Database.open(f"sqlite:///{tmp_path}/notes.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_address_may_be_spelled_as_hosters_do(scheme: str) -> None:
    url = address(f"{scheme}://ana:secret@db.example.com/watchbill?sslmode=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://ana:secret@db.example.com/watchbill?ssl=require"
    )


@pytest.mark.postgres
async def test_a_lost_connection_costs_no_command(postgres_database: Database) -> None:
    await write_nothing(postgres_database)
    with suppress(DBAPIError):
        async with postgres_database.write() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    await write_nothing(postgres_database)


@pytest.mark.postgres
async def test_whoever_waits_for_an_answer_finds_a_connection_however_busy_delivery_is(
    opened: Database,
) -> None:
    if opened.dialect == "sqlite":
        pytest.skip("SQLite has one writer, and readers of its own")
    over = asyncio.Event()
    at_work: list[int] = []

    async def deliver(number: int) -> None:
        in_background()
        async with opened.write():
            at_work.append(number)
            await over.wait()

    hands = [asyncio.create_task(deliver(number)) for number in range(2 * POSTGRES_CONNECTIONS)]
    async with asyncio.timeout(20):
        while len(at_work) < POSTGRES_CONNECTIONS - 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # connections are being made by the server
        async with opened.write() as connection:
            await say(connection, "answered")
        assert await everything_said(opened) == ["answered"]
    over.set()
    await asyncio.gather(*hands)
    assert len(at_work) == len(hands)


@pytest.mark.postgres
@pytest.mark.parametrize("is_within_a_statement", [False, True])
async def test_who_hangs_in_a_transaction_does_not_hold_up_others_for_ever(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, is_within_a_statement: bool
) -> None:
    monkeypatch.setattr("bot.db.engines.LET_GO_AFTER", "500")
    monkeypatch.setattr("bot.db.database.LET_GO_AFTER", "500")
    databases = [await Database.open(postgres_url) for _ in range(2)]
    async with databases[0].write() as connection:
        await connection.run_sync(METADATA.create_all)
        await say(connection, "first")
    held, over = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with databases[0].write() as connection:
            await connection.execute(update(notes).values(said="held"))
            if is_within_a_statement:
                # Its first part: what a process was about to execute when it was stopped.
                driver = (await connection.get_raw_connection()).driver_connection
                await driver._get_statement("SELECT 1", None)  # type: ignore[union-attr]
            held.set()
            await over.wait()

    hangs = asyncio.create_task(hang())
    await asyncio.wait([hangs, asyncio.ensure_future(held.wait())], return_when=asyncio.FIRST_COMPLETED)
    async with asyncio.timeout(30):
        while is_within_a_statement and not await databases[1].end_hung():  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # the server's time, which nothing tells
        async with databases[1].write() as connection:
            await connection.execute(update(notes).values(said="another"))
    over.set()
    with pytest.raises(DatabaseError):
        await hangs
    assert await everything_said(databases[1]) == ["another"]
    for database in databases:
        await database.close()


async def test_an_error_does_not_repeat_what_people_wrote(opened: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with opened.write() as connection:
            await connection.execute(insert(replies), [{"note": 4_711}])
    assert "INSERT INTO replies" in str(raised.value)
    assert "[parameters" not in str(raised.value)
