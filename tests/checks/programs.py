"""Programs of others, started by tests and waited for."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

# Real seconds; a busy machine takes a while to start them.
STARTS_WITHIN_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running(program: str, *arguments: str, ready: str) -> AsyncIterator[None]:
    """The program, once `ready` answers."""
    process = await asyncio.create_subprocess_exec(
        program, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await until(lambda: answers(ready), f"{program} to answer at {ready}")
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Another process is waited for: there is nothing of ours to be woken by."""
    deadline = asyncio.get_running_loop().time() + STARTS_WITHIN_S
    while not await holds():
        assert asyncio.get_running_loop().time() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.1)
