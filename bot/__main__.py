"""The command line."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

from bot import __version__, running
from bot.checkup import checkup
from bot.errors import ConfigError
from bot.jobs import command_line as jobs
from bot.logs import configure
from bot.oncall import command_line as oncall
from bot.operator import command_line as operator
from bot.playbook import PlaybookFile, schema
from bot.settings import Settings, environment
from bot.timetable import routines
from handlers.manifest import manifest

# What the operator has to put right, as argparse says it of a wrong command line.
TO_PUT_RIGHT = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `watchbill`. Returns the exit status: 2 for what the operator has to put right."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except ConfigError as error:
        first, *more = str(error).splitlines() or [""]
        sys.stderr.write("\n".join([f"watchbill: {first}", *(f"  {line}" for line in more)]) + "\n")
        return TO_PUT_RIGHT
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchbill", description="Runs a team's operations from Slack.")
    parser.add_argument("--version", action="version", version=f"watchbill {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="run the bot").set_defaults(run=_run)
    commands.add_parser(
        "check", help="verify settings, playbook, database, tokens, scopes, channels and people"
    ).set_defaults(run=_check)
    printing = commands.add_parser("manifest", help="print the Slack app manifest (JSON)")
    printing.add_argument(
        "--request-url",
        metavar="URL",
        help="your public address plus /slack/events; default: Socket Mode, which needs none",
    )
    printing.set_defaults(run=_manifest)
    commands.add_parser("schema", help="print the playbook's JSON Schema, for editors").set_defaults(
        run=_schema
    )
    oncall.add_to(commands, operator.covers)
    operator.add_to(commands)
    jobs.add_to(commands, routines)
    return parser


def _run(_: argparse.Namespace) -> int:
    settings = Settings.load()
    configure(settings.log_format, settings.log_level, secrets=settings.secrets)
    playbook = PlaybookFile(settings.playbook, environment())
    # Bolt looks here too, and warns at each start that it will not use what it found.
    os.environ.pop("SLACK_BOT_TOKEN", None)
    asyncio.run(running.run(settings, playbook))
    return 0


def _check(_: argparse.Namespace) -> int:
    # The lines on stdout say it all.
    configure("console", "error")
    return asyncio.run(checkup(environment(), sys.stdout))


def _manifest(arguments: argparse.Namespace) -> int:
    url = arguments.request_url
    if url is not None and not url.startswith("https://"):
        raise ConfigError(f"--request-url must begin with https:// and lead to /slack/events, not {url}")
    sys.stdout.write(json.dumps(manifest(request_url=url), indent=2) + "\n")
    return 0


def _schema(_: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
