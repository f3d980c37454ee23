"""Making a report: every section is asked at once, and one that does not answer keeps none of the others."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.checks.sources import Sources
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import said
from bot.playbook.reports import Report as Options
from bot.reports.model import Period, Report, Section, Verdict, days_before, month_before, month_to, so_far
from bot.reports.sections import SECTIONS, SUMS, Ask, Wanted
from bot.slack.gateway import Slack

log = structlog.get_logger()

# A report is made in one effect, which has 40 seconds in all.
SECTION_WITHIN_S = 25.0


@dataclass(frozen=True)
class Maker:
    """Whom sections may ask."""

    context: Context
    sources: Sources
    slack: Slack


def options_of(context: Context, name: str) -> Options:
    """Raises UserError for a report that the playbook does not have."""
    reports = context.playbook.current.reports
    if name not in reports:
        known = ", ".join(reports) or "none yet; add `reports` to the playbook"
        raise UserError(f"There is no report “{said(name, 100)}”. Reports: {known}.")
    return reports[name]


def period_of(context: Context, name: str, until: datetime) -> Period:
    """What a report covers that is made for `until`. Raises UserError for an unknown one."""
    options, playbook = options_of(context, name), context.playbook.current
    zone = options.zone(playbook.zone)
    if options.covers == "month":
        return month_before(until, zone)
    return days_before(until, options.covers, zone)


def so_far_of(context: Context, name: str, until: datetime) -> Period:
    """What it would cover by now: as many days, or the month up to `until`. Raises UserError."""
    options, playbook = options_of(context, name), context.playbook.current
    zone = options.zone(playbook.zone)
    if options.covers == "month":
        return so_far(month_to(until, zone))
    return so_far(days_before(until, options.covers, zone))


async def make(maker: Maker, name: str, period: Period, late_by: timedelta = timedelta()) -> Report:
    """Ask every section. Raises UserError for a report that the playbook does not have."""
    options, team = options_of(maker.context, name), maker.context.playbook.current.team
    wanted = Wanted(maker.context, maker.sources, maker.slack, period, options)
    asked = [each for each in options.sections if each in SECTIONS]
    made = await asyncio.gather(*(_section(each, SECTIONS[each], wanted) for each in asked))
    found = dict(zip(asked, made, strict=True))
    sections = tuple(found[each] if each in found else SUMS[each](wanted, made) for each in options.sections)
    return Report(name, team, period, maker.context.clock.now(), 1, sections, late_by)


async def _section(name: str, ask: Ask, wanted: Wanted) -> Section:
    try:
        async with asyncio.timeout(SECTION_WITHIN_S):
            return await ask(wanted)
    except TimeoutError:
        why = f"not known: no answer within {SECTION_WITHIN_S:g} seconds"
    except Exception:  # the loop's edge: one section's mistake must not keep the others from being read
        log.exception("section_failed", section=name)
        why = "not known: it could not be made, and the bot's log says why"
    return Section(name, name.replace("_", " ").capitalize(), Verdict.UNKNOWN, why)
