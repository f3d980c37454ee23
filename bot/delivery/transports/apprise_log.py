"""Why Apprise could not send something: its log, read line by line, told in our own words.

None of its lines are passed on: they may hold addresses, and addresses hold credentials.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from bot.delivery.errors import Away, Refused, Unclear

_STATUS = re.compile(r"error=(\d{3})\b")
# As smtplib shows what a mail server said: (550, b'5.1.1 no such user').
_SMTP = re.compile(r"\((\d{3}), b['\"]|was refused: (\d{3}) ")
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_CREDENTIALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# What stands in the text of an error that came before anything was handed over.
_NOT_REACHED = (
    "ConnectTimeout",
    "NewConnectionError",
    "Connection refused",
    "NameResolutionError",
    "Name or service not known",
    "nodename nor servname",
    "Temporary failure in name resolution",
    "No route to host",
    "Network is unreachable",
    "CERTIFICATE_VERIFY_FAILED",
)

_heard = threading.local()


class _Ears(logging.Handler):
    """Keeps each thread's lines for whoever listens in it, and passes nothing on."""

    def emit(self, record: logging.LogRecord) -> None:
        lines: list[str] | None = getattr(_heard, "lines", None)
        if lines is not None:
            lines.append(record.getMessage())


_EARS = _Ears()


@contextmanager
def listening() -> Iterator[list[str]]:
    """What Apprise logs in this thread meanwhile."""
    logger = logging.getLogger("apprise")
    # Its debug lines alone say what went wrong with a connection; nobody else may see them.
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(_EARS)
    _heard.lines = []
    try:
        yield _heard.lines
    finally:
        _heard.lines = None


def no_such_service(address: str) -> Refused:
    scheme = address.partition("://")[0]
    return Refused(f"Apprise cannot make sense of this {scheme}:// address", error="bad_address")


def reason(service: str, lines: list[str]) -> Exception:
    """The error that tells what became of a message which did not go out for sure."""
    said = "\n".join(lines)
    if statuses := _STATUS.findall(said):
        return _of_http(service, int(statuses[-1]))
    if codes := _SMTP.findall(said):
        return _of_smtp(service, int("".join(codes[-1])))
    if any(words in said for words in _NOT_REACHED):
        return Away(f"{service} could not be reached")
    if "timed out" in said:
        return Unclear(f"{service} did not answer in time")
    if "Exception" in said or "onnection" in said:
        return Unclear(f"{service} broke off the connection")
    return Unclear(f"{service} did not take it, and Apprise does not say why")


def _of_http(service: str, status: int) -> Exception:
    try:
        words = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        words = str(status)
    if status in _CREDENTIALS:
        return Refused(f"{service} said {words}: are the credentials right?", error=str(status))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return Away(f"{service} said {words}")
    return Refused(f"{service} said {words}", error=str(status))


def _of_smtp(service: str, code: int) -> Exception:
    """RFC 5321: 4yz may work later, 5yz never will."""
    if code >= 500:
        return Refused(f"{service}: the mail server refused it for good ({code})", error=str(code))
    return Away(f"{service}: the mail server will not take it now ({code})")
