"""What the bot says about itself, at /healthz and /readyz of its own address."""

import asyncio
import json
import time
from typing import Any

import aiohttp

from simulator.errors import Json

# Somebody is looking at the page and waits for this, in seconds.
PATIENCE = aiohttp.ClientTimeout(total=1.5)
PATHS = ("healthz", "readyz")


async def ask(url: str | None) -> Json:
    """{"url": …, "healthz": {status, body, ms}, "readyz": …}; status null where nothing answers."""
    if url is None:
        return {"url": None}
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        answers = await asyncio.gather(*(_ask(session, f"{url.rstrip('/')}/{path}") for path in PATHS))
    return {"url": url, **dict(zip(PATHS, answers, strict=True))}


async def _ask(session: aiohttp.ClientSession, url: str) -> Json:
    started = time.monotonic()
    status: int | None = None
    body: Any = None
    try:
        async with session.get(url) as response:
            status, text = response.status, await response.text()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        text = f"{type(error).__name__}: {error}".rstrip(": ")
    try:
        body = json.loads(text)
    except ValueError:
        body = text
    return {"status": status, "body": body, "ms": round((time.monotonic() - started) * 1000, 1)}
