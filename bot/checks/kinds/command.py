"""What does a program say? It is started as it stands in the playbook: no shell, bounded time and output."""

import asyncio
import contextlib
import os
import re
import signal

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import PERCENT, SECONDS, Finding, Verdict
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import Command

LARGEST_OUTPUT = 64 * 1024
_NUMBER = re.compile(
    r"\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s?(ms|[smhdw]|%)?(?=$|[\s;:)]|[,.](?!\S))", re.IGNORECASE
)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


async def ask(options: Command, question: Question, sources: Sources) -> Finding:
    status, output = await _run(options, sources)
    first = next((line.strip() for line in output.splitlines() if line.strip()), "")
    if status != 0:
        ended = f"ended with {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
        return Finding(f"{ended}: {first}" if first else ended, Verdict.FAIL)
    value, unit = measured(first, question.check.unit)
    return Finding(first or "ended well", Verdict.OK, value, unit)


def measured(line: str, unit: str) -> tuple[float | None, str]:
    """The number a line begins with, in base units: `26h`, `93600`, `0.5%`. A bare one is in base units."""
    found = _NUMBER.match(line)
    if found is None:
        return None, unit
    value, suffix = float(found[1]), (found[2] or "").lower()
    if suffix == "%":
        return value / 100, PERCENT
    return (value * _SECONDS[suffix], SECONDS) if suffix else (value, unit)


async def _run(options: Command, sources: Sources) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name not in sources.access.withheld}
    try:
        process = await asyncio.create_subprocess_exec(
            *options.run,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=options.folder,
            env=environment,
            # A group of its own, so that what it started ends with it.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a program's name"
        raise NoAnswerError(f"cannot be started: {reason}") from None
    try:
        output = await _read(process)
        return await process.wait(), output.decode("utf-8", "replace")
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None  # noqa: S101  asked for above
    found = b""
    while len(found) < LARGEST_OUTPUT:
        part = await process.stdout.read(LARGEST_OUTPUT - len(found))
        if not part:
            return found
        found += part
    raise NoAnswerError("said more than 64 KB")


KIND = Kind("command", ask)
