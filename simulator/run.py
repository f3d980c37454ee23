"""Running the workspace as a program, with the bot as its child."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import Process

from simulator.simulator import Simulator

# A bot that has not ended this long after being asked to is killed, in seconds.
GRACE_SECONDS = 10.0
# How often somebody who waits for the bot is told that it is not there yet.
PATIENCE_SECONDS = 15.0


async def serve(
    simulator: Simulator,
    command: list[str],
    bot_url: str | None = None,
    since: float | None = None,
    *,
    with_example: bool = False,
) -> int:
    """Serve until SIGINT or SIGTERM, or until the command ends. OSError when the port is taken.

    `bot_url`: where the bot answers /healthz and /readyz; by default what HTTP_HOST and HTTP_PORT tell the
    child. `since`: Unix seconds from which to count the seconds told; by default our own start.
    `with_example`: the child is told where the example service is.
    """
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[signal.Signals] = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, stop, number)
    simulator.control.bot_url = bot_url or _health_address(command)
    async with simulator:
        greeting = asyncio.create_task(_greet(simulator, bool(command), since))
        try:
            return await (_with_child(simulator, command, stop, with_example) if command else _alone(stop))
        finally:
            greeting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await greeting


def _stop(stop: asyncio.Future[signal.Signals], number: signal.Signals) -> None:
    if not stop.done():
        stop.set_result(number)


async def _alone(stop: asyncio.Future[signal.Signals]) -> int:
    await stop
    return 0


async def _with_child(
    simulator: Simulator, command: list[str], stop: asyncio.Future[signal.Signals], with_example: bool
) -> int:
    # Whoever says where GitHub and the others are means it; the rest is the example's.
    example = simulator.example_env() if with_example else {}
    # A session of its own: Ctrl-C reaches us alone, and we pass it on once.
    child = await asyncio.create_subprocess_exec(
        *command, env={**example, **os.environ, **simulator.bot_env()}, start_new_session=True
    )
    ended = asyncio.create_task(child.wait())
    await asyncio.wait((ended, stop), return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        return await _end(child, ended, stop.result())
    status = ended.result()
    if status:
        sys.stderr.write(f"The bot ended with status {status}.\n")
    return status


async def _end(child: Process, ended: asyncio.Task[int], number: signal.Signals) -> int:
    """Pass the signal on, and kill the child when it stays. Its status counts only if it failed by itself."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(number)
    try:
        await asyncio.wait_for(asyncio.shield(ended), GRACE_SECONDS)
    except TimeoutError:
        child.kill()
        await ended
    return 0


def _health_address(command: list[str]) -> str | None:
    """Where the child will listen by its environment, as far as that says."""
    port = os.environ.get("HTTP_PORT", "")
    if not command or not port.isdigit():
        return None
    host = os.environ.get("HTTP_HOST", "")
    return f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port}"  # noqa: S104


async def _greet(simulator: Simulator, with_bot: bool, since: float | None) -> None:
    """Tell where the page is, when the bot is there, and when it answered its first command."""
    began = simulator.started if since is None else time.monotonic() - (time.time() - since)

    def seconds() -> str:
        return f"{time.monotonic() - began:.1f} s"

    _say(simulator, f"The page is ready after {seconds()}.{'' if with_bot else _wanted(simulator)}")
    while not await simulator.feed.until(lambda: simulator.bot_connected, PATIENCE_SECONDS):
        if with_bot:
            _line("The bot is not connected yet.")
    _line(f"The bot is connected after {seconds()}.")
    while (first := simulator.control.first_command) is None:
        await simulator.feed.until(lambda: simulator.control.first_command, PATIENCE_SECONDS)
    typed, took = first
    _line(f"{typed}\n  Answered in {took:.2f} s, {seconds()} from the beginning.")


def _wanted(simulator: Simulator) -> str:
    env = "\n".join(f"  export {name}={value}" for name, value in simulator.bot_env().items())
    return f"\n  Give your bot this environment:\n{env}"


def _say(simulator: Simulator, text: str) -> None:
    team = simulator.workspace.team.name
    _line(f"{team}, a simulated Slack workspace, is open at  {simulator.url}\n  {text}")


def _line(text: str) -> None:
    sys.stdout.write(f"\n  {text}\n")
    sys.stdout.flush()
