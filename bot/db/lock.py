"""One process per SQLite file: a second one would claim the same work from under the first."""

import fcntl
import os
from pathlib import Path

from bot.errors import ConfigError


class InUse(ConfigError):
    """Another process holds the file; `pid` is its number, as far as it is known."""

    def __init__(self, message: str, pid: str) -> None:
        super().__init__(message)
        self.pid = pid


class LockFile:
    """An exclusive `flock` on PATH, released by the kernel however the process ends.

    The file holds the owner's process id, for the message only. It is never deleted: a process that had
    opened the deleted file would hold a lock that nobody else can see.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, what: str) -> "LockFile":
        """Lock PATH on behalf of WHAT (named in the message).

        Raises `InUse` if it is taken, `ConfigError` if it cannot be written.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ConfigError(f"cannot write {path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise InUse(
                f"another watchbill process (pid {owner}) uses {what}: stop it first, or give this one "
                "a DATABASE_URL of its own (several replicas need PostgreSQL)",
                owner,
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go. Safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
