"""A process killed in the middle of transactions has lost nothing it had reported as written."""

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import text

from bot.db import Database

ROOT = Path(__file__).parents[2]
WRITE_FOR_EVER = """
import asyncio, sys
from sqlalchemy import text
from bot.db import Database

async def main():
    database = await Database.open(sys.argv[1])
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS pairs (name TEXT, half INTEGER)"))

    async def write(name):
        async with database.write() as connection:
            for half in (1, 2):
                values = {"name": name, "half": half}
                await connection.execute(text("INSERT INTO pairs VALUES (:name, :half)"), values)
        print(name, flush=True)

    for round in range(10**6):
        await asyncio.gather(*(write(f"{sys.argv[2]}.{round}.{number}") for number in range(3)))

asyncio.run(main())
"""


async def test_whatever_was_reported_before_kill_9_is_there_and_nothing_by_halves(empty_url: str) -> None:
    reported: set[str] = set()
    for attempt in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WRITE_FOR_EVER,
            empty_url,
            str(attempt),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout
        for _ in range(40 + attempt * 17):
            reported.add((await process.stdout.readline()).decode().strip())
        process.send_signal(signal.SIGKILL)
        rest = await process.stdout.read()
        # The pipe may end within a name that was being printed.
        reported.update(rest.decode().split("\n")[:-1])
        await process.wait()
    database = await Database.open(empty_url)
    try:
        async with database.read() as connection:
            query = text("SELECT name, count(*), sum(half) FROM pairs GROUP BY name")
            found = {name: (count, total) for name, count, total in await connection.execute(query)}
    finally:
        await database.close()
    assert set(found.values()) == {(2, 3)}
    assert reported <= set(found)
    if database.dialect == "sqlite":
        with sqlite3.connect(str(database.url.database)) as shell:
            assert shell.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        shell.close()
