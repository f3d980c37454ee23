import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from bot import logs

# Made up, and put together here so that nobody mistakes one for a leak.
BOT_TOKEN = "-".join(("xoxb", "111", "222", "AbCdEfGh"))
APP_TOKEN = "-".join(("xapp", "1", "A1", "333", "fedcba"))
REFRESH_TOKEN = "-".join(("xoxe.xoxp", "1", "Mi0yLTEyMw"))


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


def log_to(
    form: Literal["console", "json"], level: str = "info", secrets: tuple[str, ...] = ()
) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(form, level, secrets=secrets, stream=stream)
    return stream


def fail(said: object) -> None:
    raise RuntimeError(said)


def fail_with_a_local(local: str) -> None:
    fail(len(local))


def test_a_json_line_has_what_happened_when_where_and_for_which_request() -> None:
    stream = log_to("json")
    with structlog.contextvars.bound_contextvars(request_id="Ev1"):
        structlog.get_logger("bot.incidents").info("incident declared", incident="INC-1")
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "message": "incident declared",
        "incident": "INC-1",
        "request_id": "Ev1",
        "level": "info",
        "logger": "bot.incidents",
    }


def test_lines_of_other_libraries_look_the_same_and_carry_the_request() -> None:
    stream = log_to("json")
    with structlog.contextvars.bound_contextvars(request_id="Ev1"):
        logging.getLogger("somebody.else").warning("slow: %s ms", 12)
    line = json.loads(stream.getvalue())
    assert (line["message"], line["request_id"], line["level"]) == ("slow: 12 ms", "Ev1", "warning")


def test_the_console_is_one_readable_line_without_colours_in_a_file() -> None:
    stream = log_to("console")
    structlog.get_logger("bot").info("ready", port=8080)
    assert "ready" in stream.getvalue()
    assert "port=8080" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_less_than_the_level_is_not_written(form: Literal["console", "json"]) -> None:
    stream = log_to(form, "warning")
    structlog.get_logger("bot").info("unimportant")
    logging.getLogger("somebody.else").info("unimportant")
    assert stream.getvalue() == ""


def test_even_at_debug_the_clients_do_not_tell_what_people_wrote() -> None:
    stream = log_to("console", "debug")
    logging.getLogger("slack_sdk.web.async_client").debug("body: a private incident")
    logging.getLogger("aiosqlite").debug("executing INSERT with everything")
    structlog.get_logger("bot").debug("ours is heard")
    assert "private" not in stream.getvalue()
    assert "everything" not in stream.getvalue()
    assert "ours is heard" in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"auth.test with {BOT_TOKEN}", BOT_TOKEN),
        (f"token={APP_TOKEN}&types=x", APP_TOKEN),
        (f"refreshed to {REFRESH_TOKEN}.", REFRESH_TOKEN),
        ({"headers": {"Authorization": "Bearer abc.def-123"}}, "abc.def-123"),
        ({"headers": [("authorization", "Basic dXNlcjpodW50ZXIy")]}, "dXNlcjpodW50ZXIy"),
        ("Authorization: Splunk 0123-4567", "0123-4567"),
        ("curl -H 'Bearer 0123456789abcdef'", "0123456789abcdef"),
        ("wss://wss-primary.slack.com/link/?ticket=12-ab-cd&app_id=A1", "12-ab-cd"),
        ("https://hooks.slack.com/commands/T1/2/AbCdEf?x=1", "AbCdEf"),
        ("postgresql+asyncpg://ana:hunter2@db/watchbill", "hunter2"),
        ({"signed with": "8f742231b10e8888abcd99yyyzzz85a5"}, "8f742231b10e8888abcd99yyyzzz85a5"),
        ({"password": 'tr"icky\\pass'}, "icky"),
    ],
)
def test_a_secret_is_never_written(form: Literal["console", "json"], said: object, secret: str) -> None:
    own = ("8f742231b10e8888abcd99yyyzzz85a5", 'tr"icky\\pass', "abc")
    stream = log_to(form, secrets=own)
    logger = structlog.get_logger("bot")
    logger.info("as a value", said=said, kept="visible")
    logger.info(f"in the text: {said}")
    logging.getLogger("somebody.else").info("as an argument: %s", said)
    try:
        fail(said)
    except RuntimeError:
        logger.exception("in a traceback")
    written = stream.getvalue()
    assert secret not in written
    assert "[redacted]" in written
    assert "visible" in written
    assert "RuntimeError" in written


def test_a_traceback_shows_no_local_variables() -> None:
    stream = log_to("console")
    try:
        fail_with_a_local("not said".upper())
    except RuntimeError:
        structlog.get_logger("bot").exception("failed")
    assert "RuntimeError: 8" in stream.getvalue()
    assert "NOT SAID" not in stream.getvalue()


def test_what_is_not_a_secret_stays_as_it_is() -> None:
    stream = log_to("console", secrets=("sev1",))
    said = "sev1 in <https://example.com/runbooks?page=2>, author: ana, 12:30:05, mailto:ana@example.com"
    structlog.get_logger("bot").info(said)
    assert said in stream.getvalue()


def test_configuring_again_writes_each_line_once() -> None:
    first = log_to("console")
    second = log_to("console")
    structlog.get_logger("bot").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
