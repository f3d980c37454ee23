"""How long is a certificate valid, and would a browser trust it?"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import SECONDS, Finding, Verdict, span
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import Tls

# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID: the dates say it better.
_OF_TIME = (10, 9)
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


@dataclass(frozen=True)
class Shown:
    """A certificate as the server shows it, and what is wrong with it beside its dates."""

    not_before: datetime
    not_after: datetime
    objection: str | None


async def ask(options: Tls, question: Question, _: Sources) -> Finding:
    shown = await _look(options)
    left = (shown.not_after - question.now).total_seconds()
    until = f"valid until {shown.not_after:%Y-%m-%d}"
    if left <= 0:
        return Finding(f"expired on {shown.not_after:%Y-%m-%d}", Verdict.FAIL, left, SECONDS)
    if shown.not_before > question.now:
        text = f"not valid before {shown.not_before:%Y-%m-%d %H:%M} UTC"
        return Finding(text, Verdict.FAIL, left, SECONDS)
    if shown.objection is not None:
        return Finding(f"{until}, but not to be trusted: {shown.objection}", Verdict.FAIL, left, SECONDS)
    return Finding(f"{until}, {span(left)} left", value=left, unit=SECONDS)


async def _look(options: Tls) -> Shown:
    """Ask as a browser would; where that is refused, once more without looking, for the dates."""
    try:
        # Reading all the authorities takes a tenth of a second, in which pages have to go out.
        context = await asyncio.to_thread(ssl.create_default_context, cafile=options.ca_file)
    except OSError as error:
        raise NoAnswerError(f"the ca_file cannot be read: {error.strerror or 'not certificates'}") from None
    try:
        return _read(await _certificate(options, context), None)
    except ssl.SSLCertVerificationError as error:
        objection = None if error.verify_code in _OF_TIME else error.verify_message
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _read(await _certificate(options, context), objection)


async def _certificate(options: Tls, context: ssl.SSLContext) -> bytes:
    try:
        reader, writer = await asyncio.open_connection(
            options.host, options.port, ssl=context, server_hostname=options.host
        )
    except ssl.SSLCertVerificationError:
        raise
    except ssl.SSLError:
        raise NoAnswerError("what listens there does not speak TLS as we do") from None
    except OSError:
        raise NoAnswerError("no connection: nothing listens there, or nothing leads there") from None
    del reader
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if not found:
        raise NoAnswerError("the server showed no certificate")
    return bytes(found)


def _read(der: bytes, objection: str | None) -> Shown:
    """The dates of an X.509 certificate (RFC 5280, 4.1), which stand behind the issuer in what is signed.

    Python gives them only of certificates it trusts, and those that are not are the ones asked about.
    """
    certificate, _ = _element(der, _SEQUENCE)
    signed, _ = _element(certificate, _SEQUENCE)
    tag, _, rest = _next(signed)
    # version, then serial number, algorithm, issuer.
    for _ in range(3 if tag == _VERSION else 2):
        _, _, rest = _next(rest)
    validity, _ = _element(rest, _SEQUENCE)
    tag, begins, rest = _next(validity)
    first = _time(tag, begins)
    tag, ends, _ = _next(rest)
    return Shown(first, _time(tag, ends), objection)


def _next(data: bytes) -> tuple[int, bytes, bytes]:
    """The first DER element: its tag, its content, and what follows it."""
    tag, length, start = data[0], data[1], 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[2 : 2 + size], "big")
        start = 2 + size
    if start + length > len(data):
        raise ValueError("a DER element is longer than what holds it")
    return tag, data[start : start + length], data[start + length :]


def _element(data: bytes, wanted: int) -> tuple[bytes, bytes]:
    tag, content, rest = _next(data)
    if tag != wanted:
        raise ValueError(f"a DER element {tag:#x} where {wanted:#x} should be")
    return content, rest


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        # RFC 5280, 4.1.2.5.1: 50 and above is the last century.
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError(f"a DER element {tag:#x} where a time should be")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


KIND = Kind("tls", ask)
