"""Whether a page would find anybody: the same answer as `/oncall gaps`, and who is on call until when."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.checkup.verdict import Verdict, ok, warn
from bot.contacts.working import Trouble, any_of
from bot.db import Database, DatabaseError
from bot.db.engines import address, sqlite_file
from bot.db.lock import InUse
from bot.db.migrate import pending
from bot.errors import ConfigError
from bot.oncall.model import Shift
from bot.oncall.rota import Gap, rota
from bot.paging.gap import AHEAD
from bot.paging.gaps import Known, find, known
from bot.playbook import Playbook

DAYS = AHEAD.days


async def duty(playbook: Playbook, database_url: str | None, now: datetime) -> list[Verdict]:
    """Severities that page nobody, times without anybody on call, people who would not be reached.

    With a database that can be read, covers, choices and what failed lately are looked at as well. Who left
    Slack is asked of Slack itself (bot/checkup/workspace.py).
    """
    what = await _known(playbook, database_url, now) if database_url is not None else None
    on_duty = rota(playbook, what.covers if what else {}, now, now + AHEAD)
    found = find(playbook, on_duty, what or Known(), ())
    verdicts = [
        _watch(name, on_duty[name], [gap for gap in found.empty if gap.schedule == name], zone.zone, now)
        for name, zone in playbook.schedules.items()
    ]
    verdicts += [_unreached(each, playbook.zone) for each in found.troubles]
    if not any(severity.page for severity in playbook.severities.values()):
        remedy = "Give a severity a `page:`; docs/playbook.md shows how"
        verdicts.append(warn("paging", "no severity pages anybody", remedy))
    if what is None and playbook.schedules:
        verdicts.append(ok("duty", "covers are not looked at here: /oncall gaps in Slack knows them"))
    return verdicts


async def _known(playbook: Playbook, url: str, now: datetime) -> Known | None:
    """None where the database cannot be asked: what is wrong with it is told elsewhere."""
    try:
        where = address(url)
        if where.get_backend_name() == "sqlite" and not sqlite_file(where).exists():
            return Known()
        database = await Database.open(url)
    except (ConfigError, InUse):
        return None
    try:
        if await pending(database):
            return None
        async with database.read() as connection:
            return await known(connection, playbook, now)
    except (ConfigError, DatabaseError, OSError):
        return None
    finally:
        await database.close()


def _watch(name: str, coming: Sequence[Shift], gaps: Sequence[Gap], zone: ZoneInfo, now: datetime) -> Verdict:
    if not gaps:
        first = coming[0]
        until = f"for the next {DAYS} days" if len(coming) == 1 else f"until {_shown(first.end, zone)}"
        return ok("schedule", f"{name}: {', '.join(first.people)} {until}")
    more = f" and {len(gaps) - 1} more times within {DAYS} days" if len(gaps) > 1 else ""
    return warn(
        "schedule",
        f"{name}: nobody is on call {_span(gaps[0], now, zone)}{more}",
        f"Pages to {name} reach nobody then, which is said in the incident; add a layer if it is not meant",
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


def _span(gap: Gap, now: datetime, zone: ZoneInfo) -> str:
    since = "now" if gap.start <= now else f"from {_shown(gap.start, zone)}"
    return f"{since} until {_shown(gap.end, zone)}"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M} {zone.key}"
