"""`watchbill ack` and `watchbill why`: from a shell, for when Slack is away."""

import argparse
import asyncio
import sys
from typing import Any

from bot.errors import UserError
from bot.logs import configure
from bot.operator.client import ask
from bot.settings import Settings, environment

# What was asked for cannot be done; 2 is for what the operator has to put right.
NOT_DONE = 1


def add_to(commands: Any) -> None:
    """Add what can be asked to the command line's subparsers."""
    parser = commands.add_parser("ack", help="acknowledge an incident or a page, without Slack")
    parser.add_argument("what", metavar="INC-42|PAGE", help="an incident, or the number of a page")
    parser.add_argument(
        "--as", dest="name", metavar="NAME", required=True, help="who: a name of the playbook"
    )
    parser.set_defaults(run=_acknowledge)
    parser = commands.add_parser("why", help="why somebody was paged, or nobody was")
    parser.add_argument("what", metavar="INC-42|PAGE", help="an incident, or the number of a page")
    parser.set_defaults(run=lambda arguments: asked("why", {"what": arguments.what}))


def _acknowledge(arguments: argparse.Namespace) -> int:
    return asked("ack", {"what": arguments.what, "as": arguments.name})


def asked(name: str, given: dict[str, str]) -> int:
    """Ask and print; returns the exit status. Raises ConfigError."""
    configure("console", "error")
    settings, environ = Settings.load(), environment()
    try:
        answer = asyncio.run(ask(settings, environ, name, given))
    except UserError as mistake:
        sys.stderr.write(f"watchbill: {mistake}\n")
        return NOT_DONE
    sys.stdout.write(f"{answer}\n")
    return 0
