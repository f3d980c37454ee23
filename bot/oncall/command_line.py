"""`watchbill oncall`: who is on call, for people and scripts. Needs a playbook; no Slack, no database.

But for covers, which are in the database alone: `--covers` asks for them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.oncall.model import Override, Schedule, Shift, shifts, until, who
from bot.playbook import Playbook, load
from bot.settings import DEFAULT_PLAYBOOK, environment
from bot.typed import typed_instant

Covers = Callable[[str, datetime], Sequence[Override]]
"""The covers that bear on a schedule from an instant on."""


def add_to(commands: Any, covers: Covers) -> None:
    """Add `oncall who` and `oncall shifts` to the subparsers; `covers` asks the bot for them."""
    parser = commands.add_parser("oncall", help="who is on call, from the playbook")
    questions = parser.add_subparsers(required=True, metavar="QUESTION")
    times = "2026-03-08T08:00:00Z, or a wall-clock time in the schedule's zone such as 2026-03-08 09:00"

    asking = questions.add_parser("who", help="who is on call at one instant, and until when")
    asking.add_argument("schedule", metavar="SCHEDULE")
    asking.add_argument("--at", metavar="TIME", help=f"default: now; {times}")
    asking.add_argument("--json", action="store_true")
    asking.set_defaults(run=partial(_who, covers))

    listing = questions.add_parser("shifts", help="who is on call over a stretch of time")
    listing.add_argument("schedule", metavar="SCHEDULE")
    listing.add_argument("--from", dest="start", metavar="TIME", required=True, help=times)
    listing.add_argument("--to", dest="end", metavar="TIME", required=True)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=partial(_shifts, covers))
    for each in (asking, listing):
        each.add_argument(
            "--covers",
            action="store_true",
            help="count who stands in for whom: asks the running bot, or its database",
        )


def _who(covers: Covers, arguments: argparse.Namespace) -> int:
    schedule = _schedule(arguments.schedule)
    at = typed_instant(arguments.at, "--at", schedule.zone) if arguments.at is not None else datetime.now(UTC)
    known = covers(schedule.name, at) if arguments.covers else ()
    people, ends = who(schedule, at, known), until(schedule, at, known)
    if arguments.json:
        answer = {"schedule": schedule.name, "at": _iso(at), "people": list(people)}
        _print(json.dumps({**answer, "until": _iso(ends) if ends else None}))
    else:
        _print(f"{_names(people)}{f', until {_iso(ends)}' if ends else ''}")
    return 0


def _shifts(covers: Covers, arguments: argparse.Namespace) -> int:
    schedule = _schedule(arguments.schedule)
    start = typed_instant(arguments.start, "--from", schedule.zone)
    end = typed_instant(arguments.end, "--to", schedule.zone, end=True)
    if end < start:
        raise ConfigError(f"--to must not be before --from: {_iso(end)} is before {_iso(start)}")
    found = shifts(schedule, start, end, covers(schedule.name, start) if arguments.covers else ())
    if arguments.json:
        _print(json.dumps([_as_json(shift) for shift in found]))
    else:
        for each in found:
            _print(f"{_iso(each.start)}  {_iso(each.end)}  {_names(each.people)}")
    return 0


def _schedule(name: str) -> Schedule:
    environ = environment()
    path = Path(environ.get("PLAYBOOK") or DEFAULT_PLAYBOOK)
    playbook: Playbook = load(path, environ)
    if name not in playbook.schedules:
        if not path.exists():
            raise ConfigError(f"there is no {path} here: PLAYBOOK names the playbook")
        known = ", ".join(playbook.schedules) or "none"
        raise ConfigError(f"the playbook has no schedule {name}; it has: {known}")
    return playbook.rotation(name)


def _as_json(shift: Shift) -> dict[str, object]:
    return {"start": _iso(shift.start), "end": _iso(shift.end), "people": list(shift.people)}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _names(people: Sequence[str]) -> str:
    return ", ".join(people) or "nobody"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
