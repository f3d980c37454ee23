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


async def serve(simulator: Simulator, command: list[str]) -> int:
    """Serve until SIGINT or SIGTERM, or until the command ends. OSError when the port is taken."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[signal.Signals] = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, stop, number)
    async with simulator:
        greeting = asyncio.create_task(_greet(simulator, bool(command)))
        try:
            return await (_with_child(simulator, command, stop) if command else _alone(stop))
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


async def _with_child(simulator: Simulator, command: list[str], stop: asyncio.Future[signal.Signals]) -> int:
    # A session of its own: Ctrl-C reaches us alone, and we pass it on once.
    child = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **simulator.bot_env()}, start_new_session=True
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


async def _greet(simulator: Simulator, with_bot: bool) -> None:
    if not with_bot:
        env = "\n".join(f"  export {name}={value}" for name, value in simulator.bot_env().items())
        _say(simulator, f"Give your bot this environment:\n{env}")
    while not await simulator.feed.until(lambda: simulator.bot_connected, PATIENCE_SECONDS):
        if with_bot:
            _say(simulator, "The bot is not connected yet.")
    seconds = time.monotonic() - simulator.started
    _say(simulator, f"The bot is connected ({seconds:.1f} s since start).")


def _say(simulator: Simulator, text: str) -> None:
    team = simulator.workspace.team.name
    sys.stdout.write(f"\n  {team}, a simulated Slack workspace, is open at  {simulator.url}\n  {text}\n\n")
    sys.stdout.flush()
