"""Bots that need not import everything first: a process that has done so is forked for each.

What is forked is a whole process, stopped and killed by its own number, and from `main` on it does what
`python -m bot run` does. Tests of how it starts and ends run that command itself, and so do the benches.
"""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Forked:
    """As asyncio's Process, as far as tests ask it."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._hear(reader, writer), name=f"bot-{pid}")

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        """How it ended: its exit status, or the signal's number below zero."""
        return await asyncio.shield(self._ended)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        try:
            self.returncode = int(await reader.readline())
            return self.returncode
        finally:
            writer.close()


class Forker:
    """The process that has imported everything; it starts when the first bot is asked for."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="watchbill-forker-")
        self._address = f"{self._folder.name}/socket"

    async def bot(self, environment: Mapping[str, str], log: Path) -> Forked:
        """`watchbill run` with this environment; what it writes is added to `log`."""
        if self._process is None:
            self._start()
        reader, writer = await asyncio.open_unix_connection(self._address)
        writer.write(json.dumps([dict(environment), str(log)]).encode() + b"\n")
        return Forked(int(await reader.readline()), reader, writer)

    def stop(self) -> None:
        """Fork no more. Bots that run go on."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
        self._folder.cleanup()

    def _start(self) -> None:
        # It listens already: whoever asks waits until everything is imported.
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self._address)
            listening.listen()
            number = listening.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(number)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
            )


# Set while tests run.
forker: Forker | None = None


def serve(listening: socket.socket) -> int:
    """Fork until standard input ends; in a bot, return how it ended."""
    from bot.__main__ import main

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # How keepers end is nobody's business.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([sys.stdin, listening], [], [])
        if sys.stdin in ready:
            return 0
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            asked = _keep(connection)
            _become(*asked)
            return main(["run"])
        connection.close()


def _keep(connection: socket.socket) -> tuple[dict[str, str], str]:
    """Fork once more: the bot's parent waits for its end and tells it, and only the bot returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rb") as lines:
        environment, log = json.loads(lines.readline())
        pid = os.fork()
        if pid:
            try:
                connection.sendall(b"%d\n" % pid)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                connection.sendall(b"%d\n" % status)
            finally:
                os._exit(0)
    return environment, log


def _become(environment: dict[str, str], log: str) -> None:
    """What a process that was just executed has: its own environment, streams and signals."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, written, written)):
        os.dup2(file, number)
    os.close(written)
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(serve(socket.socket(fileno=int(sys.argv[1]))))
