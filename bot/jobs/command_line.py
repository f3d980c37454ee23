"""`watchbill upcoming`: what will happen when. Needs a playbook; no Slack, no database."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.jobs.routine import Routine
from bot.jobs.service import Upcoming, upcoming
from bot.playbook import Playbook, load
from bot.settings import DEFAULT_PLAYBOOK, environment
from bot.typed import typed_instant

AHEAD = timedelta(days=7)

Routines = Callable[[Playbook], Iterable[Routine]]


def add_to(commands: Any, routines: Routines) -> None:
    """Add `upcoming` to the command line's subparsers; `routines` are the jobs a playbook names."""
    parser = commands.add_parser("upcoming", help="what the playbook has happen when")
    times = "2026-03-08T08:00:00Z, or a wall-clock time in the playbook's timezone such as 2026-03-08 09:00"
    parser.add_argument("--from", dest="start", metavar="TIME", help=f"default: now; {times}")
    parser.add_argument("--to", dest="end", metavar="TIME", help="default: 7 days after --from")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=lambda arguments: _upcoming(arguments, routines))


def _upcoming(arguments: argparse.Namespace, routines: Routines) -> int:
    environ = environment()
    playbook = load(Path(environ.get("PLAYBOOK") or DEFAULT_PLAYBOOK), environ)
    zone = playbook.zone
    start = typed_instant(arguments.start, "--from", zone) if arguments.start else datetime.now(UTC)
    end = typed_instant(arguments.end, "--to", zone) if arguments.end else start + AHEAD
    if end <= start:
        raise ConfigError(f"--to must be after --from: {_iso(end)} is not after {_iso(start)}")
    found = upcoming(routines(playbook), start, end)
    if arguments.json:
        sys.stdout.write(json.dumps([_as_json(each) for each in found]) + "\n")
    else:
        sys.stdout.writelines(_line(each) for each in found)
    return 0


def _as_json(each: Upcoming) -> dict[str, str]:
    return {"job": each.job, "at": _iso(each.time.at), "local": each.time.local.isoformat(timespec="minutes")}


def _line(each: Upcoming) -> str:
    return f"{each.time.local:%a %Y-%m-%d %H:%M}  {_iso(each.time.at)}  {each.job}\n"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
