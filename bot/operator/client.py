"""Asking: the running bot over HTTP; where none answers, the database itself.

An SQLite file belongs to one process, so the bot that runs is asked. On PostgreSQL either way will do.
"""

import json
import secrets
from datetime import UTC, datetime

import aiohttp

from bot.checks.sources import Access, Sources
from bot.clock import Clock, SystemClock
from bot.context import Context
from bot.db import Database
from bot.db.engines import address, sqlite_file
from bot.db.lock import InUse
from bot.db.migrate import pending
from bot.delivery.queue import Queue
from bot.errors import ConfigError, UserError
from bot.mrkdwn import plain
from bot.oncall.model import Override
from bot.operator.asks import ASKS, COVERS, PATIENCE, Given
from bot.operator.signing import signed
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.reports.making import Maker
from bot.settings import Settings
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits

PATH = "/operator/"
ANSWER_WITHIN_S = 10.0
# Addresses that mean "all of mine" are no address to call.
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


async def ask(settings: Settings, environ: dict[str, str], name: str, given: Given) -> str:
    """The answer of `ASKS[name]`. `environ`: where the playbook's ${NAME} come from.

    Raises UserError with its sentence, ConfigError where nobody can be asked.
    """
    if settings.link_secret is not None:
        answer = await _of_the_bot(settings, settings.link_secret.get_secret_value(), name, given)
        if answer is not None:
            return answer
    try:
        return await _of_the_database(settings, environ, name, given)
    except InUse as used:
        raise ConfigError(
            f"the running bot (pid {used.pid}) has the database to itself and does not answer at"
            f" {_address(settings)}: give both the same LINK_SECRET, HTTP_HOST and HTTP_PORT"
        ) from used


async def covers(
    settings: Settings, environ: dict[str, str], schedule: str, after: datetime
) -> list[Override]:
    """What bears on a schedule from an instant on. Raises as `ask` does."""
    given = {"schedule": schedule, "after": after.isoformat()}
    return COVERS.validate_json(await ask(settings, environ, "covers", given))


async def _of_the_bot(settings: Settings, secret: str, name: str, given: Given) -> str | None:
    """None where no bot answers."""
    body = json.dumps(dict(given)).encode()
    headers = signed(secret, name, body, now=datetime.now(UTC), nonce=secrets.token_hex(16))
    timeout = aiohttp.ClientTimeout(total=PATIENCE.get(name, ANSWER_WITHIN_S))
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{_address(settings)}{PATH}{name}", data=body, headers=headers) as answer,
        ):
            said = await answer.json()
            status = answer.status
    except aiohttp.ClientConnectorError:
        return None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ConfigError(
            f"what answers at {_address(settings)} is no Watchbill with a LINK_SECRET"
            f" ({type(error).__name__}): HTTP_HOST and HTTP_PORT say where it is"
        ) from error
    if status == 200:
        return str(said["said"])
    if status == 409:
        raise UserError(str(said["error"]))
    raise ConfigError(f"the running bot refuses ({status}): {said.get('error')}")


async def _of_the_database(settings: Settings, environ: dict[str, str], name: str, given: Given) -> str:
    """Carry it out here; whatever follows for Slack is queued for the bot's next start, or its replicas."""
    clock: Clock = SystemClock()
    playbook = PlaybookFile(settings.playbook, environ)
    database = await _opened(settings.database_url)
    token = settings.slack_bot_token.get_secret_value()
    slack = Slack(make_client(token, settings.slack_api_url), Limits(settings.slack_rate), clock)
    sources = Sources(Access.of(settings), database)
    try:
        if await pending(database):
            raise ConfigError(
                "the database is not of this release: start the bot, which brings it up to date"
            )
        directory = Directory(database, slack, playbook, clock)
        await directory.load()
        context = Context(Queue(database, clock), playbook, directory, clock, settings.links)
        return await ASKS[name](Maker(context, sources, slack), given, secrets.token_hex(16))
    except UserError as mistake:
        raise UserError(plain(str(mistake))) from mistake
    finally:
        await sources.close()
        await slack.close()
        await database.close()


async def _opened(url: str) -> Database:
    """Raises ConfigError, also where there is no database yet: asking must not make one."""
    where = address(url)
    if where.get_backend_name() == "sqlite" and not sqlite_file(where).exists():
        raise ConfigError(f"no bot answers, and there is no database {sqlite_file(where)}")
    return await Database.open(url)


def _address(settings: Settings) -> str:
    host = _HERE.get(settings.http_host, settings.http_host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"
