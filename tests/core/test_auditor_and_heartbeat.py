"""No sign of life from a process whose auditor does not look, or looks and fails."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue
from bot.links import Links
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from schedules import heartbeat
from schedules.heartbeat import AUDITOR, Heartbeat
from schedules.job import Job, scheduler


class Listener:
    """Counts signs of life."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.url = SecretStr("")

    async def answer(self, _: web.Request) -> web.Response:
        self.heard.set()
        return web.Response()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    app = web.Application()
    app.router.add_get("/", found.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = SecretStr(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    yield found
    await runner.cleanup()


@pytest.fixture
def context(sqlite_database: Database) -> Context:
    """As much as is asked of it here."""
    clock = SystemClock()
    nobody, nothing = cast("Directory", None), cast("PlaybookFile", None)
    return Context(Queue(sqlite_database, clock), nothing, nobody, clock, Links())


async def works(context: Context) -> None:
    """An auditor that looks."""


async def fails(context: Context) -> None:
    raise LookupError("an auditor that looks and fails")


async def beating(context: Context, listener: Listener, job: Job) -> bool:
    """Whether a sign of life comes from a process with this job; waits for the job to have run."""
    ran = asyncio.Event()
    beat = Heartbeat(context, listener.url)

    async def run(given: Context) -> None:
        try:
            await job.run(given)
        finally:
            ran.set()

    ticking = scheduler(context, [Job(job.name, job.seconds, run, at_start=True)], beat.ran_well)
    ticking.start()
    task = asyncio.create_task(beat.run())
    try:
        await asyncio.wait_for(ran.wait(), 20)
        if job.run is works and job.name == AUDITOR:
            await asyncio.wait_for(listener.heard.wait(), 20)
        else:
            await context.queue.put([])  # the database answers in between
        return listener.heard.is_set()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        ticking.shutdown(wait=False)


async def test_the_first_sign_follows_the_auditors_first_look(context: Context, listener: Listener) -> None:
    assert await beating(context, listener, Job(AUDITOR, 3600, works))


async def test_an_auditor_that_fails_is_no_sign_of_life(context: Context, listener: Listener) -> None:
    assert not await beating(context, listener, Job(AUDITOR, 3600, fails))


async def test_another_job_says_nothing_of_the_auditor(context: Context, listener: Listener) -> None:
    assert not await beating(context, listener, Job("names", 3600, works))


async def test_an_auditor_that_has_not_looked_for_too_long_is_none_either(
    context: Context, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "AUDITED_WITHIN_S", -1.0)
    beat = Heartbeat(context, listener.url)
    beat.ran_well(AUDITOR)
    assert await beat.beat(listener.url.get_secret_value()) == "withheld"
    assert not listener.heard.is_set()


async def test_without_an_address_nothing_runs(context: Context) -> None:
    await asyncio.wait_for(Heartbeat(context, None).run(), 5)
