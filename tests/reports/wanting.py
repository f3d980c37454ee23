"""A report that is being made, without the rest of the bot: a database, a playbook, sources, a clock."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.checks import store
from bot.checks.model.figures import Sample
from bot.checks.model.result import Verdict
from bot.checks.sources import Access, Sources
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue
from bot.links import Links
from bot.people.directory import Directory
from bot.playbook import Playbook, PlaybookFile, parse
from bot.reports.model import Period, days_before
from bot.reports.sections.section import Wanted
from bot.slack.gateway import Slack
from tests.delivery.by_hand import HandClock

# A Friday at 16:00 in New York, in winter.
NEW_YORK = ZoneInfo("America/New_York")
END = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
WEEK: Period = days_before(END, timedelta(days=7), NEW_YORK)
MINUTE = timedelta(minutes=1)
SITE = {"http": {"url": "https://example.com"}, "every": "1m"}


@dataclass
class Kept:
    """A playbook that is what it is."""

    current: Playbook


def playbook(report: dict[str, Any], **sections: Any) -> Playbook:
    written = {
        "version": 1,
        "timezone": "America/New_York",
        "reports": {"weekly": {"sections": ["verdict"], **report}},
        **sections,
    }
    return parse(json.dumps(written), {})


def wanted(
    database: Database,
    report: dict[str, Any] | None = None,
    *,
    access: Access | None = None,
    slack: Slack | None = None,
    directory: Directory | None = None,
    period: Period = WEEK,
    **sections: Any,
) -> Wanted:
    """What a section is given, for a report with these options, in a playbook with these sections."""
    written = playbook(report or {}, **sections)
    clock = HandClock()
    clock.at = END
    context = Context(
        Queue(database, clock),
        cast("PlaybookFile", Kept(written)),
        cast("Directory", directory),
        clock,
        Links(None, None),
    )
    sources = Sources(access or Access(), database)
    return Wanted(context, sources, cast("Slack", slack), period, written.reports["weekly"])


async def answers(
    database: Database,
    check: str,
    start: datetime,
    end: datetime,
    *,
    every: timedelta = MINUTE,
    verdict: Verdict = Verdict.OK,
    value: float | None = 0.2,
    took: float = 0.2,
) -> None:
    """Answers of a probe from `start` until before `end`."""
    count = int((end - start) / every)
    samples = [Sample(check, start + n * every, verdict, value, took) for n in range(count)]
    async with database.write() as connection:
        await store.add_samples(connection, samples)


def figure(section: Any, name: str) -> Any:
    return next(each for each in section.figures if each.name == name)
