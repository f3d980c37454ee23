"""Whether a page would find anybody, as far as the playbook can tell: covers are not looked at."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.checkup.verdict import Verdict, ok, warn
from bot.oncall.model import Shift, shifts
from bot.playbook import Playbook

LOOK_AHEAD = timedelta(days=7)


def duty(playbook: Playbook, now: datetime) -> list[Verdict]:
    """Severities that page nobody, and times of the coming week without anybody on call."""
    found = [_watch(playbook, name, now) for name in playbook.schedules]
    if not any(severity.page for severity in playbook.severities.values()):
        remedy = "Give a severity a `page:`; docs/playbook.md shows how"
        found.append(warn("paging", "no severity pages anybody", remedy))
    return found


def _watch(playbook: Playbook, name: str, now: datetime) -> Verdict:
    schedule = playbook.rotation(name)
    coming = shifts(schedule, now, now + LOOK_AHEAD)
    gaps = [shift for shift in coming if not shift.people]
    if not gaps:
        first = coming[0]
        until = "for the next 7 days" if len(coming) == 1 else f"until {_shown(first.end, schedule.zone)}"
        return ok("schedule", f"{name}: {', '.join(first.people)} {until}")
    more = f" and {len(gaps) - 1} more times within 7 days" if len(gaps) > 1 else ""
    return warn(
        "schedule",
        f"{name}: nobody is on call {_span(gaps[0], now, schedule.zone)}{more}",
        f"Pages to {name} reach nobody then, which is said in the incident; add a layer if it is not meant",
    )


def _span(gap: Shift, now: datetime, zone: ZoneInfo) -> str:
    since = "now" if gap.start <= now else f"from {_shown(gap.start, zone)}"
    return f"{since} until {_shown(gap.end, zone)}"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M} {zone.key}"
