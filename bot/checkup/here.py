"""What lies on this side: the environment, the playbook, the database."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.checkup.verdict import Verdict, ok, problem, warn
from bot.db import Database
from bot.db.engines import address, sqlite_file
from bot.db.lock import InUse
from bot.db.migrate import pending
from bot.errors import ConfigError
from bot.playbook import Playbook, PlaybookError, load
from bot.settings import DEFAULT_PLAYBOOK, Settings


def settings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Verdict]]:
    """The settings, or everything that is wrong with them."""
    try:
        found = Settings.load(environ)
    except ConfigError as error:
        return None, [problem("settings", line, _where_found(line)) for line in str(error).splitlines()]
    way = "Socket Mode" if found.slack_app_token is not None else "signed HTTP requests"
    return found, [ok("settings", f"complete: {way}, {found.slack_api_url}")]


def _where_found(line: str) -> str:
    if line.startswith("SLACK_"):
        return "docs/slack-setup.md shows where it is found"
    return ".env.example describes every variable"


def playbook(environ: Mapping[str, str]) -> tuple[Playbook | None, list[Verdict]]:
    """The playbook, or every mistake in it. Needs no other setting to be right."""
    path = Path(environ.get("PLAYBOOK", "").strip() or DEFAULT_PLAYBOOK)
    try:
        found = load(path, environ)
    except PlaybookError as error:
        return None, [problem("playbook", str(each)) for each in error.problems]
    if not path.exists():
        return found, [
            warn(
                "playbook",
                f"there is no {path}: nobody is paged, and everything else goes by defaults",
                f"cp playbooks/starter.yaml {path}, and make it yours",
            )
        ]
    counted = f"{len(found.people)} people, {len(found.schedules)} schedules, {len(found.services)} services"
    return found, [ok("playbook", f"{path}: {counted}")]


def roster(file: Path) -> list[Verdict]:
    """Whether people can be paged by a bot that is restarted while its database is away; nothing if so."""
    folder = file.resolve().parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return []
    remedy = "let ROSTER_FILE name a file in a directory that the bot may write to"
    return [warn("roster", f"{folder} cannot be written: without its database a restart forgets", remedy)]


async def database(url: str) -> list[Verdict]:
    """Whether the bot could start on the database. Changes nothing and makes no file."""
    try:
        where = address(url)
        if where.get_backend_name() == "sqlite" and not (file := sqlite_file(where)).exists():
            return [_no_file_yet(file)]
        opened = await Database.open(url)
    except InUse as used:
        return [ok("database", f"in use by the running bot (pid {used.pid}), so it was left alone")]
    except ConfigError as error:
        return [problem("database", str(error), "DATABASE_URL says where it is")]
    try:
        count = await pending(opened)
    except ConfigError as error:
        return [problem("database", str(error))]
    finally:
        await opened.close()
    state = f"{count} migrations wait for the next start" if count else "up to date"
    return [ok("database", f"{opened.url!r}: {state}")]


def _no_file_yet(file: Path) -> Verdict:
    if not os.access(file.parent, os.W_OK):
        return problem(
            "database",
            f"{file} cannot be made: {file.parent} is not a directory that can be written",
            "Name another place in DATABASE_URL",
        )
    return ok("database", f"{file} is made at the first start")
