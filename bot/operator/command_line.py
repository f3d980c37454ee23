"""`watchbill ack`, `why` and `report`: from a shell, for when Slack is away."""

import argparse
import asyncio
import sys
from datetime import datetime
from typing import Any

from bot.errors import UserError
from bot.logs import configure
from bot.oncall.model import Override
from bot.operator import client
from bot.reports.formats import FORMATS
from bot.settings import Settings, environment

# What was asked for cannot be done; 2 is for what the operator has to put right.
NOT_DONE = 1


def add_to(commands: Any) -> None:
    """Add what can be asked to the command line's subparsers."""
    parser = commands.add_parser("ack", help="acknowledge an incident or a page, without Slack")
    parser.add_argument(
        "what", metavar="INC-42|CALL-7|PAGE", help="an incident, a call, or the number of a page"
    )
    parser.add_argument(
        "--as", dest="name", metavar="NAME", required=True, help="who: a name of the playbook"
    )
    parser.set_defaults(run=_acknowledge)
    parser = commands.add_parser("why", help="why somebody was paged, or nobody was")
    parser.add_argument(
        "what", metavar="INC-42|CALL-7|PAGE", help="an incident, a call, or the number of a page"
    )
    parser.set_defaults(run=lambda arguments: asked("why", {"what": arguments.what}))
    parser = commands.add_parser("report", help="a report as it was made, or up to now, on stdout")
    parser.add_argument("name", metavar="NAME", help="of the playbook's `reports`, such as weekly")
    parser.add_argument(
        "--week", "--month", dest="period", metavar="2026-W46|2026-10", default="", help="default: up to now"
    )
    parser.add_argument("--format", choices=list(FORMATS), default="md")
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    given = {"name": arguments.name, "period": arguments.period, "format": arguments.format}
    return asked("report", given)


def _acknowledge(arguments: argparse.Namespace) -> int:
    return asked("ack", {"what": arguments.what, "as": arguments.name})


def covers(schedule: str, after: datetime) -> list[Override]:
    """What bears on a schedule from an instant on. Raises ConfigError where nobody can be asked."""
    configure("console", "error")
    return asyncio.run(client.covers(Settings.load(), environment(), schedule, after))


def asked(name: str, given: dict[str, str]) -> int:
    """Ask and print; returns the exit status. Raises ConfigError."""
    configure("console", "error")
    settings, environ = Settings.load(), environment()
    try:
        answer = asyncio.run(client.ask(settings, environ, name, given))
    except UserError as mistake:
        sys.stderr.write(f"watchbill: {mistake}\n")
        return NOT_DONE
    sys.stdout.write(answer.rstrip("\n") + "\n")
    return 0
