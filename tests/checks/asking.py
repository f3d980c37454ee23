"""Asking checks as the bot does: out of a playbook, against servers that are really there."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from aiohttp import web

from bot.checks.asking import ask
from bot.checks.model.result import Result
from bot.checks.sources import Access, LastDone, Sources
from bot.clock import Clock, SystemClock
from bot.db import Database
from bot.playbook import Playbook, parse

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


def playbook(**checks: Any) -> Playbook:
    """A playbook with these checks in it, and nothing else."""
    return parse(json.dumps({"version": 1, "checks": checks}), {})


async def asked(
    check: dict[str, Any],
    access: Access | None = None,
    *,
    database: Database | None = None,
    clock: Clock | None = None,
    last_done: LastDone | None = None,
    **more: Any,
) -> Result:
    """What the check answers. `more` goes into the playbook beside it."""
    written = parse(json.dumps({"version": 1, "checks": {"it": check}, **more}), {})
    # Most of them ask no database.
    sources = Sources(access or Access(), cast("Database", database), last_done)
    try:
        return await ask(written, "it", sources, clock or SystemClock())
    finally:
        await sources.close()


@asynccontextmanager
async def serving(answer: Answering) -> AsyncIterator[str]:
    """The address of a server that answers every request with `answer`."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    # What is still being sent when a test is over is nobody's any more.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
