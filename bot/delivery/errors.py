"""The four ways an attempt at something outside can fail. Telling them apart is what keeps promises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class Busy(Exception):
    """A limit was reached and nothing was done; `retry_at` is when to come back."""

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Away(Exception):
    """The other side could not be reached: nothing was done, and later it may work."""


class Unclear(Exception):
    """Asked, and no answer came: it may have been done. Look before doing it again."""


class Refused(Exception):
    """The other side will never do this; `error` is its own code for why, `answer` all that it said."""

    def __init__(self, message: str, *, error: str, answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.answer = answer or {}
