"""One log on stderr: structlog's and everybody else's lines, in one form, with no secret in them.

What belongs to one request carries its id: bind it where the request enters, and every line logged
underneath, in whatever module, has it:

    with structlog.contextvars.bound_contextvars(request_id=request.id):
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

REDACTED = "[redacted]"
# Shorter ones are words: hiding every "test" would hide the log.
SHORTEST_SECRET = 6
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Slack's tokens: bot, user, app-level, configuration, refresh, workflow. docs.slack.dev, "Tokens".
    (re.compile(r"\b(xox[a-z]|xapp|xwfp)([-.])[A-Za-z0-9.%-]+"), rf"\1\2{REDACTED}"),
    # Addresses that are secrets themselves: whoever has one can post.
    (re.compile(r"(hooks\.slack\.com/\w+)/[^\s\"'\\<>]+"), rf"\1/{REDACTED}"),
    # What opens a Socket Mode connection.
    (re.compile(r"([?&](?:ticket|token|secret|signature)=)[^\s&\"'\\<>]+"), rf"\1{REDACTED}"),
    # However it is written: a header line, a dict, a list of pairs, JSON within JSON.
    (
        re.compile(r"(authorization\\*[\"']?\s*[:=,]\s*\\*[\"']?)(?:[a-z]+\s+)?[^\s\"'\\,})]+", re.I),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}", re.I), rf"\1{REDACTED}"),
    # The password in DATABASE_URL.
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s/@\"']+@", re.I), rf"\1{REDACTED}@"),
)
# They tell at debug what people wrote, and at info what they do all day.
QUIET = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "asyncio": logging.INFO,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "sqlalchemy": logging.WARNING,
    # Its debug lines hold the addresses of Apprise's providers, tokens included.
    "urllib3": logging.WARNING,
}


class Redaction:
    """The last processor: takes secrets out of the finished line, tracebacks included.

    SECRETS are this installation's own (the signing secret, a password). What is a secret by its form (a
    Slack token, an Authorization header, a password in an address) is recognised without being told.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        plain = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        # A secret with quotes or backslashes is spelled differently in a repr, in JSON, and in both.
        spelled = plain | {repr(secret)[1:-1] for secret in plain}
        spelled |= {json.dumps(form, ensure_ascii=False)[1:-1] for form in spelled}
        # Longest first, so that a secret within a secret leaves no remainder.
        known = "|".join(re.escape(form) for form in sorted(spelled, key=len, reverse=True))
        self._known = re.compile(known) if known else None

    def __call__(self, _logger: object, _method: str, line: Any) -> str:
        clean = str(line)
        if self._known:
            clean = self._known.sub(REDACTED, clean)
        for pattern, replacement in PATTERNS:
            clean = pattern.sub(replacement, clean)
        return clean


# What every line gets, ours and those of libraries.
_BEFORE: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure(
    format: Literal["console", "json"],  # noqa: A002  LOG_FORMAT
    level: str,
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line of LEVEL (debug, info, warning, error) and above to STREAM (default stderr).

    May be called again: the last call holds. SECRETS never appear in a line.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_BEFORE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    rendering: list[Processor] = [*_rendering(format, colors=target.isatty()), Redaction(secrets)]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_BEFORE, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _rendering(format: Literal["console", "json"], *, colors: bool) -> list[Processor]:  # noqa: A002
    if format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.EventRenamer("message"), _to_json]
    # Plain tracebacks: the pretty ones print local variables, and tokens with them.
    return [
        structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
    ]


def _to_json(_logger: object, _method: str, event: EventDict) -> str:
    return json.dumps(event, default=str, ensure_ascii=False)
