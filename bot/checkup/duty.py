"""Whether a page would find anybody: the same answer as `/oncall gaps`, and who is on call until when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.checkup.verdict import Verdict, ok, warn
from bot.contacts.working import Trouble, any_of
from bot.db import Database, DatabaseError
from bot.db.engines import address, sqlite_file
from bot.db.lock import InUse
from bot.db.migrate import pending
from bot.errors import ConfigError, UserError
from bot.oncall.model import Override, Shift
from bot.oncall.rota import Gap, rota
from bot.operator import client
from bot.paging.gap import AHEAD, Gaps, Unreached
from bot.paging.gap_cards import STRETCHES_SHOWN
from bot.paging.gaps import Known, find, known
from bot.people import store as people
from bot.playbook import Playbook
from bot.settings import Settings

DAYS = AHEAD.days
# What only the database knows.
ALL_BUT_COVERS = "choices, and what failed lately,"
ALL = "covers"


@dataclass(frozen=True)
class Asking:
    """Where what is known beside the playbook is to be had. `left`: who is not in Slack, if Slack said so."""

    settings: Settings
    environ: Mapping[str, str]
    left: Collection[str] | None


async def duty(playbook: Playbook, asking: Asking | None, now: datetime) -> list[Verdict]:
    """Severities that page nobody, times without anybody on call, people who would not be reached.

    With a database that can be read, covers, choices and what failed lately are looked at as well; where the
    running bot has it to itself, it is asked for the covers. None: only the playbook can be read.
    """
    what, left, missed = await _known(playbook, asking, now) if asking else (Known(), (), ALL)
    on_duty = rota(playbook, what.covers, now, now + AHEAD)
    found = find(playbook, on_duty, what, left)
    verdicts = [
        verdict
        for name in playbook.schedules
        for verdict in _watch(name, on_duty[name], found, playbook.rotation(name).zone, now)
    ]
    verdicts += [_unreached(each, playbook.zone) for each in found.troubles]
    if found.slack_only:
        verdicts.append(ok("contact", f"by Slack only: {', '.join(found.slack_only)}"))
    if not any(severity.page for severity in playbook.severities.values()):
        remedy = "Give a severity a `page:`; docs/playbook.md shows how"
        verdicts.append(warn("paging", "no severity pages anybody", remedy))
    if missed and playbook.schedules:
        verdicts.append(ok("duty", f"{missed} are not looked at here: /oncall gaps in Slack knows them"))
    return verdicts


async def _known(playbook: Playbook, asking: Asking, now: datetime) -> tuple[Known, Collection[str], str]:
    """What is known, who left Slack, and what could not be asked: what is wrong there is told elsewhere."""
    left = asking.left or ()
    try:
        found, left_then = await _of_database(playbook, asking.settings.database_url, now)
    except InUse:
        covers = await _covers_of_the_bot(playbook, asking, now)
        return Known(covers or {}), left, ALL if covers is None else ALL_BUT_COVERS
    except (ConfigError, DatabaseError, OSError):
        return Known(), left, ALL
    return found, left_then if asking.left is None else left, ""


async def _of_database(playbook: Playbook, url: str, now: datetime) -> tuple[Known, Collection[str]]:
    where = address(url)
    if where.get_backend_name() == "sqlite" and not sqlite_file(where).exists():
        return Known(), ()
    database = await Database.open(url)
    try:
        if await pending(database):
            raise ConfigError("the database is not of this release")
        async with database.read() as connection:
            names = await people.everything(connection)
            left = {name for name, each in playbook.people.items() if ("left", each.slack.lower()) in names}
            return await known(connection, playbook, now), left
    finally:
        await database.close()


async def _covers_of_the_bot(
    playbook: Playbook, asking: Asking, now: datetime
) -> dict[str, list[Override]] | None:
    """What bears on each schedule, from the bot that runs; None where it cannot be asked."""
    if asking.settings.link_secret is None:
        return None
    try:
        return {
            name: await client.covers(asking.settings, dict(asking.environ), name, now)
            for name in playbook.schedules
        }
    except (ConfigError, UserError):
        return None


def _watch(name: str, coming: Sequence[Shift], found: Gaps, zone: ZoneInfo, now: datetime) -> list[Verdict]:
    empty = [_span(each, now, zone) for each in found.empty if each.schedule == name]
    unreached = [
        f"{_span(each, now, zone)} ({', '.join(each.people)})"
        for each in found.unreached
        if each.schedule == name
    ]
    verdicts = []
    if empty:
        remedy = f"Pages to {name} reach nobody then, as the incident says; add a layer if it is not meant"
        verdicts.append(warn("schedule", f"{name}: nobody is on call {_first(empty)}", remedy))
    if unreached:
        remedy = (
            "They are not in Slack, and no other way to them works: put somebody else on, or mind `contacts`"
        )
        verdicts.append(
            warn("schedule", f"{name}: nobody on call can be reached {_first(unreached)}", remedy)
        )
    if verdicts:
        return verdicts
    first = coming[0]
    until = f"for the next {DAYS} days" if len(coming) == 1 else f"until {_shown(first.end, zone)}"
    return [ok("schedule", f"{name}: {', '.join(first.people)} {until}")]


def _first(spans: Sequence[str]) -> str:
    """As many as /oncall gaps shows, a line each."""
    more = len(spans) - STRETCHES_SHOWN
    return "\n".join(
        [*spans[:STRETCHES_SHOWN], *([f"and {more} more times within {DAYS} days"] if more > 0 else [])]
    )


def _unreached(trouble: Trouble, zone: ZoneInfo) -> Verdict:
    parts = [
        f"{each.method} failed {_shown(each.at, zone)}: {each.said or 'it did not arrive'}"
        for each in trouble.fails
    ]
    if trouble.lacks:
        parts.insert(0, f"no address for {any_of(trouble.lacks)}")
    left = ". Nothing but Slack is left" if trouble.only_slack else ""
    return warn(
        "contact",
        f"{trouble.person}: {'; '.join(parts)}{left}",
        f"Mind people.{trouble.person}.contacts; they can try their ways out in /oncall me",
    )


def _span(gap: Gap | Unreached, now: datetime, zone: ZoneInfo) -> str:
    since = "now" if gap.start <= now else f"from {_shown(gap.start, zone)}"
    return f"{since} until {_shown(gap.end, zone)}"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M} {zone.key}"
